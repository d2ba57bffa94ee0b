"""A correct client of the public protocol: REST and socket, cursors, catching up over gaps.

It knows docs/api/socket.md and the OpenAPI schema, not the server's code, so that what it holds proves something about the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

JSON = dict[str, Any]

# What a server that was killed, is starting or restarts does to whoever talks to it. The answer to all of it: try again.
BROKEN = (OSError, TimeoutError, EOFError, httpx.HTTPError, ConnectionClosed, InvalidHandshake, InvalidMessage)
SIGNED_OUT = 4001


class Refused(Exception):
    """The server said no: a problem document with its status."""

    def __init__(self, status: int, problem: JSON) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{status} {problem.get('code', '')}")

    @property
    def is_passing(self) -> bool:
        """Worth trying again: the server was busy or broken, the request was not."""
        return self.status == 429 or self.status >= 500


class Api:
    """REST for one person in one organization."""

    def __init__(self, url: str, token: str, *, organization: str = "lakeside", timeout: float = 10.0) -> None:
        self.url = url
        self.token = token
        self.organization = organization
        self.http = httpx.AsyncClient(
            base_url=f"{url}/api/v1/orgs/{organization}/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            trust_env=False,
        )

    async def call(self, method: str, path: str, body: JSON | None = None, **query: Any) -> Any:
        """The answer's body. Raises Refused for every status from 400 on, and httpx.HTTPError if there was no answer."""
        asked = {name: value for name, value in query.items() if value is not None}
        answer = await self.http.request(method, path, json=body, params=asked)
        if answer.status_code >= 400:
            with contextlib.suppress(ValueError):
                raise Refused(answer.status_code, answer.json())
            raise Refused(answer.status_code, {})
        return answer.json() if answer.content else None

    async def post(self, conversation: int, *, key: str, text: str) -> JSON:
        """Say something; the stored message."""
        return await self.call("POST", f"conversations/{conversation}/messages", {"key": key, "text": text})

    async def history(self, conversation: int) -> list[JSON]:
        """Every message of a conversation that this person may see, ascending."""
        messages: list[JSON] = []
        after = 0
        while True:
            page = await self.call("GET", f"conversations/{conversation}/messages", after=after, limit=200)
            messages += page["messages"]
            if not page["has_after"]:
                return messages
            after = messages[-1]["seq"]

    async def close(self) -> None:
        await self.http.aclose()


class Socket:
    """One open socket: frames come in their order, answers go to who waits for them."""

    def __init__(self, wire: ClientConnection, receive: Callable[[JSON], None] | None) -> None:
        self.wire = wire
        self.receive = receive
        self.answers: dict[str, asyncio.Future[JSON]] = {}
        self.numbers = itertools.count(1)
        self.reading = asyncio.create_task(self._read())

    async def post(self, conversation: int, *, key: str, text: str, patience: float = 10.0) -> JSON:
        """Say something; the stored message. Raises Refused, TimeoutError, or ConnectionError if the socket ended first."""
        id = str(next(self.numbers))
        answer: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
        # If sending fails nobody asks for it any more, which asyncio would complain about.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.answers[id] = answer
        try:
            await self.send({"type": "message.post", "id": id, "conversation": conversation, "key": key, "text": text})
            found = await asyncio.wait_for(answer, patience)
        finally:
            del self.answers[id]
        if found["status"] >= 400:
            raise Refused(found["status"], found["body"])
        return found["body"]

    async def send(self, frame: JSON) -> None:
        await self.wire.send(json.dumps(frame, ensure_ascii=False))

    async def _read(self) -> None:
        try:
            async for text in self.wire:
                # One JSON object a line. Not `splitlines`: JSON may hold U+2028, which it would split at.
                for line in str(text).split("\n"):
                    self._take(json.loads(line))
        finally:
            for answer in self.answers.values():
                if not answer.done():
                    answer.set_exception(ConnectionError("the socket ended before the answer"))

    def _take(self, frame: JSON) -> None:
        if frame["type"] != "answer":
            if self.receive is not None:
                self.receive(frame)
        elif (answer := self.answers.get(frame["id"])) is not None and not answer.done():
            answer.set_result(frame)


@contextlib.asynccontextmanager
async def opened(api: Api, receive: Callable[[JSON], None] | None = None) -> AsyncIterator[Socket]:
    """A socket for the person of this API. `receive` gets every frame but the answers, in order."""
    address = f"{api.url.replace('http', 'ws', 1)}/ws/v1/orgs/{api.organization}/"
    async with connect(
        address,
        additional_headers={"Authorization": f"Bearer {api.token}"},
        compression=None,
        max_size=None,
        proxy=None,
        open_timeout=10,
        close_timeout=1,
    ) as wire:
        socket = Socket(wire, receive)
        try:
            yield socket
        finally:
            socket.reading.cancel()
            await asyncio.gather(socket.reading, return_exceptions=True)


@dataclass
class Held:
    """What a client holds of one stream: objects by type and id, each with the version at which it was seen."""

    cursor: str | None = None
    epoch: int = 0
    objects: dict[tuple[str, int], tuple[int, JSON]] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return int(self.cursor.rpartition("~")[2]) if self.cursor else -1

    def move_to(self, version: int) -> None:
        assert self.cursor is not None
        self.cursor = f"{self.cursor.rpartition('~')[0]}~{version}"

    def place(self, change: JSON) -> None:
        """Upsert: an object is replaced by one that is at least as new, never by an older one."""
        shown = change["object"]
        version = shown.get("version", change["version"])
        key = (shown["type"], shown["conversation"] if shown["type"] == "membership" else shown["id"])
        if key not in self.objects or version >= self.objects[key][0]:
            self.objects[key] = (version, shown)


class Screen:
    """What one person's program shows, kept equal to the server over every interruption: `run` connects, follows, and comes back.

    `apis` are ways to the same server; each new connection takes the next.
    """

    def __init__(self, *apis: Api, pause: float = 0.5, longest_pause: float = 30.0) -> None:
        self.apis = itertools.cycle(apis)
        self.api = next(self.apis)
        self.pause, self.longest_pause = pause, longest_pause
        self.held: dict[str, Held] = {}
        self.epoch = 0
        self.greetings = 0
        self.syncs = 0
        self.resets = 0

    async def run(self) -> None:
        """Follow until cancelled, or until the server says that this person is signed out."""
        pause = self.pause
        while True:
            greetings = self.greetings
            try:
                await self._follow()
            except ConnectionClosed as error:
                if error.rcvd is not None and error.rcvd.code == SIGNED_OUT:
                    return
            except BROKEN:
                pass
            except Refused as refusal:
                if not refusal.is_passing:
                    raise
            pause = self.pause if self.greetings > greetings else min(pause * 2, self.longest_pause)
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            self.api = next(self.apis)

    def messages(self, conversation: int) -> list[JSON]:
        """The messages of a conversation that are on screen, ascending."""
        held = self.held.get(f"conversation:{conversation}", Held())
        shown = [message for (kind, _), (_, message) in held.objects.items() if kind == "message"]
        return sorted(shown, key=lambda message: message["seq"])

    async def _follow(self) -> None:
        frames: asyncio.Queue[JSON] = asyncio.Queue()
        async with opened(self.api, frames.put_nowait) as socket:
            while True:
                waiting = asyncio.create_task(frames.get())
                await asyncio.wait({waiting, socket.reading}, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                    await socket.reading
                    return
                await self._take(waiting.result(), socket)

    async def _take(self, frame: JSON, socket: Socket) -> None:
        match frame["type"]:
            case "hello":
                self.greetings += 1
                self.epoch = frame["epoch"]
                for stream in self.held.keys() - frame["heads"].keys():
                    del self.held[stream]
                await self._catch_up(frame["heads"])
            case "changes":
                await self._change(frame)
            case "heartbeat":
                self.epoch = frame["epoch"]
                await self._catch_up(frame["heads"])
                mine = [held.version for held in self.held.values()]
                if (len(mine), sum(mine)) != (frame["count"], frame["sum"]):
                    await socket.send({"type": "heads"})

    async def _catch_up(self, heads: dict[str, int]) -> None:
        for stream, version in heads.items():
            held = self.held.get(stream)
            if held is None or held.version < version or held.epoch != self.epoch:
                await self._sync(stream)

    async def _change(self, frame: JSON) -> None:
        stream, held = frame["stream"], self.held.get(frame["stream"])
        self.epoch = frame["epoch"]
        if held is None or held.version < frame["from"] or held.epoch != frame["epoch"] or frame["reset"]:
            await self._sync(stream)
        elif held.version < frame["to"]:
            for change in frame["changes"]:
                held.place(change)
            held.move_to(frame["to"])
            await self._mind_memberships(frame["changes"])

    async def _sync(self, stream: str) -> None:
        held = self.held.setdefault(stream, Held())
        epoch = self.epoch
        self.syncs += 1
        is_behind = True
        while is_behind:
            try:
                page = await self.api.call("GET", f"sync/{stream}", cursor=held.cursor)
            except Refused as refusal:
                if refusal.status != 404:
                    raise
                self.held.pop(stream, None)
                return
            if page["reset"]:
                self.resets += 1
                held.objects.clear()
            for change in page["changes"]:
                held.place(change)
            held.cursor, held.epoch = page["cursor"], epoch
            is_behind = page["more"]
            await self._mind_memberships(page["changes"])

    async def _mind_memberships(self, changes: list[JSON]) -> None:
        """Whoever was removed forgets the conversation; whoever joined begins to follow it."""
        for shown in (change["object"] for change in changes if change["object"]["type"] == "membership"):
            stream = f"conversation:{shown['conversation']}"
            if not shown["is_active"]:
                self.held.pop(stream, None)
            elif stream not in self.held:
                await self._sync(stream)
