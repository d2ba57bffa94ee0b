"""What an open socket costs while nothing happens, and 500 who come back at the same moment."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from uuid import uuid4

import psutil

from tests.bench.ground import PEOPLE, Ground
from tests.bench.lines import Http, close, http, line, lines
from tests.bench.rows import Row

FIRST, MANY = 100, 900
MISSED = 50
ROUNDS = 3
PATIENCE = 60

METHOD = (
    f"idle: growth of the server's resident memory from {FIRST} to {FIRST + MANY} sockets, of {PEOPLE} people, 2 s after the last came; "
    f"storm: {PEOPLE} sockets closed, {MISSED} messages missed, all reconnect at once and sync by REST, each on a connection of its own; "
    f"until the last screen is complete; median of {ROUNDS}"
)


async def measure(ground: Ground) -> list[Row]:
    limit = await grown(ground.limit_process, ground.limit_port, "/idle", [""] * (FIRST + MANY))
    web = ground.house.webs[0].process
    assert web is not None
    tokens = (ground.tokens * 2)[: FIRST + MANY]
    own = await grown(web.pid, ground.port, ground.socket, tokens)
    seconds = sorted([await storm(ground) for _ in range(ROUNDS)])[ROUNDS // 2]
    return [
        Row("idle connection", own, "KiB", 45, 28, limit),
        Row("500 return at once: caught up", seconds, "s", 2, 1.2),
    ]


async def grown(process: int, port: int, path: str, tokens: list[str]) -> float:
    """KiB a socket."""
    opened = await lines(port, path, tokens[:FIRST])
    await asyncio.sleep(1)
    before = psutil.Process(process).memory_info().rss
    opened += await lines(port, path, tokens[FIRST:])
    await asyncio.sleep(2)
    after = psutil.Process(process).memory_info().rss
    await close(opened)
    await asyncio.sleep(1)
    return (after - before) / 1024 / (len(tokens) - FIRST)


class Returning:
    """Somebody who holds a cursor, was away, and comes back as the protocol says: hello, then a sync of what is ahead."""

    def __init__(self, ground: Ground, token: str) -> None:
        self.ground, self.token = ground, token
        self.stream = f"conversation:{ground.company['groups'][0]}"
        self.cursor = ""
        self.shown: list[str] = []

    async def look(self, rest: Http) -> None:
        """Take the present window, to return from it later."""
        page = await rest.get(f"{self.ground.api}/sync/{self.stream}", self.token)
        self.cursor, self.shown = page["cursor"], []

    async def come_back(self) -> Callable[[], None]:
        """Connect and catch up; how to hang up again."""
        hello: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def hear(payload: bytes) -> None:
            if not hello.done():
                hello.set_result(payload)

        socket = await line(self.ground.port, self.ground.socket, self.token, hear)
        heads = json.loads((await hello).split(b"\n")[0])["heads"]
        rest = await http(self.ground.port)
        while heads[self.stream] > int(self.cursor.rpartition("~")[2]):
            page = await rest.get(f"{self.ground.api}/sync/{self.stream}?cursor={self.cursor}", self.token)
            self.cursor = page["cursor"]
            self.shown += [change["object"]["key"] for change in page["changes"]]

        def hang_up() -> None:
            socket.transport.close()
            rest.transport.close()

        return hang_up


async def storm(ground: Ground) -> float:
    """Seconds from the first knock until the last is caught up. Raises RuntimeError if somebody misses a message or has one twice."""
    rest = await http(ground.port)
    people = [Returning(ground, token) for token in ground.tokens]
    for person in people:
        await person.look(rest)
    keys = [str(uuid4()) for _ in range(MISSED)]
    path = f"{ground.api}/conversations/{ground.company['groups'][0]}/messages"
    for key in keys:
        said = json.dumps({"key": key, "text": "the ferry leaves at noon"}).encode()
        await rest.ask("POST", path, ground.tokens[0], said)
    rest.transport.close()
    began = time.perf_counter()
    hang_up = await asyncio.wait_for(asyncio.gather(*(person.come_back() for person in people)), PATIENCE)
    seconds = time.perf_counter() - began
    for one in hang_up:
        one()
    if wrong := [person for person in people if person.shown != keys]:
        raise RuntimeError(f"storm: {len(wrong)} screens are not what was said")
    await asyncio.sleep(1)
    return seconds
