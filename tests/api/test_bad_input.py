"""Whatever comes in wrong is refused by its field, with nothing half-written and never by a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from chat.actions.participants import remove_participant
from chat.models import Message
from orgchart.models import Member
from realtime.cursors import Cursor
from tests.api.conftest import Room
from tests.cast import PASSWORD, browser_of, program_of
from wire.problems import MEDIA_TYPE

pytestmark = pytest.mark.embedded

NOBODY = 999_999_999_999
HUGE = 10**30
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


@pytest.fixture
def client(room: Room) -> Client:
    return browser_of(room.me)


@pytest.fixture
def nothing_written(room: Room, client: Client, ana: Member) -> Iterator[None]:
    """The tables have as many rows after the test as before."""
    before = row_counts()
    yield
    assert row_counts() == before


def row_counts() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.managed}


def send(client: Client, method: str, path: str, body: Any, **extra: Any) -> HttpResponse:
    """The body as JSON, or as it is if it is text already."""
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.generic(method, path, data, content_type=extra.pop("content_type", "application/json"), **extra)


def assert_refused(answer: HttpResponse, *fields: str, status: int = 400, code: str | None = None) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE), answer.content[:300]
    problem = answer.json()
    assert problem["status"] == status
    assert [error["field"] for error in problem.get("errors", [])] == list(fields), problem
    assert all(error["message"] for error in problem.get("errors", []))
    assert code is None or problem["code"] == code


def under(room: Room, rest: str) -> str:
    return f"/api/v1/orgs/lakeside/conversations/{room.group.pk}{rest}"


MESSAGE = {"key": "7f1b7b0e-8f5f-4c7e-9a51-1d1f6a3c2b10", "text": "早"}


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


NEW = {"key": "7f1b7b0e-8f5f-4c7e-9a51-1d1f6a3c2b11", "kind": "group", "name": "新群"}


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"members": []}, ["members"]),
        ({"members": "all"}, ["members"]),
        ({"members": {"1": 2}}, ["members"]),
        ({"members": None}, ["members"]),
        ({"members": [NOBODY]}, ["members.0"]),
        ({"members": ["lin", NOBODY]}, ["members.0"]),
        ({"members": [0]}, ["members.0"]),
        ({"members": [-1]}, ["members.0"]),
        ({"members": [HUGE]}, ["members.0"]),
        ({"members": [2**63]}, ["members.0"]),
        ({"members": [1.5]}, ["members.0"]),
        ({"members": [True]}, ["members.0"]),
        ({"members": [[1]]}, ["members.0"]),
        ({"members": [1] * 2_001}, ["members"]),
        ({"members": [""] * 2_001}, ["members"]),
        ({"members": [1, *[""] * 1_999]}, ["members.1"]),
        ({"kind": "channel"}, ["kind"]),
        ({"kind": 1}, ["kind"]),
        ({"kind": ["group"]}, ["kind"]),
        ({"kind": None}, ["kind"]),
        ({"name": "x" * 81}, ["name"]),
        ({"name": "a\u202eb"}, ["name"]),
        ({"name": "a\nb"}, ["name"]),
        ({"name": "a\x1bb"}, ["name"]),
        ({"name": "\u3164\u200b"}, ["name"]),
        ({"history_mode": "some"}, ["history_mode"]),
        ({"key": "x"}, ["key"]),
        ({"owner": 1}, ["owner"]),
        ({"kind": "direct"}, ["name"]),
    ],
    ids=str,
)
def test_a_conversation_that_cannot_be_made_is_refused_by_its_field(
    room: Room, client: Client, change: dict[str, Any], fields: list[str]
) -> None:
    body = {**NEW, "members": [room.other.pk], **change}
    assert_refused(send(client, "POST", "/api/v1/orgs/lakeside/conversations", body), *fields)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("path", ["", "/participants"])
def test_people_of_another_company_are_as_if_they_did_not_exist(
    room: Room, client: Client, ana: Member, path: str
) -> None:
    address = under(room, path) if path else "/api/v1/orgs/lakeside/conversations"
    rest = {} if path else NEW
    theirs = send(client, "POST", address, {**rest, "members": [room.other.pk, ana.pk]})
    nobodys = send(client, "POST", address, {**rest, "members": [room.other.pk, NOBODY]})
    assert_refused(theirs, "members.1")
    assert theirs.content == nobodys.content


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("method", "rest", "body", "fields"),
    [
        ("PATCH", "", {}, ["name"]),
        ("PATCH", "", {"name": "甲", "history_mode": "all"}, ["name"]),
        ("PATCH", "", {"name": ""}, ["name"]),
        ("PATCH", "", {"name": 7}, ["name"]),
        ("PATCH", "", {"name": "a\tb"}, ["name"]),
        ("PATCH", "", {"name": "\U000e0041"}, ["name"]),
        ("PATCH", "", {"name": "x" * 81}, ["name"]),
        ("PATCH", "", {"seq": 1}, ["seq"]),
        ("PATCH", "/participants/{other}", {"role": "king"}, ["role"]),
        ("PATCH", "/participants/{other}", {}, ["role"]),
        ("PATCH", "/participants/{me}", {"role": "member"}, ["role"]),
        ("PATCH", "/messages/{message}", {"text": ""}, ["text"]),
        ("PATCH", "/messages/{message}", {"text": "x" * 20_001}, ["text"]),
        ("PATCH", "/messages/{message}", {"text": "a\u2066b"}, ["text"]),
        ("PATCH", "/messages/{message}", {"recalled_at": None}, ["recalled_at"]),
        ("PUT", "/read-marker", {}, ["displayed"]),
        ("PUT", "/read-marker", {"displayed": [[2, 1]]}, ["displayed"]),
        ("PUT", "/read-marker", {"displayed": [[1]]}, ["displayed.0"]),
        ("PUT", "/read-marker", {"displayed": [[1, 2, 3]]}, ["displayed.0"]),
        ("PUT", "/read-marker", {"displayed": [["1", 2]]}, ["displayed.0.0"]),
        ("PUT", "/read-marker", {"displayed": [[0, 1]]}, ["displayed.0.0"]),
        ("PUT", "/read-marker", {"displayed": [[1, HUGE]]}, ["displayed.0.1"]),
        ("PUT", "/read-marker", {"displayed": [[1, 1]] * 201}, ["displayed"]),
        ("PUT", "/read-marker", {"displayed": [""] * 201}, ["displayed"]),
        ("PUT", "/read-marker", {"displayed": [[1, 1], [""] * 30_000, ""]}, ["displayed.1"]),
        ("PUT", "/seen-marker", {"seq": -1}, ["seq"]),
        ("PUT", "/seen-marker", {"seq": "1"}, ["seq"]),
        ("PUT", "/seen-marker", {"seq": HUGE}, ["seq"]),
        ("PUT", "/seen-marker", {}, ["seq"]),
        ("PUT", "/unread-marker", {"seq": -1}, ["seq"]),
        ("PUT", "/unread-marker", {"seq": HUGE}, ["seq"]),
        ("PUT", "/unread-marker", {}, ["seq"]),
        ("PATCH", "/membership", {"is_muted": "yes"}, ["is_muted"]),
        ("PATCH", "/membership", {"is_muted": 1}, ["is_muted"]),
        ("PATCH", "/membership", {"is_pinned": None}, ["is_pinned"]),
        ("PATCH", "/membership", {"unread": 0}, ["unread"]),
    ],
    ids=str,
)
def test_a_change_that_cannot_be_made_is_refused_by_its_field(
    room: Room, client: Client, method: str, rest: str, body: Any, fields: list[str]
) -> None:
    rest = rest.format(other=room.other.pk, me=room.me.pk, message=room.message_id)
    assert_refused(send(client, method, under(room, rest), body), *fields)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("conversations?limit=0", "limit"),
        ("conversations?limit=501", "limit"),
        ("conversations?limit=many", "limit"),
        (f"conversations?limit={HUGE}", "limit"),
        ("conversations?limit=1&limit=2", "limit"),
        ("conversations?page=2", "page"),
        ("conversations?cursor=nonsense", "cursor"),
        ("conversations?cursor=%00", "cursor"),
        ("conversations?cursor=%ff%fe", "cursor"),
        ("conversations?cursor=" + "x" * 401, "cursor"),
        ("conversations?cursor=W10", "cursor"),
        ("conversations?cursor=WzEsMiwzXQ", "cursor"),
        ("conversations?cursor=W3RydWUsIjAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDAiLDFd", "cursor"),
        ("members?q=%00", "q"),
        ("members?q=%E2%80%AE", "q"),
        ("members?q=" + "x" * 81, "q"),
        ("members?cursor=nonsense", "cursor"),
        ("members?cursor=%00", "cursor"),
        ("members?cursor=WyJceDAwIiwgMV0=", "cursor"),
        ("members?cursor=WyJcdWQ4MDAiLCAxXQ==", "cursor"),
        ("members?department=x", "department"),
        (f"members?department={HUGE}", "department"),
        ("members?limit=-1", "limit"),
        ("members?sort=name", "sort"),
        ("conversations/{group}/messages?before=x", "before"),
        ("conversations/{group}/messages?before=-1", "before"),
        (f"conversations/{{group}}/messages?after={HUGE}", "after"),
        ("conversations/{group}/messages?before=3&after=1", "after"),
        ("conversations/{group}/messages?around=", "around"),
        ("conversations/{group}/messages?limit=201", "limit"),
        ("conversations/{group}/participants?cursor=-1", "cursor"),
        ("conversations/{group}/participants?cursor=9999999", "cursor"),
        ("conversations/{group}/participants?cursor=WzEsMiwzXQ", "cursor"),  # [1,2,3]
        ("conversations/{group}/participants?cursor=W3RydWUsIngiLDFd", "cursor"),  # [true,"x",1]
        ("conversations/{group}/participants?cursor=WzEsIngiLDkyMjMzNzIwMzY4NTQ3NzU4MDhd", "cursor"),  # [1,"x",2**63]
        ("conversations/{group}/participants?cursor=WzEsIlx1MDAwMCIsMV0", "cursor"),  # a null character
        ("conversations/{group}/participants?cursor=WzEsIngiLDFd!", "cursor"),
        ("conversations/{group}/participants?cursor=%D9%A3", "cursor"),
        ("sync/conversation:{group}?cursor=x", "cursor"),
        ("sync/conversation:{group}?cursor=1.1.1~" + "9" * 19, "cursor"),
        ("sync/conversation:{group}?cursor=" + "9" * 10 + ".1.1~1", "cursor"),
        ("sync/conversation:{group}?cursor=%00", "cursor"),
        ("sync/conversation:{group}?since=1", "since"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_by_its_field(
    room: Room, client: Client, path: str, field: str
) -> None:
    assert_refused(client.get(f"/api/v1/orgs/lakeside/{path.format(group=room.group.pk)}"), field)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/orgs/lakeside/conversations/{HUGE}",
        "/api/v1/orgs/lakeside/conversations/0",
        "/api/v1/orgs/lakeside/conversations/-1",
        "/api/v1/orgs/lakeside/conversations/01",
        "/api/v1/orgs/lakeside/conversations/١",
        "/api/v1/orgs/lakeside/conversations/%00",
        "/api/v1/orgs/lakeside/conversations/1/",
        f"/api/v1/orgs/lakeside/members/{2**63}",
        f"/api/v1/tokens/{HUGE}",
        f"/api/v1/sessions/{HUGE}",
        f"/api/v1/orgs/lakeside/invitations/{HUGE}",
        f"/api/v1/orgs/lakeside/sync/conversation:{HUGE}",
        "/api/v1/orgs/lakeside/sync/conversation:0",
        "/api/v1/orgs/lakeside/sync/conversation:",
        "/api/v1/orgs/lakeside/sync/planet:1",
        "/api/v1/orgs/lakeside/sync/%00:1",
        "/api/v1/orgs/%00",
        "/api/v1/orgs/" + "x" * 5_000,
        "/api/v1/orgs/lakeside%2e",
        "/api/v2/me",
        "/api/",
    ],
    ids=lambda path: path[:60],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_address_that_cannot_be_is_missing(room: Room, client: Client, path: str, method: str) -> None:
    answer = client.generic(method, path)
    # The catch-all and a view answer the same; a view that doesn't know the method says so.
    assert answer.status_code in ({404} if method == "GET" else {404, 405})
    if answer.status_code == 404:
        assert answer.content == client.get(f"/api/v1/orgs/lakeside/conversations/{NOBODY}").content


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "path", [f"/o/lakeside/chat/{HUGE}/", "/o/lakeside/chat/0/", f"/o/lakeside/people/{HUGE}/", "/o/lakeside/people/?department=%00",
             f"/o/lakeside/people/?department={HUGE}", "/o/lakeside/people/?cursor=%00", "/o/%00/chat/"]
)  # fmt: skip
def test_a_page_that_cannot_be_is_missing(room: Room, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer lks_",
        "Bearer lks_wrong",
        "Bearer \x80\xff",
        "Bearer " + "x" * 10_000,
        "bearer a b c",
    ],
    ids=lambda header: header[:20],
)
def test_an_authorization_that_opens_nothing_is_refused(db: None, header: str) -> None:
    answer = Client().get("/api/v1/me", headers={"Authorization": header})
    assert_refused(answer, status=401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Basic bGluOnB3", "lks_wrong", "Digest x=1"])
def test_an_authorization_of_another_kind_is_none(db: None, header: str) -> None:
    assert_refused(Client().get("/api/v1/me", headers={"Authorization": header}), status=401)


def test_a_bad_token_is_not_saved_by_a_good_cookie(room: Room, client: Client) -> None:
    assert_refused(client.get("/api/v1/me", headers={"Authorization": "Bearer lks_wrong"}), status=401)


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5_000, "\x80", "a b"])
def test_a_session_that_never_was_is_nobody(db: None, cookie: str) -> None:
    client = Client()
    client.cookies["lakeside_session"] = cookie
    assert_refused(client.get("/api/v1/me"), status=401)


def test_a_browser_needs_the_csrf_token_and_a_program_does_not(room: Room) -> None:
    body = json.dumps({"theme": "dark"})
    browser = browser_of(room.me, enforce_csrf_checks=True)
    assert_refused(browser.patch("/api/v1/me", body, content_type="application/json"), status=403)
    assert program_of(room.me).patch("/api/v1/me", body, content_type="application/json").status_code == 200


@pytest.mark.parametrize("agent", ["", "a\x00b", "x" * 5_000, "\x80\xff"], ids=["none", "NUL", "long", "bytes"])
def test_a_browser_that_calls_itself_strangely_is_served(room: Room, agent: str) -> None:
    client = Client(headers={"User-Agent": agent})
    answer = client.post("/sign-in/", {"address": room.me.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/api/v1/sessions").status_code == 200


def test_a_cursor_of_the_future_or_of_another_sight_starts_over(room: Room, client: Client) -> None:
    path = f"/api/v1/orgs/lakeside/sync/conversation:{room.group.pk}"
    good = client.get(path).json()["cursor"]
    epoch, generation, version = Cursor.parse(good)
    for cursor in (
        Cursor(epoch + 1, generation, version),
        Cursor(epoch, "9.9", version),
        Cursor(epoch, generation, version + 1),
    ):
        answer = client.get(path, {"cursor": str(cursor)}).json()
        assert (answer["reset"], answer["cursor"]) == (True, good)
    assert client.get(path, {"cursor": good}).json()["reset"] is False


def test_refusals_speak_the_readers_language(room: Room, client: Client) -> None:
    for language, words in (("en", "Write something."), ("zh-CN", "写点什么")):
        answer = send(
            client, "POST", under(room, "/messages"), {**MESSAGE, "text": " "}, headers={"Accept-Language": language}
        )
        assert words in answer.json()["errors"][0]["message"], answer.json()
    assert not Message.objects.filter(text="").exclude(kind="system").exists()
