"""Junk, floods and clients that do not read: each alone is closed."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from chat.actions.posting import Post, post_messages
from chat.models import Conversation, Message
from orgchart.models import Member
from realtime import connection
from realtime.hub import hub
from realtime.intake import intake
from tests.cast import token_of
from tests.chat.talk import say
from tests.conftest import Server
from tests.realtime.line import deaf, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

JUNK = [
    "",
    "hello",
    "[]",
    "7",
    "null",
    '"heads"',
    "{}",
    '{"type":7}',
    '{"type":"unknown"}',
    '{"type":"unknown","id":"1"}',
    '{"type":"message.post"}',
    '{"type":"message.post","id":7}',
    '{"type":"message.post","id":""}',
    '{"type":"message.post","id":"' + "1" * 65 + '"}',
    '{"type":"typing","conversation":"7","is_typing":true}',
    '{"type":"typing","conversation":7,"is_typing":1}',
    '{"type":"typing","conversation":-1,"is_typing":true}',
    '{"type":"conversation.open","conversation":"7"}',
    '{"type":"presence.watch","members":7}',
    '{"type":"presence.watch","members":["7"]}',
    '{"type":"presence.watch","members":[true]}',
    '{"type":"presence.set","state":"busy"}',
    "[" * 30_000,
    '{"type":NaN}',
    '{"type":1e9999}',
    '{"type":"conversation.open","conversation":' + "9" * 5000 + "}",
    '{"type":["heads"]}',
]


def test_junk_closes_the_socket_that_sent_it(server: Server, lin: Member) -> None:
    secret = token_of(lin)
    with opened(server, lin) as other:
        for text in JUNK:
            with opened(server, lin, token=secret) as line:
                line.socket.send(text)
                assert line.closed_with() == 4400, text[:80]
        other.send(type="heads")
        other.next("hello")


def test_more_than_two_hundred_cannot_be_watched(server: Server, lin: Member) -> None:
    with opened(server, lin) as line:
        line.send(type="presence.watch", members=list(range(1, 201)))
        line.next("presence")
        line.send(type="presence.watch", members=list(range(1, 202)))
        assert line.closed_with() == 4400


def test_binary_is_not_understood(server: Server, lin: Member) -> None:
    with opened(server, lin) as line:
        line.socket.send(b"\x00\x01")
        assert line.closed_with() == 1003


def test_a_frame_has_at_most_64_kib(server: Server, lin: Member) -> None:
    for size in (64 * 1024 + 1, 10 * 1024 * 1024):
        with opened(server, lin) as line:
            with suppress(ConnectionClosed):
                line.socket.send("x" * size)
            assert line.closed_with() in (1009, 1006)


def test_64_kib_are_taken(server: Server, pair: Conversation, lin: Member) -> None:
    frame = {"type": "message.post", "id": "1", "conversation": pair.pk, "key": str(uuid4()), "text": "x"}
    room = 64 * 1024 - len(json.dumps(frame)) + 1
    with opened(server, lin) as line:
        line.send(**{**frame, "text": "x" * room})
        assert line.next("answer")["status"] == 400


def test_a_flood_closes_who_floods_and_nobody_else(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, lin) as line, opened(server, wei) as other:
        with suppress(ConnectionClosed):
            for _ in range(2_000):
                line.send(type="conversation.open", conversation=None)
        assert line.closed_with() == 4009
        assert other.post(pair.pk, "早")["status"] == 201


def test_who_does_not_read_is_closed_and_nobody_waits_for_them(
    server: Server,
    pair: Conversation,
    lin: Member,
    wei: Member,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(connection, "QUEUED_CHARACTERS", 500_000)
    with opened(server, lin) as reader, deaf(server, wei):
        [sleeper] = hub.connections[wei.pk]
        largest, slowest, heard = 0, 0.0, 0
        for number in range(150):
            if sleeper.close_code is not None:
                break
            began = time.monotonic()
            answers = post_messages([Post(pair.pk, wei.pk, uuid4(), f"{number} " + "湖" * 19_000)])
            assert isinstance(answers[0], Message)
            reader.change("message.posted")
            slowest = max(slowest, time.monotonic() - began)
            largest, heard = max(largest, sleeper.size), heard + 1
        assert sleeper.close_code == 4008
        assert largest <= 500_000
        assert sleeper.size == 0
        assert slowest < 1.5
        deadline = time.monotonic() + 5
        while wei.pk in hub.connections and time.monotonic() < deadline:
            time.sleep(0.02)
        assert wei.pk not in hub.connections
        assert [record for record in caplog.records if record.levelname == "ERROR"] == []
        say(pair, lin, "and on it goes")
        assert reader.change("message.posted")["object"]["text"] == "and on it goes"


def test_an_answer_that_nobody_waits_for_stops_no_other(server: Server, pair: Conversation, lin: Member) -> None:
    """A server stopped while a post was on its way; its loop is closed when the answer comes."""

    def to_a_closed_loop(_status: int, _body: dict[str, Any]) -> None:
        raise RuntimeError("Event loop is closed")

    waiting = intake("message.post")
    assert waiting is not None
    with opened(server, lin) as line:
        [screen] = hub.connections[lin.pk]
        waiting.put((screen.identity, {"conversation": pair.pk, "key": str(uuid4()), "text": "早"}, to_a_closed_loop))
        assert line.post(pair.pk, "早上好")["status"] == 201
