"""What the rooms above tell realtime at start.

Which streams exist, who may follow them, how their objects look, which frames they answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from realtime.gate import Pass
from realtime.models import Change
from wire.json import encode

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one member sees of a stream. `spans` are the visible message numbers, ascending, the last one open; None means all.

    `generation` is part of the member's cursor: when it moves, what they hold was taken from them or given to them,
    and they start over. Nobody continues from a version below `floor`: what happened before one came is not followed up.
    """

    generation: str = "0"
    spans: tuple[tuple[int, int | None], ...] | None = None
    floor: int = 0

    def sees(self, seq: int | None) -> bool:
        """Whether the object is visible; objects without a number are."""
        if seq is None or self.spans is None:
            return True
        return any(start <= seq and (end is None or seq <= end) for start, end in self.spans)

    def part_of(self, start: int, end: int) -> list[tuple[int, int]]:
        """The visible pieces of the numbers from `start` to `end`, both included."""
        spans = [(start, end)] if self.spans is None else self.spans
        pieces = [(max(start, first), end if last is None else min(end, last)) for first, last in spans]
        return [(first, last) for first, last in pieces if first <= last]

    def sees_on_from(self, seq: int | None) -> bool:
        """Whether everything numbered `seq` or later is visible."""
        return (
            seq is None
            or self.spans is None
            or (bool(self.spans) and self.spans[-1][1] is None and self.spans[-1][0] <= seq)
        )


class Rendered:
    """An object in its wire shape, as the JSON that every reader gets, and its message number if it has one."""

    __slots__ = ("seq", "text")

    def __init__(self, shape: JSON, seq: int | None = None) -> None:
        self.text = encode(shape)
        self.seq = seq


# A stream's object, and how somebody sees it. Who sees the same gets the same.
View = tuple[int, Sight]


class StreamKind(Protocol):
    """A kind of stream, as the room that owns its objects describes it."""

    name: str
    # Without this scope a token doesn't follow it, whoever's it is.
    read_scope: str

    def followers(self, object_ids: Collection[int], member_ids: Collection[int]) -> Mapping[int, Mapping[int, Sight]]:
        """Which of these members may follow which of these streams now, and what they see.

        {object id: {member id: Sight}}, in a constant number of queries.
        """
        ...

    def followed_by(self, member_ids: Collection[int]) -> Iterable[tuple[int, int]]:
        """All (member id, object id) of this kind that these members may follow now. One query."""
        ...

    def windows(self, wanted: Collection[View]) -> Mapping[View, Sequence[Rendered]]:
        """The newest state of each of these, for somebody who starts over. A constant number of queries."""
        ...


# Given the changes of one subject (`message` of `message.posted`), their objects as they are now: {object id: Rendered},
# in a constant number of queries.
Renderer = Callable[[Sequence[Change]], Mapping[int, Rendered]]


@dataclass(frozen=True, slots=True)
class FrameKind:
    """A frame that clients may send.

    `answer` gets the frames that came while its last call ran, and answers each with (status, body as JSON).
    """

    answer: Callable[[Sequence[tuple[Pass, JSON]]], Sequence[tuple[int, str]]]
    at_most: int = 64


class Registry:
    """Filled in `AppConfig.ready()`, read ever after."""

    def __init__(self) -> None:
        self.streams: dict[str, StreamKind] = {}
        self.renderers: dict[str, Renderer] = {}
        self.frames: dict[str, FrameKind] = {}
        self.resetting: set[str] = set()

    def add_stream(self, kind: StreamKind) -> None:
        self.streams[kind.name] = kind

    def barred(self, allows: Callable[[str], bool]) -> frozenset[str]:
        """The kinds of stream that somebody with these scopes may not follow."""
        return frozenset(name for name, kind in self.streams.items() if not allows(kind.read_scope))

    def add_renderer(self, subject: str, renderer: Renderer, *, resetting: Collection[str] = ()) -> None:
        """How changes named `subject.…` are shown.

        `resetting` are those after which every follower's view starts over.
        """
        self.renderers[subject] = renderer
        self.resetting.update(resetting)

    def add_frame(self, name: str, kind: FrameKind) -> None:
        self.frames[name] = kind


registry = Registry()
