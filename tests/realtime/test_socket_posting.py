"""Messages posted by socket are stored and answered as by REST."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from chat.models import Conversation
from orgchart.models import Member
from tests.cast import program_of
from tests.conftest import Server
from tests.realtime.line import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


def test_a_post_by_socket_is_answered_as_by_rest(server: Server, pair: Conversation, lin: Member) -> None:
    program = program_of(lin)
    path = f"/api/v1/orgs/lakeside/conversations/{pair.pk}/messages"
    key = str(uuid4())
    with opened(server, lin) as line:
        by_socket = line.post(pair.pk, "早", key)
        by_rest = program.post(path, {"key": key, "text": "早"}, content_type="application/json")
        assert (by_socket["status"], by_socket["body"]) == (by_rest.status_code, by_rest.json())
        for text in ("晚", "", "x" * 20_001):
            by_socket = line.post(pair.pk, text, key)
            by_rest = program.post(path, {"key": key, "text": text}, content_type="application/json")
            assert (by_socket["status"], by_socket["body"]) == (by_rest.status_code, by_rest.json())


def test_a_refused_character_is_answered_and_the_socket_goes_on(
    server: Server, pair: Conversation, lin: Member
) -> None:
    with opened(server, lin) as line:
        for character in ("\x00", "\ud800", "\u202e"):
            answer = line.post(pair.pk, f"pay{character}ment")
            assert answer["status"] == 400
            assert answer["body"]["errors"][0]["field"] == "text"
        assert line.post(pair.pk, "早")["status"] == 201


def test_a_wrong_field_is_named(server: Server, pair: Conversation, lin: Member) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"conversation": "7"}, "conversation"),
        ({"conversation": 2**63}, "conversation"),
        ({"key": "not a uuid"}, "key"),
        ({"key": None}, "key"),
        ({"text": 7}, "text"),
        ({"sender": 1}, "sender"),
    ]
    right = {"type": "message.post", "id": "1", "conversation": pair.pk, "key": str(uuid4()), "text": "早"}
    with opened(server, lin) as line:
        for frame, field in wrong:
            line.send(**{**right, **frame})
            answer = line.next("answer")
            assert (answer["status"], [error["field"] for error in answer["body"]["errors"]]) == (400, [field])


def test_sixty_four_at_once_are_stored_in_their_order_and_answered_each(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, lin) as line, opened(server, wei) as other:
        for number in range(64):
            line.send(type="message.post", id=f"{number}", conversation=pair.pk, key=str(uuid4()), text=f"{number}")
        answers = [line.next("answer") for _ in range(64)]
        texts: list[str] = []
        while len(texts) < 64:
            texts += [change["object"]["text"] for change in other.next("changes")["changes"]]
    assert [answer["id"] for answer in answers] == [f"{number}" for number in range(64)]
    assert [answer["body"]["seq"] for answer in answers] == list(range(1, 65))
    assert texts == [f"{number}" for number in range(64)]


def test_one_bad_post_in_a_batch_does_not_hurt_the_others(server: Server, pair: Conversation, lin: Member) -> None:
    with opened(server, lin) as line:
        for number in range(9):
            where = 2**40 if number == 4 else pair.pk
            line.send(type="message.post", id=f"{number}", conversation=where, key=str(uuid4()), text=f"{number}")
        assert [line.next("answer")["status"] for _ in range(9)] == [201, 201, 201, 201, 404, 201, 201, 201, 201]
