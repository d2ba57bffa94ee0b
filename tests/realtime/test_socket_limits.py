"""What one credential may hold open, how often one socket is greeted anew, and what no frame pays for."""

from __future__ import annotations

import time
from asyncio import BaseTransport
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.db import OperationalError

from chat.models import Conversation
from orgchart.models import Member
from realtime import hub as hub_module
from realtime import socket as socket_module
from realtime.connection import Connection
from realtime.hub import hub
from tests.cast import browser_of, token_of
from tests.chat.talk import say
from tests.conftest import Server
from tests.realtime.line import Line, deaf, dialled, opened
from workspace.server import SocketProtocol

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

GAVE_WAY = 4010


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def three_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "SOCKETS_AT_MOST", 3)


@pytest.fixture
def program(server: Server, lin: Member, stack: ExitStack) -> Callable[[], Line]:
    """Opens one more socket with the same token."""
    secret = token_of(lin)
    return lambda: stack.enter_context(opened(server, lin, token=secret))


def is_open(line: Line) -> bool:
    line.send(type="presence.watch", members=[])
    return bool(line.next("presence"))


def test_the_oldest_of_too_many_sockets_of_one_token_gives_way(
    three_at_most: None, program: Callable[[], Line], lin: Member
) -> None:
    lines = [program() for _ in range(5)]
    assert [line.closed_with() for line in lines[:2]] == [GAVE_WAY, GAVE_WAY]
    assert all(is_open(line) for line in lines[2:])
    assert len(hub.connections[lin.pk]) == 3


def test_a_screen_that_nobody_looks_at_gives_way_first(three_at_most: None, program: Callable[[], Line]) -> None:
    first, second, third = program(), program(), program()
    second.send(type="presence.set", state="away")
    assert is_open(second)
    fourth = program()
    assert second.closed_with() == GAVE_WAY
    assert all(is_open(line) for line in (first, third, fourth))


def test_fifty_are_not_too_many_and_more_are(program: Callable[[], Line]) -> None:
    lines = [program() for _ in range(50)]
    assert is_open(lines[0])
    lines.append(program())
    assert lines[0].closed_with() == GAVE_WAY
    assert is_open(lines[1])


def test_a_program_gone_wild_costs_its_owners_browser_and_other_programs_nothing(
    three_at_most: None, server: Server, program: Callable[[], Line], lin: Member, stack: ExitStack
) -> None:
    cookie = {"Cookie": f"lakeside_session={browser_of(lin).cookies['lakeside_session'].value}"}
    tab = stack.enter_context(dialled(server, origin=server.url, additional_headers=cookie))
    other = stack.enter_context(opened(server, lin))
    lines = [program() for _ in range(4)]
    assert lines[0].closed_with() == GAVE_WAY
    assert is_open(tab)
    assert is_open(other)


def test_who_closes_a_socket_has_room_for_another(three_at_most: None, program: Callable[[], Line]) -> None:
    lines = [program() for _ in range(3)]
    lines[2].socket.close()
    assert is_open(program())
    assert all(is_open(line) for line in lines[:2])


def test_a_flood_of_questions_for_the_heads_gets_one_answer_until_the_next_is_due(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, lin: Member
) -> None:
    monkeypatch.setattr(socket_module, "HELLO_PAUSE", 3600)
    monkeypatch.setattr(hub_module, "HEARTBEAT", 0.3)
    with opened(request.getfixturevalue("server"), lin) as line:
        for _ in range(100):
            line.send(type="heads")
        line.send(type="presence.watch", members=[])
        heard: list[str] = []
        # Once that is answered all others were read; two heartbeats later the hub has worked off what they asked for.
        while "presence" not in heard or heard[heard.index("presence") :].count("heartbeat") < 2:
            heard.append(line.receive()["type"])
        assert heard.count("hello") == 1


def test_who_asks_for_the_heads_again_too_soon_is_answered_later(
    monkeypatch: pytest.MonkeyPatch, server: Server, lin: Member
) -> None:
    monkeypatch.setattr(socket_module, "HELLO_PAUSE", 0.5)
    with opened(server, lin) as line:
        for _ in range(3):
            line.send(type="heads")
            assert line.next("hello")["member"] == lin.pk


def test_who_asks_for_the_heads_while_the_database_is_away_is_answered_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch, server: Server, lin: Member
) -> None:
    greet_again, failures = hub._greet_again, [OperationalError("gone")]

    def greet_again_if_it_is_there(lost: set[Connection]) -> None:
        if failures:
            raise failures.pop()
        greet_again(lost)

    with opened(server, lin) as line:
        monkeypatch.setattr(hub, "_greet_again", greet_again_if_it_is_there)
        line.send(type="heads")
        assert line.next("hello")["member"] == lin.pk


@pytest.fixture
def protocols(monkeypatch: pytest.MonkeyPatch) -> list[SocketProtocol]:
    """All sockets' ends at the server, as they come."""
    made: list[SocketProtocol] = []
    begin = SocketProtocol.connection_made

    def noted(self: SocketProtocol, transport: BaseTransport) -> None:
        made.append(self)
        begin(self, transport)

    monkeypatch.setattr(SocketProtocol, "connection_made", noted)
    return made


def wait_until_gone(protocol: SocketProtocol) -> None:
    deadline = time.monotonic() + 10
    while not protocol.disconnected:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_is_closed_and_does_not_read_is_not_kept(
    server: Server,
    pair: Conversation,
    lin: Member,
    wei: Member,
    monkeypatch: pytest.MonkeyPatch,
    protocols: list[SocketProtocol],
) -> None:
    monkeypatch.setattr("workspace.server.DRAINED_WITHIN", 0.1)
    with deaf(server, wei):
        [sleeper], [protocol] = hub.connections[wei.pk], protocols
        for number in range(300):
            if not protocol.writable.is_set():
                break
            say(pair, lin, f"{number} " + "湖" * 19_000)
            time.sleep(0.01)
        assert not protocol.writable.is_set()
        protocol.loop.call_soon_threadsafe(sleeper.close, GAVE_WAY)
        wait_until_gone(protocol)


def test_who_does_not_read_the_pongs_is_gone(
    server: Server, lin: Member, monkeypatch: pytest.MonkeyPatch, protocols: list[SocketProtocol]
) -> None:
    monkeypatch.setattr("workspace.server.UNREAD_PONGS", 3)
    with opened(server, lin) as line:
        for _ in range(4):
            assert line.socket.ping().wait(5)
        protocols[0].pause_writing()
        for _ in range(3):
            assert line.socket.ping().wait(5)
        line.socket.ping()
        wait_until_gone(protocols[0])


def test_a_message_comes_in_as_many_fragments_as_a_browser_makes_and_not_in_any_number(
    server: Server, lin: Member
) -> None:
    with opened(server, lin) as line:
        line.socket.send(['{"type":', '"heads"', "}"])
        line.next("hello")
        # The last one, which ends the message, is one too many; what came behind it could cut the answer off.
        line.socket.send(["{", *[""] * 999])
        assert line.closed_with() == 1009
