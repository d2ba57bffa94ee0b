"""What can't be made of a conversation or changed about it is refused by its field, with nothing half-written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orgchart.models import Member
from tests.api.conftest import Room
from tests.api.refusal import HUGE, NEW, NOBODY, assert_refused, send, under

pytestmark = pytest.mark.embedded


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
