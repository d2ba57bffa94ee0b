"""How the demo company gets in, and what its scripts must keep to."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from orgchart.models import Member, Organization
from workspace.demo import cast, routine, staging
from workspace.demo.days import Calendar
from workspace.demo.people import COMPANIES, LAKESIDE, Company, Person, Team
from workspace.demo.screenplay import BadScript, Scene, listed, parse, scenes_of

HANGZHOU = ZoneInfo("Asia/Shanghai")
PLAYS = [(company, scene) for company in COMPANIES for scene in scenes_of(company.handle)]


def hangzhou(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=HANGZHOU)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- command


@pytest.mark.django_db
def test_it_refuses_where_a_real_organization_lives(lakeside: Organization, settings: Settings) -> None:
    settings.DEMO, settings.EMBEDDED = True, True
    with pytest.raises(CommandError, match="“湖畔科技” lives in this database"):
        call_command("demo", stdout=StringIO())
    assert Organization.objects.get() == lakeside


@pytest.mark.django_db
@pytest.mark.parametrize(("is_demo", "is_embedded"), [(False, True), (True, False), (False, False)])
def test_it_refuses_where_a_known_password_could_do_harm(is_demo: bool, is_embedded: bool, settings: Settings) -> None:
    settings.DEMO, settings.EMBEDDED = is_demo, is_embedded
    with pytest.raises(CommandError, match="--force"):
        call_command("demo", stdout=StringIO())
    assert not Organization.objects.exists()


# ------------------------------------------------------------------------------------------- sign-in


@pytest.fixture
def small_world(db: None) -> None:
    """The people without what they said."""
    for company in COMPANIES:
        staging.found(company)


def test_the_sign_in_page_offers_the_cast_in_demo_mode(small_world: None, client: Client, settings: Settings) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["127.0.0.1", "localhost"]
    page = client.get("/sign-in/", headers={"host": "127.0.0.1"}).content.decode()
    for name in ("林溪", "魏然", "赵明远", "许知夏", "Daniel Okafor", "Ana Moreno"):
        assert name in page
    assert "罗一鸣" not in page

    chosen = next(person for person in cast.people() if person.name == "许知夏")
    client.post("/sign-in/demo/", {"person": chosen.id}, headers={"host": "127.0.0.1"})
    assert client.session["_auth_user_id"] == str(chosen.user_id)


def test_nobody_is_offered_outside_of_the_demo(small_world: None, client: Client, settings: Settings) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = False, ["127.0.0.1"]
    assert "林溪" not in client.get("/sign-in/", headers={"host": "127.0.0.1"}).content.decode()


def test_only_the_cast_signs_in_by_password(small_world: None) -> None:
    able = [member.user.email for member in Member.objects.select_related("user") if member.user.has_usable_password()]
    assert sorted(able) == sorted(cast.NAMED)
    assert Member.objects.get(user__email="lin@lakeside.example").user.check_password(cast.PASSWORD)


def test_people_stand_where_the_plan_puts_them(small_world: None) -> None:
    wei, daniel = (Member.objects.get(user__email=f"{key}@lakeside.example") for key in ("wei", "daniel"))
    assert wei.manager is not None
    assert wei.manager.name == "赵明远"
    assert daniel.manager == wei
    assert list(daniel.placements.filter(is_head=True).values_list("department__name", flat=True)) == ["West Africa"]
    assert daniel.placements.get(is_primary=True).department.name == "后端组"
    assert daniel.user.time_zone == "Africa/Lagos"


def test_only_the_chief_reports_to_nobody() -> None:
    for company in COMPANIES:
        assert [person.key for person in company.people if not company.manager_of(person)] == [company.chief]


def test_a_head_reports_to_the_head_above() -> None:
    boss, lead, hand = (Person(key, key, "", (team,)) for key, team in (("boss", "a"), ("lead", "b"), ("hand", "b")))
    company = Company("x", "X", "boss", (Team("a", "boss"), Team("b", "lead", "a")), (boss, lead, hand))
    assert [company.manager_of(person) for person in company.people] == ["", "boss", "lead"]
    assert list(company.within(["a"])) == ["boss", "lead", "hand"]


# ---------------------------------------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("now", "newest", "before"),
    [
        pytest.param(hangzhou(2026, 11, 20, 15, 0), hangzhou(2026, 11, 20), hangzhou(2026, 11, 19), id="a working day"),
        pytest.param(hangzhou(2026, 11, 20, 9, 0), hangzhou(2026, 11, 19), hangzhou(2026, 11, 18), id="its morning"),
        pytest.param(hangzhou(2026, 11, 22, 15, 0), hangzhou(2026, 11, 20), hangzhou(2026, 11, 19), id="a Sunday"),
        pytest.param(hangzhou(2026, 11, 23, 3, 0), hangzhou(2026, 11, 20), hangzhou(2026, 11, 19), id="Monday's night"),
        pytest.param(hangzhou(2026, 11, 23, 12, 0), hangzhou(2026, 11, 23), hangzhou(2026, 11, 20), id="Monday's noon"),
    ],
)
def test_the_newest_day_is_the_last_working_day_that_has_begun(
    now: datetime, newest: datetime, before: datetime
) -> None:
    days = Calendar(now)
    assert (days.day(0), days.day(-1)) == (newest, before)


def test_fridays_are_counted_as_fridays() -> None:
    days = Calendar(hangzhou(2026, 11, 18, 15, 0))
    assert (days.friday(0), days.friday(-1)) == (hangzhou(2026, 11, 13), hangzhou(2026, 11, 6))


# ------------------------------------------------------------------------------------------- scripts


def test_a_script_is_read_line_by_line() -> None:
    [scene] = parse(
        """\
# a remark
## group: 午饭
by: lin
people: lin, wei
unread: wei 2

= -1
09:30 lin 吃什么？
      - 面
        - 粗的
+4 wei 面

= 0
10:00 lin [adds zhao, su]
+1 lin [edits] 面！
+1 lin [recalls]""".splitlines()
    )
    assert (scene.kind, scene.name, scene.by, scene.listed("people")) == ("group", "午饭", "lin", ["lin", "wei"])
    assert scene.unread == {"wei": 2}
    assert [(line.day, line.minute, line.who, line.verb, line.about, line.text.strip()) for line in scene.lines] == [
        (-1, 570, "lin", "says", "", "吃什么？\n- 面\n  - 粗的"),
        (-1, 574, "wei", "says", "", "面"),
        (0, 600, "lin", "adds", "zhao, su", ""),
        (0, 601, "lin", "edits", "", "面！"),
        (0, 602, "lin", "recalls", "", ""),
    ]


@pytest.mark.parametrize("row", ["half past nine lin hello", "09:30", "colour: green"])
def test_a_line_that_says_nothing_is_named(row: str) -> None:
    with pytest.raises(BadScript, match="line 2"):
        parse(["## group: x", row])


@pytest.mark.parametrize(("company", "scene"), PLAYS, ids=lambda value: getattr(value, "name", ""))
def test_everybody_speaks_by_day_in_order_and_where_they_are(company: Company, scene: Scene) -> None:
    keys = {person.key for person in company.people}
    assert {*scene.listed("pinned"), *scene.listed("muted"), *scene.unread} <= keys
    here = {scene.by, *company.within(scene.listed("people"))}
    assert scene.lines[0].day < 0, "on a morning there would be nothing to show"
    before = (-1000, 0)
    for line in scene.lines:
        assert line.who in here, line
        assert before <= (line.day, line.minute), line
        assert 8 * 60 <= line.minute < 22 * 60, line
        before = (line.day, line.minute)
        if line.verb == "adds":
            here.update(listed(line.about))
        elif line.verb == "removes":
            here.difference_update(listed(line.about))
        elif line.verb == "leaves":
            here.remove(line.who)
    assert here <= keys


def test_the_routine_goes_on_for_half_a_year_and_is_the_same_every_time() -> None:
    lines = list(routine.lines_before("routine", first_day=-3))
    assert len(lines) > 1_500
    assert lines == list(routine.lines_before("routine", first_day=-3))
    assert {line.day for line in lines} == set(range(-3 - routine.DAYS, -3))
    assert len({line.text for line in lines}) > 500
    assert not [line for line in lines if "{" in line.text]
    assert {line.who for line in lines} <= {person.key for person in LAKESIDE.people}


def test_a_routine_stays_within_the_day() -> None:
    for exchange in routine.read("routine"):
        assert exchange.earliest <= exchange.latest
        assert exchange.latest + sum(later for later, _role, _text in exchange.said) < timedelta(hours=20) / timedelta(
            minutes=1
        )
