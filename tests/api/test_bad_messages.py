"""A message that comes in wrong is refused by its field, with nothing half-written and never by a 500."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from chat.actions.participants import remove_participant
from chat.models import Message
from tests.api.conftest import Room, row_counts
from tests.api.refusal import HUGE, MESSAGE, NEW, NOBODY, assert_refused, send, under
from tests.cast import browser_of

pytestmark = pytest.mark.embedded

BIDI = (
    "\u061c",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({**MESSAGE, "text": "a\x00b"}, ["text"]),
        (r'{"key":"7f1b7b0e-8f5f-4c7e-9a51-1d1f6a3c2b10","text":"a\ud800b"}', ["text"]),
        (r'{"key":"7f1b7b0e-8f5f-4c7e-9a51-1d1f6a3c2b10","text":"\udc00"}', ["text"]),
        *[({**MESSAGE, "text": f"fdp{mark}exe"}, ["text"]) for mark in BIDI],
        ({**MESSAGE, "text": "x" * 200_000}, ["text"]),
        ({**MESSAGE, "text": "早" * 20_001}, ["text"]),
        ({**MESSAGE, "text": ""}, ["text"]),
        ({**MESSAGE, "text": " \n\t "}, ["text"]),
        ({**MESSAGE, "text": 7}, ["text"]),
        ({**MESSAGE, "text": True}, ["text"]),
        ({**MESSAGE, "text": None}, ["text"]),
        ({**MESSAGE, "text": ["早"]}, ["text"]),
        ({**MESSAGE, "text": {"early": "早"}}, ["text"]),
        ({**MESSAGE, "key": "7f1b7b0e"}, ["key"]),
        ({**MESSAGE, "key": 7}, ["key"]),
        ({**MESSAGE, "key": HUGE}, ["key"]),
        ({**MESSAGE, "key": None}, ["key"]),
        ({**MESSAGE, "key": "{7f1b7b0e-8f5f-4c7e-9a51-1d1f6a3c2b10}"}, ["key"]),
        ({"text": "早"}, ["key"]),
        ({"key": MESSAGE["key"]}, ["text"]),
        ({}, ["key", "text"]),
        ({**MESSAGE, "seq": 1}, ["seq"]),
        ({**MESSAGE, "sender": 1, "organization": 2}, ["organization", "sender"]),
        ({**MESSAGE, "x" * 5_000: 1}, ["x" * 80]),
        ({**MESSAGE, "a\u202eb": 1}, ["body"]),
        ([MESSAGE], ["body"]),
        ("null", ["body"]),
        ('"早"', ["body"]),
        ("7", ["body"]),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_a_message_that_cannot_be_taken_is_refused_by_its_field(
    room: Room, client: Client, body: Any, fields: list[str]
) -> None:
    assert_refused(send(client, "POST", under(room, "/messages"), body), *fields)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "{'text': 1}",
        b"\xff\xfe\x00",
        b'{"text": "\xff"}',
        '{"text": NaN}',
        '{"text": Infinity}',
        '{"text": ' + "9" * 5_000 + "}",
        "[" * 100_000,
        '{"a":' * 40_000 + "1" + "}" * 40_000,
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_not_json_is_malformed(room: Room, client: Client, body: str | bytes) -> None:
    answer = send(client, "POST", under(room, "/messages"), body)
    if body == "":
        # A request without a body is one without fields.
        assert_refused(answer, "key", "text")
    else:
        assert_refused(answer, code="malformed")


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "nonsense",
    ],
)
def test_another_content_type_is_refused(room: Room, client: Client, kind: str) -> None:
    answer = send(client, "POST", under(room, "/messages"), json.dumps(MESSAGE), content_type=kind)
    assert_refused(answer, status=415)


@pytest.mark.usefixtures("nothing_written")
def test_a_body_that_is_too_large_is_refused_before_it_is_parsed(room: Room, client: Client) -> None:
    for size in (262_144, 1_000_000, 3_000_000):
        answer = send(client, "POST", under(room, "/messages"), {**MESSAGE, "text": "x" * size})
        assert_refused(answer, status=413, code="too_large")


def test_the_longest_message_fits_however_it_is_written(room: Room, client: Client) -> None:
    body = json.dumps({**MESSAGE, "text": "🐟" * 20_000}, ensure_ascii=True)
    assert send(client, "POST", under(room, "/messages"), body).status_code == 201


@pytest.mark.usefixtures("nothing_written")
def test_a_thousand_mistakes_are_answered_with_few_words(room: Room, client: Client) -> None:
    unknown = {f"x{number}": 1 for number in range(1_000)}
    answer = send(client, "POST", under(room, "/messages"), {**MESSAGE, **unknown})
    assert_refused(answer, *sorted(unknown)[:20])
    answer = client.get("/api/v1/orgs/lakeside/members", unknown)
    assert_refused(answer, *sorted(unknown)[:20])
    foreign = [NOBODY + number for number in range(1_000)]
    answer = send(client, "POST", "/api/v1/orgs/lakeside/conversations", {**NEW, "members": foreign})
    assert len(answer.json()["errors"]) <= 20


def test_json_may_say_that_it_is_utf_8(room: Room, client: Client) -> None:
    answer = send(client, "POST", under(room, "/messages"), MESSAGE, content_type="application/json; charset=utf-8")
    assert answer.status_code == 201


def test_text_is_stored_in_its_composed_form(room: Room, client: Client) -> None:
    answer = send(client, "POST", under(room, "/messages"), {**MESSAGE, "text": "Cafe\u0301"})
    assert answer.json()["text"] == "Caf\u00e9"


def test_a_key_that_comes_back_is_the_same_message_or_a_conflict(room: Room, client: Client) -> None:
    first = send(client, "POST", under(room, "/messages"), MESSAGE)
    before = row_counts()
    again = send(client, "POST", under(room, "/messages"), MESSAGE)
    assert (again.status_code, again.content) == (201, first.content)
    assert_refused(
        send(client, "POST", under(room, "/messages"), {**MESSAGE, "text": "晚"}), status=409, code="key_reused"
    )
    elsewhere = f"/api/v1/orgs/lakeside/conversations/{room.direct.pk}/messages"
    assert_refused(send(client, "POST", elsewhere, MESSAGE), status=409, code="key_reused")
    assert row_counts() == before


def test_who_was_removed_posts_nothing_more(room: Room) -> None:
    browser = browser_of(room.other)
    assert send(browser, "POST", under(room, "/messages"), {**MESSAGE, "key": str(uuid4())}).status_code == 201
    remove_participant(conversation=room.group, member=room.other, by=room.me)
    before = row_counts()
    assert_refused(send(browser, "POST", under(room, "/messages"), MESSAGE), status=404)
    assert row_counts() == before


def test_refusals_speak_the_readers_language(room: Room, client: Client) -> None:
    for language, words in (("en", "Write something."), ("zh-CN", "写点什么")):
        answer = send(
            client, "POST", under(room, "/messages"), {**MESSAGE, "text": " "}, headers={"Accept-Language": language}
        )
        assert words in answer.json()["errors"][0]["message"], answer.json()
    assert not Message.objects.filter(text="").exclude(kind="system").exists()
