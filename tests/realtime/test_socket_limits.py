"""What one credential may hold open, and how often one socket is greeted anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.db import OperationalError

from orgchart.models import Member
from realtime import hub as hub_module
from realtime import socket as socket_module
from realtime.connection import Connection
from realtime.hub import hub
from tests.cast import browser_of, token_of
from tests.conftest import Server
from tests.realtime.line import Line, dialled, opened

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
