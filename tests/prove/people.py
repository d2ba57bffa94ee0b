"""Senders, who write until their time is up and keep asking until each message is acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from tests.client import BROKEN, JSON, Api, Refused, Socket, opened
from tests.prove.journal import Journal

PATIENCE = 3.0  # seconds that one attempt may take
Attempt = Callable[[], Awaitable[JSON]]
TEXTS = (
    "收到",
    "今天下午三点开会",
    "See you at the lake",
    "改好了,你再看一下",
    "Figures are in the sheet: 42 %",
    "好的 👍",
)


class Sender:
    """One person who writes, now by REST, now by socket, now to this web process, now to that one; sometimes edits, sometimes recalls.

    One message at a time: the next begins when the last was acknowledged, under the same key however often it took.
    """

    def __init__(self, apis: Sequence[Api], *, conversations: Sequence[int], journal: Journal, seed: int) -> None:
        self.apis = apis
        self.conversations = conversations
        self.journal = journal
        self.random = random.Random(seed)
        self.sockets: dict[int, Socket] = {}
        self.attempts = 0
        self.acknowledged = 0

    async def write(self, *, until: float, give_up_at: float) -> None:
        """Write until the monotonic time `until`; what is begun is asked for until `give_up_at`."""
        async with contextlib.AsyncExitStack() as doors:
            keeping = [asyncio.create_task(self._keep_open(number)) for number in range(len(self.apis))]
            doors.callback(lambda: [task.cancel() for task in keeping])
            number = 0
            while time.monotonic() < until:
                number += 1
                message = await self._post(number, give_up_at)
                if message is not None and self.random.random() < 0.1:
                    await self._mend(message, give_up_at)
                await asyncio.sleep(self.random.uniform(0.02, 0.1))

    async def _post(self, number: int, give_up_at: float) -> JSON | None:
        key = str(UUID(int=self.random.getrandbits(128), version=4))
        conversation = self.random.choice(self.conversations)
        text = f"{self.random.choice(TEXTS)} {number}"
        await self._note(self.journal.intend, key=key, act="post", conversation=conversation, text=text)

        async def attempt() -> JSON:
            way = self.random.randrange(len(self.apis))
            if (socket := self.sockets.get(way)) is not None and self.random.random() < 0.5:
                return await socket.post(conversation, key=key, text=text, patience=PATIENCE)
            return await self.apis[way].post(conversation, key=key, text=text)

        return await self._insist("post", key, attempt, give_up_at)

    async def _mend(self, message: JSON, give_up_at: float) -> None:
        """Edit it, or take it back."""
        path = f"conversations/{message['conversation']}/messages/{message['id']}"
        act = self.random.choice(("edit", "recall"))
        text = f"{message['text']} (!)" if act == "edit" else ""
        key, conversation = message["key"], message["conversation"]
        await self._note(self.journal.intend, key=key, act=act, conversation=conversation, text=text)

        async def attempt() -> JSON:
            api = self.random.choice(self.apis)
            if act == "edit":
                return await api.call("PATCH", path, {"text": text})
            return await api.call("PUT", f"{path}/recall")

        await self._insist(act, key, attempt, give_up_at)

    async def _insist(self, act: str, key: str, attempt: Attempt, give_up_at: float) -> JSON | None:
        """Try until it is acknowledged. A refusal that trying again can't mend is a defect and ends the run."""
        while time.monotonic() < give_up_at:
            self.attempts += 1
            try:
                message: JSON = await attempt()
            except BROKEN:
                pass
            except Refused as refusal:
                if not refusal.is_passing:
                    raise
            else:
                await self._note(self.journal.acknowledge, key=key, act=act, id=message["id"], seq=message["seq"])
                self.acknowledged += 1
                return message
            await asyncio.sleep(self.random.uniform(0.1, 0.5))
        return None

    async def _note(self, write: Callable[..., None], **what: object) -> None:
        # fsync waits for the disk, which must not hold up the other senders.
        await asyncio.to_thread(write, **what)

    async def _keep_open(self, way: int) -> None:
        while True:
            with contextlib.suppress(*BROKEN):
                async with opened(self.apis[way]) as socket:
                    self.sockets[way] = socket
                    try:
                        await socket.reading
                    finally:
                        del self.sockets[way]
            await asyncio.sleep(self.random.uniform(0.3, 1))
