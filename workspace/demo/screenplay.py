"""Reading the scripts. A file holds scenes; a scene is one conversation, told line by line:

## group: 产品研发部              or  ## direct: lin, wei
by: zhao                         who made the group
people: 产品研发部, zhao, su       who is in it from the beginning: people, departments
pinned: lin                      muted: wei               unread: lin 3, xu 2
days: fridays                    unless days are working days
before: on-call                  a routine (routine.py) that went on before the first line

= -2                             a day, counted back from the newest one
09:30 zhao What they say, in as many lines as it takes: further ones are indented by six spaces.
+4 wei     Four minutes later.
+1 wei [edits] Their last words, mended.      [recalls] takes them back.
+9 zhao [adds xu, tang]          [removes ma]   [leaves]   [renames 新的名字]   [promotes wei]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SCRIPTS = Path(__file__).parent / "scripts"
HEADING = re.compile(r"## (group|direct): (.+)")
FACT = re.compile(r"(by|people|pinned|muted|unread|days|before): (.+)")
DAY = re.compile(r"= (-?\d+)")
LINE = re.compile(
    r"(?:(\d\d):(\d\d)|\+(\d+)) +(\w+) +(?:\[(edits|recalls|adds|removes|leaves|renames|promotes)(?: ([^\]]+))?\] ?)?(.*)"
)
FURTHER = " " * 6
COMMENT = "# "


class BadScript(ValueError):
    """A line that says nothing. The message names the file and the line."""


@dataclass(slots=True)
class Line:
    """Somebody says or does something, at a minute of a day. `about` is what stands in the brackets after the verb."""

    day: int
    minute: int
    who: str
    verb: str
    about: str
    text: str


@dataclass(slots=True)
class Scene:
    """One conversation from its beginning. `name` is empty for direct ones."""

    kind: str
    name: str
    facts: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def listed(self, fact: str) -> list[str]:
        """The names that stand behind a fact."""
        return listed(self.facts.get(fact, ""))

    @property
    def by(self) -> str:
        return self.facts.get("by") or self.lines[0].who

    @property
    def unread(self) -> Mapping[str, int]:
        """How many of the last messages somebody has not seen yet."""
        return {who: int(count) for who, count in (entry.split() for entry in self.listed("unread"))}


def scenes_of(handle: str) -> list[Scene]:
    """All scenes of a company, in the order of its scripts' names."""
    return [scene for path in sorted((SCRIPTS / handle).glob("*.txt")) for scene in read(path)]


def read(path: Path) -> list[Scene]:
    """The scenes of a script. Raises BadScript."""
    try:
        return parse(path.read_text(encoding="utf-8").splitlines())
    except BadScript as problem:
        raise BadScript(f"{path.name}, {problem}") from problem


def parse(rows: Iterable[str]) -> list[Scene]:
    """The same from its lines of text."""
    reader = _Reader()
    for number, row in enumerate(rows, start=1):
        try:
            reader.take(row)
        except (AttributeError, IndexError, ValueError) as problem:
            raise BadScript(f"line {number}: {row}") from problem
    return reader.scenes


def listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


class _Reader:
    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        self.day = 0
        self.minute = 0

    def take(self, row: str) -> None:
        if row.startswith(FURTHER) or (not row and self._is_speaking()):
            self.scenes[-1].lines[-1].text += f"\n{row.removeprefix(FURTHER)}"
        elif match := HEADING.fullmatch(row):
            kind, rest = match.groups()
            self.scenes.append(Scene(kind, rest) if kind == "group" else Scene(kind, "", {"people": rest}))
        elif match := FACT.fullmatch(row):
            self.scenes[-1].facts[match[1]] = match[2]
        elif match := DAY.fullmatch(row):
            self.day, self.minute = int(match[1]), 0
        elif match := LINE.fullmatch(row):
            self._speak(*match.groups())
        elif row and not row.startswith(COMMENT):
            raise ValueError(row)

    def _is_speaking(self) -> bool:
        return bool(self.scenes and self.scenes[-1].lines)

    def _speak(
        self, hour: str, minute: str, later: str, who: str, verb: str | None, about: str | None, text: str
    ) -> None:
        self.minute = self.minute + int(later) if later else int(hour) * 60 + int(minute)
        self.scenes[-1].lines.append(Line(self.day, self.minute, who, verb or "says", about or "", text))
