"""A long history without a long script: small exchanges that come again, with other numbers and by whoever is on duty.

A routine's file holds exchanges, each with the hours in which it fits, roles instead of people and slots instead of numbers:

    ## 10:00 16:30
    a {service} {version} 准备灰度
    +2 b 收到，我盯着
    +20 a 错误率 {rate}%，推全量
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from workspace.demo.screenplay import FURTHER, SCRIPTS, Line

HOURS = re.compile(r"## (\d\d):(\d\d) (\d\d):(\d\d)")
SAID = re.compile(r"(?:\+(\d+) )?([a-z]) (.+)")

DAYS = 130
EACH_DAY = 4
# Who takes the roles: a and b speak Chinese with one another, c asks them for something, x and y write English.
ROLES: Mapping[str, tuple[str, ...]] = {
    "a": ("chen", "xie", "tang", "feng", "ma", "bai"),
    "b": ("luo", "liang", "shao", "chen", "cao", "wei"),
    "c": ("shi", "yuan", "hezhifei", "lin", "gu", "ouyang"),
    "x": ("daniel", "priya", "ilya"),
    "y": ("priya", "ilya", "hana", "daniel"),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "service": ("gateway", "messages", "directory", "search", "files", "push", "web", "accounts"),
    "room": ("断桥", "平湖", "苏堤", "曲院", "南屏"),
    "customer": ("西溪书店", "钱塘物流", "运河茶厂", "龙井小学", "富春设计院", "三墩五金"),
    "host": ("hz-web-1", "hz-web-2", "hz-db-1", "hz-db-2", "sto-web-1", "sto-web-2", "hz-queue-1"),
    "browser": ("Chrome", "Edge", "Firefox", "Safari"),
    "ok": ("收到", "好", "好的", "行", "没问题"),
    "hour": ("14:00", "15:00", "16:30", "18:00"),
}
NUMBERS: Mapping[str, tuple[int, int]] = {
    "count": (3, 48), "ms": (38, 190), "percent": (61, 93), "minutes": (4, 25), "ticket": (1204, 2980), "people": (12, 140),
    "build": (3100, 5400), "gigabytes": (40, 260), "days": (9, 28),
}  # fmt: skip


@dataclass(slots=True)
class Exchange:
    """Some lines that belong together: minutes after the one before, role, text with slots."""

    earliest: int
    latest: int
    said: list[tuple[int, str, str]] = field(default_factory=list)


def lines_before(name: str, *, first_day: int) -> Iterator[Line]:
    """What was said by routine on the working days before this one. The same at every call: nothing in it is left to chance."""
    random = Random(20)  # noqa: S311 - for variety, not for secrets
    exchanges = read(name)
    bag: list[Exchange] = []
    for day in range(first_day - DAYS, first_day):
        chosen: list[Exchange] = []
        while len(chosen) < EACH_DAY:
            # A shuffled bag: nothing comes again before everything else was there.
            bag = bag or random.sample(exchanges, k=len(exchanges))
            chosen.append(bag.pop())
        spoken = [line for exchange in chosen for line in _play(exchange, day, random)]
        yield from sorted(spoken, key=lambda line: line.minute)


def read(name: str) -> list[Exchange]:
    """The exchanges of a routine."""
    exchanges: list[Exchange] = []
    for row in (SCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if match := HOURS.fullmatch(row):
            hour, minute, last_hour, last_minute = map(int, match.groups())
            exchanges.append(Exchange(hour * 60 + minute, last_hour * 60 + last_minute))
        elif row.startswith(FURTHER):
            later, role, text = exchanges[-1].said.pop()
            exchanges[-1].said.append((later, role, f"{text}\n{row.removeprefix(FURTHER)}"))
        elif match := SAID.fullmatch(row):
            exchanges[-1].said.append((int(match[1] or 0), match[2], match[3]))
    return exchanges


def _play(exchange: Exchange, day: int, random: Random) -> Iterator[Line]:
    people = _cast({role for _later, role, _text in exchange.said}, random)
    slots = {name: random.choice(choices) for name, choices in CHOICES.items()}
    numbers = {name: random.randint(*between) for name, between in NUMBERS.items()}
    # A version a day, thirty to a series.
    series, fix = divmod(day + 2 * DAYS, 30)
    version = f"1.{6 + series}.{fix}"
    minute = random.randint(exchange.earliest, exchange.latest)
    for later, role, text in exchange.said:
        minute += later
        said = text.format(**slots, **numbers, version=version, rate=f"0.0{random.randint(1, 6)}")
        yield Line(day, minute, people[role], "says", "", said)


def _cast(roles: set[str], random: Random) -> dict[str, str]:
    """Somebody for each role, nobody for two."""
    people: dict[str, str] = {}
    for role in sorted(roles):
        people[role] = random.choice([person for person in ROLES[role] if person not in people.values()])
    return people
