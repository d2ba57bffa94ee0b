"""One group of 500 people: what a message costs until it is on all their screens."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from tests.bench.ground import PEOPLE, Ground, Meter, burnt
from tests.bench.lines import Line, close, lines
from tests.bench.rows import Row, percentile

SIZE = 200  # bytes
PER_SECOND = 20  # messages, which makes 10,000 deliveries
PACED = 200
AT_FULL_SPEED = 400
UNDELIVERED = 16
SPEAKERS = 8  # one socket may send 60 frames a second
PATIENCE = 60

POSTED = b'"kind":"message.posted"'
STAMP = re.compile(rb'"kind":"message\.posted".*?"text":"at (\d{20})')
BARE_STAMP = re.compile(rb"^at (\d{20})")

METHOD = (
    f"{PEOPLE} members of one group, one socket each; {SIZE}-byte messages; paced: {PER_SECOND} a second; at full speed: at most "
    f"{UNDELIVERED} messages that the first screen hasn't shown; a delivery is one message on one screen, counted by the receivers"
)


def words() -> str:
    """A message of the right size that says when it was sent."""
    start = f"at {time.perf_counter_ns():020d} "
    return start + ("the ferry leaves at noon " * SIZE)[: SIZE - len(start)]


@dataclass
class Result:
    cpu_paced: float
    cpu_full: float
    database_share: float
    background: float
    per_second: float
    p50: float
    p99: float


class Room:
    """The ears of all who are in it, and a way to speak."""

    def __init__(
        self, listeners: list[Line], speak: Callable[[str], None], *, stamp: re.Pattern[bytes], is_bare: bool
    ) -> None:
        self.listeners = listeners
        self.speak = speak
        self.stamp = stamp
        self.is_bare = is_bare
        self.heard = 0
        self.latencies: list[float] = []

    async def paced(self, count: int) -> None:
        """Speak at the given pace and take every delivery's time."""
        self._listen(self._hear_when)
        self.heard = 0
        began = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            self.speak(words())
        await self._until(count * len(self.listeners))

    async def at_full_speed(self, count: int) -> float:
        """Speak as soon as the first screen has shown enough; deliveries a second."""
        spoken = shown = 0
        self._listen(self._hear)
        self.heard = 0

        def first(payload: bytes) -> None:
            nonlocal spoken, shown
            before = self.heard
            self._hear(payload)
            shown += self.heard - before
            while spoken < count and spoken - shown < UNDELIVERED:
                spoken += 1
                self.speak(words())

        self.listeners[0].hear = first
        began = time.perf_counter()
        first(b"")
        await self._until(count * len(self.listeners))
        return self.heard / (time.perf_counter() - began)

    def _listen(self, hear: Callable[[bytes], None]) -> None:
        for listener in self.listeners:
            listener.hear = hear

    def _hear(self, payload: bytes) -> None:
        self.heard += bool(payload) if self.is_bare else payload.count(POSTED)

    def _hear_when(self, payload: bytes) -> None:
        now = time.perf_counter_ns()
        for sent_at in self.stamp.findall(payload):
            self.heard += 1
            self.latencies.append((now - int(sent_at)) / 1e6)

    async def _until(self, count: int) -> None:
        deadline = time.perf_counter() + PATIENCE
        while self.heard < count and time.perf_counter() < deadline:  # noqa: ASYNC110 - an Event would cost at each delivery
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        if self.heard != count:
            raise RuntimeError(f"fan-out: {self.heard} deliveries instead of {count}")


async def measure(ground: Ground) -> list[Row]:
    """The rows of fan-out, the limit's first."""
    bare, lakeside = await bare_broadcast(ground), await product(ground)
    return [
        Row(
            "fan-out at 10,000/s: CPU-s per 10,000 deliveries", lakeside.cpu_paced, "s",
            3 * bare.cpu_paced, 1.5 * bare.cpu_paced, bare.cpu_paced,
        ),
        Row(
            "fan-out at full speed: CPU-s per 10,000 deliveries", lakeside.cpu_full, "s",
            3 * bare.cpu_full, 1.5 * bare.cpu_full, bare.cpu_full,
        ),
        Row("fan-out: of it by the database", lakeside.database_share, "s"),
        Row("fan-out: relay, worker and Redis beside it", lakeside.background, "s"),
        Row("fan-out: deliveries a second", lakeside.per_second, "/s", 40_000, 100_000, bare.per_second, more_is_better=True),
        Row("fan-out at 10,000/s: send to screen p50", lakeside.p50, "ms", limit=bare.p50),
        Row("fan-out at 10,000/s: send to screen p99", lakeside.p99, "ms", 20, 10, bare.p99),
    ]  # fmt: skip


async def bare_broadcast(ground: Ground) -> Result:
    listeners = await lines(ground.limit_port, "/hall", [""] * PEOPLE)
    room = Room(listeners, lambda text: listeners[0].send(text.encode()), stamp=BARE_STAMP, is_bare=True)
    await room.paced(PER_SECOND)
    room.latencies.clear()
    before = burnt(ground.limit_process)
    await room.paced(PACED)
    between = burnt(ground.limit_process)
    per_second = await room.at_full_speed(AT_FULL_SPEED)
    after = burnt(ground.limit_process)
    await close(listeners)
    return Result(
        cpu_paced=(between - before) / (PACED * PEOPLE) * 10_000,
        cpu_full=(after - between) / (AT_FULL_SPEED * PEOPLE) * 10_000,
        database_share=0,
        background=0,
        per_second=per_second,
        p50=percentile(room.latencies, 0.5),
        p99=percentile(room.latencies, 0.99),
    )


async def product(ground: Ground) -> Result:
    speakers = await lines(ground.port, ground.socket, ground.tokens[:SPEAKERS])
    listeners = await lines(ground.port, ground.socket, ground.tokens)
    group, number = ground.company["groups"][0], 0

    def speak(text: str) -> None:
        nonlocal number
        number += 1
        said = f'{{"type":"message.post","id":"{number}","conversation":{group},"key":"{uuid4()}","text":"{text}"}}'
        speakers[number % SPEAKERS].send(said.encode())

    room = Room(listeners, speak, stamp=STAMP, is_bare=False)
    await room.paced(PER_SECOND)
    room.latencies.clear()
    meter = Meter(ground.house)
    meter.begin()
    await room.paced(PACED)
    paced = meter.end()
    meter.begin()
    per_second = await room.at_full_speed(AT_FULL_SPEED)
    full = meter.end()
    await close(speakers + listeners)
    per_10_000 = 10_000 / (PACED * PEOPLE)
    return Result(
        cpu_paced=paced.total * per_10_000,
        cpu_full=full.total / (AT_FULL_SPEED * PEOPLE) * 10_000,
        database_share=paced.database * per_10_000,
        background=paced.background * per_10_000,
        per_second=per_second,
        p50=percentile(room.latencies, 0.5),
        p99=percentile(room.latencies, 0.99),
    )
