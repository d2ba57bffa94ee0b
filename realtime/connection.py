"""One open socket, as the hub sees it: a pass, a bounded queue, what its screen shows."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from websockets.frames import Frame, Opcode

from realtime.gate import Pass

QUEUED_FRAMES = 1_000
QUEUED_CHARACTERS = 4 * 1024 * 1024


class Connection:
    """Frames, writing, wake and closing belong to the event loop; before the answer at the door they are the hub's.

    What the screen shows (`open_conversation`, `watched`, `presence`) is set on the loop, as a whole, and read by the
    hub; `identity` and `opened_at` never change.
    """

    __slots__ = (
        "close_code",
        "frames",
        "identity",
        "is_sending",
        "on_close",
        "open_conversation",
        "opened_at",
        "presence",
        "size",
        "wake",
        "watched",
        "write",
    )

    def __init__(self, identity: Pass) -> None:
        self.identity = identity
        self.opened_at = time.monotonic()
        self.frames: deque[str] = deque()
        self.size = 0
        self.wake = asyncio.Event()
        self.close_code: int | None = None
        self.on_close: Callable[[], object] | None = None
        # Where the server lets us: sends a whole frame at once, or answers False. Not while `send` is awaited.
        self.write: Callable[[bytes], bool] | None = None
        self.is_sending = False
        self.open_conversation: int | None = None
        self.watched: frozenset[int] = frozenset()
        self.presence = "online"

    def push(self, text: str, framed: bytes | None = None) -> None:
        """Send a text (`framed` is the same as a frame, where many get it), or queue it behind what waits.

        Who reads too slowly is closed and catches up later: the queue is bounded, and nobody else waits.
        """
        if self.close_code is not None:
            return
        write = None if self.is_sending or self.frames else self.write
        if write is not None and write(frame(text) if framed is None else framed):
            return
        if len(self.frames) == QUEUED_FRAMES or self.size + len(text) > QUEUED_CHARACTERS:
            self.close(4008)
            return
        self.frames.append(text)
        self.size += len(text)
        self.wake.set()

    def take(self) -> str:
        """All that is queued, as one text: a frame holds one or more JSON objects, one a line."""
        text = "\n".join(self.frames)
        self.frames.clear()
        self.size = 0
        return text

    def close(self, code: int) -> None:
        """Let the socket end with this code; what is queued is dropped."""
        if self.close_code is None:
            self.close_code = code
            self.frames.clear()
            self.size = 0
            if self.on_close is not None:
                self.on_close()


def frame(text: str) -> bytes:
    """The text as one WebSocket frame (RFC 6455, 5.2; what a server sends is not masked)."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


Pushes = list[tuple[list[Connection], str]]
