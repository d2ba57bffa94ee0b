"""What an open socket costs while nothing happens, and 500 who come back at the same moment."""

from __future__ import annotations

import asyncio
import json
import time
from uuid import uuid4

import psutil

from tests.bench.ground import PEOPLE, Ground, Meter
from tests.bench.lines import Http, Line, close, http, line, lines
from tests.bench.rows import Row

FIRST, MANY = 100, 900
MISSED = 50
ROUNDS = 3
PATIENCE = 60

METHOD = (
    f"idle: growth of the server's resident memory from {FIRST} to {FIRST + MANY} sockets, of {PEOPLE} people, 2 s after the last came; "
    f"storm: {PEOPLE} sockets closed, {MISSED} messages missed, all reconnect at once and sync on their socket; "
    f"until the last screen is complete; median of {ROUNDS}"
)


async def measure(ground: Ground) -> list[Row]:
    limit = await grown(ground.limit_process, ground.limit_port, "/idle", [""] * (FIRST + MANY))
    web = ground.house.webs[0].process
    assert web is not None
    tokens = (ground.tokens * 2)[: FIRST + MANY]
    own = await grown(web.pid, ground.port, ground.socket, tokens)
    storms = [await storm(ground) for _ in range(ROUNDS)]
    seconds = sorted(seconds for seconds, _cost in storms)[ROUNDS // 2]
    cost = sorted(cost for _seconds, cost in storms)[ROUNDS // 2]
    return [
        Row("idle connection", own, "KiB", 45, 28, limit),
        Row("500 return at once: caught up", seconds, "s", 2, 1.2),
        Row("500 return at once: CPU-s", cost, ""),
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

    async def come_back(self) -> Line:
        """Connect and catch up; the open socket."""
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        socket = await line(self.ground.port, self.ground.socket, self.token, heard.put_nowait)
        hello = await _next(heard, "hello")
        while hello["heads"][self.stream] > int(self.cursor.rpartition("~")[2]):
            asked = {"type": "stream.sync", "id": "1", "stream": self.stream, "cursor": self.cursor}
            socket.send(json.dumps(asked).encode())
            self._show(await _next(heard, "answer"))
        return socket

    def _show(self, answer: dict) -> None:
        if answer["status"] != 200:
            raise ConnectionError(f"sync answered {answer}")
        self.cursor = answer["body"]["cursor"]
        self.shown += [change["object"]["key"] for change in answer["body"]["changes"]]


async def _next(heard: asyncio.Queue[bytes], type: str) -> dict:
    """The next frame of this type; nobody waits for two at once."""
    while True:
        for frame in map(json.loads, (await heard.get()).split(b"\n")):
            if frame["type"] == type:
                return frame


async def storm(ground: Ground) -> tuple[float, float]:
    """Seconds from the first knock until the last is caught up, and what server and database used for it.

    Raises RuntimeError if somebody misses a message or has one twice.
    """
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
    meter = Meter(ground.house)
    meter.begin()
    began = time.perf_counter()
    sockets = await asyncio.wait_for(asyncio.gather(*(person.come_back() for person in people)), PATIENCE)
    seconds, cost = time.perf_counter() - began, meter.end()
    await close(sockets)
    if wrong := [person for person in people if person.shown != keys]:
        raise RuntimeError(f"storm: {len(wrong)} screens are not what was said")
    await asyncio.sleep(1)
    return seconds, cost.total
