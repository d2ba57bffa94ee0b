"""100 pairs, each writing its next message when the last was acknowledged, which is when it is on disk."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from tests.bench.fanout import POSTED, words
from tests.bench.ground import PAIRS, Cost, Ground, Meter, burnt
from tests.bench.lines import Http, Line, close, http, line, lines
from tests.bench.rows import Row, percentile

WARM_UP, SECONDS = 1.5, 8.0
ANSWERED = re.compile(rb'"type":"answer","id":"[^"]*","status":(\d+)')

METHOD = (
    f"{PAIRS} pairs, closed loop, {SECONDS:.0f} s; one of each writes, both are connected; acknowledged means committed with fsync; "
    "REST on connections that are kept open"
)


@dataclass
class Talk:
    """What happened between the first and the last tick of the clock."""

    acknowledged: int = 0
    seconds: float = 0.0
    heard: int = 0
    cost: float = 0.0
    background: float = 0.0
    latencies: list[float] | None = None


class Clock:
    """Counts acknowledgements once it runs; everybody stops when it stops."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.is_counting = False
        self.is_over = False
        self.sent = self.acknowledged = 0

    def tick(self, sent_at: float) -> None:
        self.acknowledged += 1
        if self.is_counting:
            self.latencies.append((time.perf_counter() - sent_at) * 1e3)

    async def run(self, begin: Callable[[], None], end: Callable[[], tuple[float, float]]) -> Talk:
        await asyncio.sleep(WARM_UP)
        begin()
        self.is_counting, began = True, time.perf_counter()
        await asyncio.sleep(SECONDS)
        self.is_counting, seconds = False, time.perf_counter() - began
        cost, background = end()
        self.is_over = True
        return Talk(len(self.latencies), seconds, 0, cost, background, self.latencies)


async def measure(ground: Ground) -> list[Row]:
    bare, socket, rest = await bare_pairs(ground), await by_socket(ground), await by_rest(ground)
    rows: list[Row] = []
    for name, talk, target, beyond in (("socket", socket, 1_500, 3_000), ("REST", rest, 100, 200)):
        assert talk.latencies is not None and bare.latencies is not None
        limit = bare if name == "socket" else None
        per_second = talk.acknowledged / talk.seconds
        rows += [
            Row(f"chats by {name}: messages a second", per_second, "/s", target, beyond,
                limit and limit.acknowledged / limit.seconds, more_is_better=True),
            Row(f"chats by {name}: CPU-s per 1,000", talk.cost / talk.acknowledged * 1_000, "s",
                limit=limit and limit.cost / limit.acknowledged * 1_000),
            Row(f"chats by {name}: relay, worker and Redis beside it", talk.background / talk.acknowledged * 1_000, "s"),
            Row(f"chats by {name}: acknowledgement p50", percentile(talk.latencies, 0.5), "ms",
                limit=limit and percentile(bare.latencies, 0.5)),
            Row(f"chats by {name}: acknowledgement p99", percentile(talk.latencies, 0.99), "ms",
                80 if name == "socket" else None, 40 if name == "socket" else None,
                limit and percentile(bare.latencies, 0.99)),
        ]  # fmt: skip
    return rows


async def bare_pairs(ground: Ground) -> Talk:
    clock, opened = Clock(), []
    for number in range(PAIRS):
        opened += [await line(ground.limit_port, f"/pair/{number}") for _ in range(2)]
        _talk_bare(opened[-1], clock)
    before = 0.0

    def begin() -> None:
        nonlocal before
        before = burnt(ground.limit_process)

    talk = await clock.run(begin, lambda: (burnt(ground.limit_process) - before, 0.0))
    await asyncio.sleep(0.5)
    await close(opened)
    return talk


def _talk_bare(writer: Line, clock: Clock) -> None:
    sent_at = time.perf_counter()

    def hear(_payload: bytes) -> None:
        nonlocal sent_at
        clock.tick(sent_at)
        if not clock.is_over:
            sent_at = time.perf_counter()
            writer.send(words().encode())

    writer.hear = hear
    writer.send(words().encode())


async def by_socket(ground: Ground) -> Talk:
    writers = await lines(ground.port, ground.socket, ground.tokens[:PAIRS])
    readers = await lines(ground.port, ground.socket, ground.tokens[PAIRS : 2 * PAIRS])
    clock, heard = Clock(), 0

    def hear(payload: bytes) -> None:
        nonlocal heard
        heard += payload.count(POSTED)

    for reader in readers:
        reader.hear = hear
    for writer, pair in zip(writers, ground.company["pairs"], strict=False):
        _talk(writer, pair, clock)
    meter = Meter(ground.house)
    talk = await clock.run(meter.begin, lambda: _parts(meter.end()))
    await asyncio.sleep(2)
    if heard != clock.acknowledged:
        raise RuntimeError(f"chats: {clock.acknowledged} acknowledged, {heard} heard by the others")
    await close(writers + readers)
    return talk


def _talk(writer: Line, pair: int, clock: Clock) -> None:
    sent_at = 0.0

    def say() -> None:
        nonlocal sent_at
        sent_at = time.perf_counter()
        said = f'{{"type":"message.post","id":"1","conversation":{pair},"key":"{uuid4()}","text":"{words()}"}}'
        writer.send(said.encode())

    def hear(payload: bytes) -> None:
        for status in ANSWERED.findall(payload):
            if status != b"201":
                raise RuntimeError(f"chats: a message was answered with {status.decode()}")
            clock.tick(sent_at)
            if not clock.is_over:
                say()

    writer.hear = hear
    say()


async def by_rest(ground: Ground) -> Talk:
    clock = Clock()
    connections = await asyncio.gather(*(http(ground.port) for _ in range(PAIRS)))
    talking = [
        asyncio.create_task(_talk_by_rest(connection, ground, number, clock))
        for number, connection in enumerate(connections)
    ]
    meter = Meter(ground.house)
    talk = await clock.run(meter.begin, lambda: _parts(meter.end()))
    await asyncio.gather(*talking)
    for connection in connections:
        connection.transport.close()
    return talk


async def _talk_by_rest(connection: Http, ground: Ground, number: int, clock: Clock) -> None:
    path = f"{ground.api}/conversations/{ground.company['pairs'][number]}/messages"
    while not clock.is_over:
        sent_at = time.perf_counter()
        said = f'{{"key":"{uuid4()}","text":"{words()}"}}'.encode()
        status, body = await connection.ask("POST", path, ground.tokens[number], said)
        if status != 201:
            raise RuntimeError(f"chats: a message was answered with {status}: {body[:200]!r}")
        clock.tick(sent_at)


def _parts(cost: Cost) -> tuple[float, float]:
    return cost.total, cost.background
