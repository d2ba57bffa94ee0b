"""Who works at the two companies. The key of a person is their name in the scripts and the front of their e-mail address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """A department. `within` names the one above it; teams stand after it."""

    name: str
    head: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with the departments where they have a place; the first is the primary one."""

    key: str
    name: str
    title: str
    teams: tuple[str, ...]
    role: str = "member"
    zone: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """A company. The first of its people owns it, `chief` reports to nobody."""

    handle: str
    name: str
    chief: str
    teams: tuple[Team, ...]
    people: tuple[Person, ...]

    @property
    def owner(self) -> Person:
        return self.people[0]

    def address_of(self, key: str) -> str:
        """Their e-mail, in a domain that RFC 2606 keeps free."""
        return f"{key}@{self.handle}.example"

    def manager_of(self, person: Person) -> str:
        """The key of whoever heads their first department or, if they do so themselves, the nearest one above; empty for the chief."""
        teams = {team.name: team for team in self.teams}
        name = person.teams[0]
        while name:
            if teams[name].head != person.key:
                return teams[name].head
            name = teams[name].within
        return "" if person.key == self.chief else self.chief

    def within(self, names: Iterable[str]) -> Iterator[str]:
        """The keys of these people, and of all who have a place in these departments or under them; each once, in the order given."""
        found: dict[str, None] = {}
        for name in names:
            tree = self._tree(name)
            found.update(dict.fromkeys(person.key for person in self.people if tree & {person.key, *person.teams}))
        yield from found

    def _tree(self, name: str) -> set[str]:
        tree = {name}
        for team in self.teams:
            if team.within in tree:
                tree.add(team.name)
        return tree


STOCKHOLM, LAGOS = "Europe/Stockholm", "Africa/Lagos"

# Numbers that nobody has: no line of Hangzhou (0571) begins with a 0, the Swedish and British ones are kept free for films.
LAKESIDE = Company(
    handle="lakeside",
    name="湖畔科技 Lakeside Tech",
    chief="zhao",
    teams=(
        Team("总经办", "zhao"),
        Team("产品研发部", "wei"),
        Team("产品组", "lin", "产品研发部"),
        Team("后端组", "wei", "产品研发部"),
        Team("消息小组", "tang", "后端组"),
        Team("前端组", "gu", "产品研发部"),
        Team("测试与运维组", "chen", "产品研发部"),
        Team("设计部", "su"),
        Team("市场与销售部", "gao"),
        Team("华东区", "gao", "市场与销售部"),
        Team("华南区", "shen", "市场与销售部"),
        Team("品牌组", "ye", "市场与销售部"),
        Team("海外 Overseas", "marta"),
        Team("Nordics", "marta", "海外 Overseas"),
        Team("West Africa", "daniel", "海外 Overseas"),
        Team("人力行政部", "he"),
        Team("财务部", "zhou"),
    ),
    people=(
        Person("lin", "林溪", "产品负责人", ("产品组",), role="owner", phone="+8657100000001"),
        Person("zhao", "赵明远", "总经理", ("总经办",), role="admin", phone="+8657100000002"),
        Person("fang", "方宁", "总经理助理", ("总经办",), role="admin", phone="+8657100000003"),
        Person("qin", "秦知远", "战略顾问", ("总经办",)),
        Person("wei", "魏然", "后端组长", ("后端组", "产品研发部"), phone="+8657100000007"),
        Person("ouyang", "欧阳若水", "产品经理", ("产品组",), phone="+8657100000011"),
        Person("jiang", "江一帆", "产品经理", ("产品组",)),
        Person("mei", "梅晓", "用户研究员", ("产品组", "设计部")),
        Person("tian", "田野", "数据分析师", ("产品组",)),
        Person(
            "daniel", "Daniel Okafor", "Platform engineer", ("后端组", "West Africa"), zone=LAGOS, phone="+447700900041"
        ),
        Person("ma", "马骁", "后端工程师", ("后端组",), phone="+8657100000014"),
        Person("liang", "梁博文", "后端工程师", ("后端组",)),
        Person("shao", "邵一诺", "后端工程师", ("后端组",)),
        Person("tang", "唐可", "后端工程师", ("消息小组", "后端组"), phone="+8657100000016"),
        Person("feng", "冯哲", "后端工程师", ("消息小组",)),
        Person("bai", "白芷", "后端工程师", ("消息小组",)),
        Person("ilya", "Ilya Novak", "Back-end engineer", ("消息小组",), zone=STOCKHOLM),
        Person("gu", "顾清和", "前端工程师", ("前端组",), phone="+8657100000018"),
        Person("xu", "许知夏", "前端工程师", ("前端组",), phone="+8657100000061"),
        Person("suxiao", "苏晓", "前端工程师", ("前端组",)),
        Person("dong", "董子墨", "前端工程师", ("前端组",)),
        Person("hana", "Hana Sato", "Front-end engineer", ("前端组",)),
        Person("peng", "彭予安", "前端工程师", ("前端组",)),
        Person("chen", "陈嘉豪", "运维工程师", ("测试与运维组",), phone="+8657100000021"),
        Person("luo", "罗一鸣", "测试工程师", ("测试与运维组",), phone="+8657100000022"),
        Person("priya", "Priya Nair", "Site reliability engineer", ("测试与运维组",), phone="+447700900042"),
        Person("xie", "谢云帆", "运维工程师", ("测试与运维组",)),
        Person("cao", "曹宁宁", "测试工程师", ("测试与运维组",)),
        Person("jin", "金浩", "测试工程师", ("测试与运维组",)),
        Person("su", "苏雨桐", "设计师", ("设计部",), phone="+8657100000024"),
        Person("dai", "戴安然", "交互设计师", ("设计部",)),
        Person("wu", "吴桐", "视觉设计师", ("设计部", "品牌组")),
        Person("noor", "Noor Haddad", "Illustrator", ("设计部",)),
        Person("tao", "陶然", "设计实习生", ("设计部",)),
        Person("gao", "高远", "销售总监", ("市场与销售部", "华东区"), phone="+8657100000030"),
        Person("fu", "傅悦", "销售运营", ("市场与销售部",)),
        Person("zhong", "钟凯", "客户经理", ("华东区",)),
        Person("meng", "孟佳佳", "客户经理", ("华东区",)),
        Person("shi", "石磊", "客户成功", ("华东区",)),
        Person("yuan", "袁媛", "客户成功", ("华东区",)),
        Person("shen", "沈书言", "华南区经理", ("华南区",), phone="+8657100000035"),
        Person("deng", "邓思远", "客户经理", ("华南区",)),
        Person("wen", "温婷", "客户经理", ("华南区",)),
        Person("hezhifei", "贺知非", "客户成功", ("华南区",)),
        Person("ye", "叶蓁", "品牌经理", ("品牌组",), phone="+8657100000038"),
        Person("lei", "雷鸣", "市场活动", ("品牌组",)),
        Person("song", "宋小满", "内容编辑", ("品牌组",)),
        Person(
            "marta",
            "Marta Lindqvist",
            "Head of overseas",
            ("海外 Overseas", "Nordics"),
            zone=STOCKHOLM,
            phone="+46701740605",
        ),
        Person("elin", "Elin Berg", "Account manager", ("Nordics",), zone=STOCKHOLM, phone="+46701740606"),
        Person("jonas", "Jonas Holm", "Customer success", ("Nordics",), zone=STOCKHOLM),
        Person("aino", "Aino Laine", "Account manager", ("Nordics",), zone="Europe/Helsinki"),
        Person("amara", "Amara Eze", "Account manager", ("West Africa",), zone=LAGOS),
        Person("kofi", "Kofi Mensah", "Customer success", ("West Africa",), zone="Africa/Accra"),
        Person("he", "何佳", "人力行政经理", ("人力行政部",), role="admin", phone="+8657100000050"),
        Person("pan", "潘悦", "招聘", ("人力行政部",)),
        Person("yao", "姚琳", "薪酬与员工关系", ("人力行政部",)),
        Person("ding", "丁一楠", "行政", ("人力行政部",)),
        Person("zhou", "周敏", "财务经理", ("财务部",), phone="+8657100000055"),
        Person("tan", "谭静", "会计", ("财务部",)),
        Person("shiwen", "史文", "出纳", ("财务部",)),
        Person("ren", "任晓舟", "财务分析", ("财务部",)),
    ),
)

NORTHWIND = Company(
    handle="northwind",
    name="Northwind",
    chief="ana",
    teams=(Team("Trade", "ana"), Team("Harbour", "ben"), Team("Warehouse", "tomas", "Harbour"), Team("Office", "ruth")),
    people=(
        Person("ana", "Ana Moreno", "Managing director", ("Trade",), role="owner"),
        Person("ben", "Ben Archer", "Harbour manager", ("Harbour",), role="admin"),
        Person("clara", "Clara Vogt", "Buyer", ("Trade",)),
        Person("iris", "Iris Wong", "Buyer", ("Trade",)),
        Person("tomas", "Tomas Reis", "Warehouse lead", ("Warehouse",)),
        Person("yusuf", "Yusuf Demir", "Forklift and stock", ("Warehouse",)),
        Person("ruth", "Ruth Adler", "Accounts", ("Office",)),
        Person("pim", "Pim de Wit", "Customs papers", ("Office", "Harbour")),
    ),
)  # fmt: skip

COMPANIES = (LAKESIDE, NORTHWIND)
