"""docs/api/client.py and the example in docs/api/socket.md, as they stand there, against the real server."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue
from uuid import uuid4

import pytest

from accounts.actions.tokens import revoke_token
from accounts.models import AccessToken
from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import remove_participant
from chat.actions.posting import post_message
from chat.models import Message
from tests.api.conftest import Room
from tests.cast import token_of
from tests.conftest import Server

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api"
CLIENT = DOCS / "client.py"


class Line:
    """A port that leads to the server. `cut` ends every connection through it, and refuses new ones until `mend`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.is_whole = True
        self.open: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_whole = False
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def mend(self) -> None:
        self.is_whole = True

    def close(self) -> None:
        self.cut()
        self.listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                if not self.is_whole:
                    near.close()
                    continue
                far = socket.create_connection((self.server.host, self.server.port))
                self.open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Run:
    """The client at work: what it prints, line by line."""

    def __init__(self, url: str, conversation: int, token: str, text: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(CLIENT), url, "lakeside", str(conversation), text],
            env={"PATH": os.environ["PATH"], "LAKESIDE_TOKEN": token, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self.lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def next(self, count: int, seconds: float = 30) -> list[str]:
        """The next lines; fails with what the client complained about if they don't come."""
        deadline = time.monotonic() + seconds
        found: list[str] = []
        while len(found) < count:
            try:
                found.append(self.lines.get(timeout=max(0.01, deadline - time.monotonic())))
            except Empty:
                self.process.kill()
                pytest.fail(f"after {found} nothing came: {self.process.communicate()[1]}")
        return found


@pytest.fixture
def run(server: Server, room: Room) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def run(url: str, text: str, conversation: int | None = None, scopes: Sequence[str] = ()) -> Run:
        runs.append(Run(url, conversation or room.group.pk, token_of(room.other, *scopes), text))
        return runs[-1]

    yield run
    for one in runs:
        one.process.kill()
        one.process.communicate()


def test_the_documented_client_sees_everything_once_in_order_across_a_cut(
    server: Server, room: Room, run: Callable[..., Run]
) -> None:
    line = Line(server)
    client = run(line.url, "到了\u2028真的")
    assert client.next(3) == ["1 ", "2 早", "3 到了\u2028真的"]

    def say(numbers: range) -> list[str]:
        rows = [
            post_message(conversation=room.group, sender=room.me, key=uuid4(), text=f"第 {number} 句")
            for number in numbers
        ]
        return [f"{row.seq} {row.text}" for row in rows]

    heard = say(range(1, 4))
    assert client.next(3) == heard
    line.cut()
    missed = say(range(4, 9))
    line.mend()
    assert client.next(5) == missed
    later = say(range(9, 12))
    assert client.next(3) == later
    time.sleep(0.5)
    assert client.lines.empty()
    assert Message.objects.filter(sender=room.other, kind="text").count() == 1
    line.close()


def test_the_documented_client_ends_when_its_token_does(server: Server, room: Room, run: Callable[..., Run]) -> None:
    client = run(server.url, "到了")
    client.next(3)
    revoke_token(token=AccessToken.objects.get(user=room.other.user), by=room.other.user)
    assert client.process.wait(timeout=10) == 1
    assert client.process.communicate()[1] == "closed: 4001\n"


@pytest.mark.parametrize("is_there", [True, False], ids=["while it listens", "while it is away"])
def test_the_documented_client_ends_when_it_is_removed(
    server: Server, room: Room, run: Callable[..., Run], is_there: bool
) -> None:
    line = Line(server)
    client = run(line.url, "到了")
    client.next(3)
    if not is_there:
        line.cut()
    remove_participant(conversation=room.group, member=room.other, by=room.me)
    line.mend()
    assert client.process.wait(timeout=20) == 1
    complaint = client.process.communicate()[1]
    assert complaint.startswith("refused: ")
    assert '"code": "missing"' in complaint
    line.close()


def test_the_documented_client_shows_a_message_that_was_edited_before_it_came(
    server: Server, room: Room, run: Callable[..., Run]
) -> None:
    """Changes come in the order of versions, and an edit has a later one than the messages after it."""
    edit_message(conversation=room.group, message_id=room.message_id, by=room.me, text="早上好")
    assert run(server.url, "到了").next(3) == ["1 ", "2 早上好", "3 到了"]


def test_the_documented_client_says_why_it_was_refused(server: Server, room: Room, run: Callable[..., Run]) -> None:
    for client, why in (
        (run(server.url, "到了", conversation=room.group.pk + 1000), "missing"),
        (run(server.url, " "), '"field": "text"'),
        (run(server.url, "到了", scopes=["chat:read"]), "scope_missing"),
    ):
        assert client.process.wait(timeout=10) == 1
        complaint = client.process.communicate()[1]
        assert complaint.startswith("refused: ")
        assert why in complaint


def test_the_documented_client_takes_an_address_with_a_slash_and_marks_what_was_recalled(
    server: Server, room: Room, run: Callable[..., Run]
) -> None:
    recall_message(conversation=room.group, message_id=room.message_id, by=room.me)
    assert run(f"{server.url}/", "到了").next(3) == ["1 ", "2 (recalled)", "3 到了"]


def test_the_first_example_works_as_it_stands_there(server: Server, room: Room) -> None:
    example = (DOCS / "socket.md").read_text().partition("```sh\n")[2].partition("```")[0]
    for documented, here in (
        ("https://chat.example.org", server.url),
        ("lks_…", token_of(room.other, "chat:read", "chat:write")),
        ("conversations/7/", f"conversations/{room.group.pk}/"),
    ):
        assert documented in example
        example = example.replace(documented, here)
    done = subprocess.run(["bash", "-euc", example], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert Message.objects.filter(text="早", sender=room.other).count() == 1
    # Written, and then read again.
    assert done.stdout.count('"text":"早"') >= 2
