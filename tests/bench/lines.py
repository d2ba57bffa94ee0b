"""The load generator's ends of the wire: sockets and HTTP connections as cheap as Python makes them.

A client that parsed and masked everything would cost more than the server that is measured, so that the generator, not the server,
would be full. Hundreds of these run in one process.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections import deque
from collections.abc import Callable
from typing import Any

CLOSE, PING, PONG = 8, 9, 10
# A frame from a client must be masked (RFC 6455, 5.3). With a key of zeros the masked bytes are the bytes.
MASK = bytes(4)


def frame(text: bytes, code: int = 1) -> bytes:
    """One final frame from a client."""
    size = len(text)
    if size < 126:
        return bytes((0x80 | code, 0x80 | size)) + MASK + text
    return bytes((0x80 | code, 0x80 | 126)) + size.to_bytes(2, "big") + MASK + text


class Line(asyncio.Protocol):
    """One socket. `hear` gets the payload of every text frame; it may be replaced at any time."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.hear: Callable[[bytes], None] = ignore
        self.rest = b""
        self.is_open = asyncio.get_running_loop().create_future()
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if self.rest:
            data = self.rest + data
        if not self.is_open.done():
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self.rest = head
                return
            if b" 101 " in head[:20]:
                self.is_open.set_result(None)
            else:
                self.is_open.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
        position, size = 0, len(data)
        while size - position >= 2:
            start, length = position + 2, data[position + 1]
            if length >= 126:
                width = 2 if length == 126 else 8
                length = int.from_bytes(data[start : start + width], "big") if size >= start + width else size
                start += width
            if size < start + length:
                break
            self._take(data[position] & 15, data[start : start + length])
            position = start + length
        self.rest = data[position:]

    def _take(self, code: int, payload: bytes) -> None:
        if code == 1:
            self.hear(payload)
        elif code == PING:
            self.transport.write(frame(payload, PONG))
        elif code == CLOSE:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(error or ConnectionError("closed before the handshake ended"))
        self.closed.set_result(None)

    def send(self, text: bytes) -> None:
        self.transport.write(frame(text))


def ignore(payload: bytes) -> None:
    """Nobody listens."""


async def line(port: int, path: str, token: str = "", hear: Callable[[bytes], None] = ignore) -> Line:
    """An open socket; `hear` misses nothing that comes right after the handshake."""
    key = base64.b64encode(os.urandom(16)).decode()
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{bearer}\r\n"
    )

    def made() -> Line:
        new = Line(request.encode())
        new.hear = hear
        return new

    _, opened = await asyncio.get_running_loop().create_connection(made, "127.0.0.1", port)
    await opened.is_open
    return opened


async def lines(port: int, path: str, tokens: list[str], *, at_once: int = 50) -> list[Line]:
    """Open sockets, so many at a time."""
    opened: list[Line] = []
    for start in range(0, len(tokens), at_once):
        opened += await asyncio.gather(*(line(port, path, token) for token in tokens[start : start + at_once]))
    return opened


async def close(opened: list[Line]) -> None:
    """Hang up and wait until everything is closed."""
    for one in opened:
        one.transport.close()
    await asyncio.gather(*(one.closed for one in opened))


class Http(asyncio.Protocol):
    """One HTTP/1.1 connection that is kept open; one request at a time."""

    def __init__(self) -> None:
        self.rest = b""
        self.waiting: deque[asyncio.Future[tuple[int, bytes]]] = deque()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.rest += data
        head, end, body = self.rest.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        length = int(lower[at : (lower + b"\r\n").index(b"\r\n", at)])
        if len(body) >= length:
            self.rest = body[length:]
            self.waiting.popleft().set_result((int(head[9:12]), body[:length]))

    def connection_lost(self, error: Exception | None) -> None:
        for waiting in self.waiting:
            if not waiting.done():
                waiting.set_exception(error or ConnectionError("closed before the answer"))

    async def ask(self, method: str, path: str, token: str, body: bytes = b"") -> tuple[int, bytes]:
        """The answer's status and body."""
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        about = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{about}\r\n"
        self.transport.write(head.encode() + body)
        return await answer

    async def get(self, path: str, token: str) -> Any:
        """The answer's JSON; ConnectionError for any status but 200."""
        status, body = await self.ask("GET", path, token)
        if status != 200:
            raise ConnectionError(f"{path} answered {status}: {body[:200]!r}")
        return json.loads(body)


async def http(port: int) -> Http:
    """A new connection."""
    _, opened = await asyncio.get_running_loop().create_connection(Http, "127.0.0.1", port)
    return opened
