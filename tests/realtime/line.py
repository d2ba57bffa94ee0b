"""A plain socket client for tests: frames in their order, with patience, and what it was closed with."""

from __future__ import annotations

import json
import socket as sockets
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from orgchart.models import Member
from realtime.hub import hub
from tests.cast import token_of
from tests.conftest import Server

JSON = dict[str, Any]


class Line:
    """One open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: deque[JSON] = deque()

    def receive(self, timeout: float = 5) -> JSON:
        """The next frame, whatever it is. Raises TimeoutError, ConnectionClosed."""
        if not self.frames:
            self.frames.extend(json.loads(line) for line in str(self.socket.recv(timeout)).split("\n"))
        return self.frames.popleft()

    def until(self, is_it: Callable[[JSON], bool], timeout: float = 5) -> JSON:
        """The next frame that is it; those before are passed over."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.receive(max(0.01, deadline - time.monotonic()))
            if is_it(frame):
                return frame

    def next(self, type: str, timeout: float = 5) -> JSON:
        """The next frame of a type."""
        return self.until(lambda frame: frame["type"] == type, timeout)

    def change(self, kind: str, timeout: float = 5) -> JSON:
        """The next change of a kind; others of its frame are passed over."""
        frame = self.until(lambda f: any(c["kind"] == kind for c in f.get("changes", ())), timeout)
        return next(change for change in frame["changes"] if change["kind"] == kind)

    def hears_within(self, seconds: float) -> list[JSON]:
        """Everything that comes in this time."""
        deadline = time.monotonic() + seconds
        heard: list[JSON] = []
        while (left := deadline - time.monotonic()) > 0:
            try:
                heard.append(self.receive(left))
            except TimeoutError:
                break
        return heard

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def post(self, conversation: int, text: str, key: str | None = None) -> JSON:
        """Say something; the answer frame."""
        id = uuid4().hex
        self.send(type="message.post", id=id, conversation=conversation, key=key or str(uuid4()), text=text)
        return self.until(lambda frame: frame["type"] == "answer" and frame["id"] == id)

    def closed_with(self, timeout: float = 5) -> int:
        """Read to the end: the code with which the server closed."""
        deadline = time.monotonic() + timeout
        try:
            while True:
                self.socket.recv(max(0.01, deadline - time.monotonic()))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


@contextmanager
def dialled(server: Server, handle: str = "lakeside", **options: Any) -> Iterator[Line]:
    """A socket that showed whatever the options say (`origin`, `additional_headers`)."""
    with connect(f"{server.ws_url}/ws/v1/orgs/{handle}/", compression=None, proxy=None, **options) as socket:
        yield Line(socket)


@contextmanager
def opened(server: Server, member: Member, *scopes: str, token: str = "", greeted: bool = True) -> Iterator[Line]:
    """A program of this member, greeted."""
    headers = {"Authorization": f"Bearer {token or token_of(member, *scopes)}"}
    with dialled(server, member.organization.handle, additional_headers=headers) as line:
        if greeted:
            line.next("hello")
        yield line


def deaf(server: Server, member: Member) -> sockets.socket:
    """A client that shakes hands, and then never reads again."""
    client = sockets.socket()
    client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    client.connect((server.host, server.port))
    client.sendall(
        f"GET /ws/v1/orgs/lakeside/ HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bGFrZXNpZGUgdGVzdHMhIQ==\r\n"
        f"Authorization: Bearer {token_of(member)}\r\n\r\n".encode()
    )
    assert client.recv(12) == b"HTTP/1.1 101"
    deadline = time.monotonic() + 5
    while not hub.connections.get(member.pk):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return client
