from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from chat.actions.conversations import create_group, start_direct
from chat.actions.mending import recall_message
from chat.actions.participants import remove_participant
from chat.actions.preferences import prefer
from chat.models import Conversation
from orgchart.models import Member
from tests.cast import browser_of
from tests.chat.talk import head_of, say

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def listed(browser: Client, **query: object) -> dict[str, Any]:
    answer = browser.get("/api/v1/orgs/lakeside/conversations", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids(page: dict[str, Any]) -> list[int]:
    return [item["conversation"]["id"] for item in page["results"]]


def test_the_last_spoken_in_comes_first_and_pinned_ones_before_all(
    pair: Conversation, group: Conversation, open_group: Conversation, lin: Member, wei: Member
) -> None:
    browser = browser_of(lin)
    for conversation in (group, open_group, pair):
        say(conversation, wei)
    assert ids(listed(browser)) == [pair.pk, open_group.pk, group.pk]
    say(group, wei)
    assert ids(listed(browser)) == [group.pk, pair.pk, open_group.pk]
    prefer(conversation=open_group, member=lin, is_pinned=True)
    assert ids(listed(browser)) == [open_group.pk, group.pk, pair.pk]
    assert ids(listed(browser_of(wei)))[-1] == open_group.pk


def test_a_conversation_in_which_nothing_was_said_stands_where_it_began(
    lin: Member, wei: Member, zhao: Member, group: Conversation
) -> None:
    fresh = start_direct(by=lin, other=zhao)
    page = listed(browser_of(lin))
    assert ids(page) == [fresh.pk, group.pk]
    assert page["results"][0]["last_message"] is None


def test_nobody_is_shown_a_conversation_before_its_first_word(
    lin: Member, wei: Member, zhao: Member, group: Conversation
) -> None:
    silent = start_direct(by=lin, other=wei)
    assert ids(listed(browser_of(lin))) == [silent.pk, group.pk]
    assert ids(listed(browser_of(wei))) == [group.pk]
    assert start_direct(by=wei, other=lin) == silent, "who comes later finds the same"
    assert ids(listed(browser_of(wei))) == [group.pk]
    assert browser_of(wei).get(f"/api/v1/orgs/lakeside/conversations/{silent.pk}").status_code == 200
    say(silent, lin)
    assert ids(listed(browser_of(wei))) == [silent.pk, group.pk]


def test_what_one_has_pinned_is_listed_even_without_a_word(lin: Member, wei: Member) -> None:
    silent = start_direct(by=lin, other=wei)
    prefer(conversation=silent, member=wei, is_pinned=True)
    assert ids(listed(browser_of(wei))) == [silent.pk]


def test_a_first_word_that_was_recalled_leaves_the_conversation_in_the_list(lin: Member, wei: Member) -> None:
    silent = start_direct(by=lin, other=wei)
    recall_message(conversation=silent, message_id=say(silent, lin).pk, by=lin)
    assert ids(listed(browser_of(wei))) == [silent.pk]


def test_pages_hold_each_conversation_once_in_the_same_order(lin: Member, wei: Member) -> None:
    groups = [create_group(by=lin, members=[wei], key=uuid4(), name=f"{number}") for number in range(7)]
    for conversation in groups[::3]:
        prefer(conversation=conversation, member=lin, is_pinned=True)
    browser = browser_of(lin)
    whole = ids(listed(browser))
    walked: list[int] = []
    cursor = None
    while True:
        page = listed(browser, limit=2, **({"cursor": cursor} if cursor else {}))
        walked += ids(page)
        cursor = page["next"]
        if cursor is None:
            break
        assert len(page["results"]) == 2
    assert walked == whole
    assert sorted(walked) == sorted(conversation.pk for conversation in groups)


def test_the_last_message_is_shown_as_it_is_now(pair: Conversation, lin: Member, wei: Member) -> None:
    browser = browser_of(lin)
    message = say(pair, wei, "早")
    [item] = listed(browser)["results"]
    assert (item["last_message"]["text"], item["last_message"]["sender"]["id"]) == ("早", wei.pk)
    assert item["membership"]["unread"] == 1
    recall_message(conversation=pair, message_id=message.pk, by=wei)
    [item] = listed(browser)["results"]
    assert (item["last_message"]["text"], item["last_message"]["id"]) == ("", message.pk)


def test_a_direct_conversation_shows_the_two_and_a_group_its_name(
    pair: Conversation, group: Conversation, lin: Member, wei: Member
) -> None:
    by_id = {item["conversation"]["id"]: item["conversation"] for item in listed(browser_of(lin))["results"]}
    direct, named = by_id[pair.pk], by_id[group.pk]
    assert (direct["name"], {person["id"] for person in direct["people"]}) == (None, {lin.pk, wei.pk})
    assert (direct["owner"], direct["participant_count"]) == (None, 2)
    assert direct["created_by"] == named["created_by"] == lin.pk
    assert (named["name"], named["people"], named["owner"], named["participant_count"]) == ("设计周会", [], lin.pk, 3)


def test_who_was_removed_finds_it_no_more(group: Conversation, lin: Member, wei: Member) -> None:
    browser = browser_of(wei)
    assert ids(listed(browser)) == [group.pk]
    remove_participant(conversation=group, member=wei, by=lin)
    assert ids(listed(browser)) == []


def test_the_cursor_of_an_item_continues_its_stream(pair: Conversation, lin: Member, wei: Member) -> None:
    browser = browser_of(lin)
    [item] = listed(browser)["results"]
    assert item["cursor"].endswith(f"~{head_of(pair.stream)[1]}")
    message = say(pair, wei)
    answer = browser.get(f"/api/v1/orgs/lakeside/sync/conversation:{pair.pk}", {"cursor": item["cursor"]}).json()
    assert answer["reset"] is False
    assert [change["object"]["id"] for change in answer["changes"]] == [message.pk]


@pytest.mark.parametrize("cursor", ["x", "WzFd", "bnVsbA", "W3RydWUsICIyMDI2IiwgMV0", "💧", "a" * 400])
def test_a_cursor_that_was_never_given_out_names_the_field(lin: Member, cursor: str) -> None:
    answer = browser_of(lin).get("/api/v1/orgs/lakeside/conversations", {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_the_number_of_queries_does_not_grow_with_the_conversations(
    lin: Member, wei: Member, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = browser_of(lin)
    for number in range(3):
        say(create_group(by=lin, members=[wei], key=uuid4(), name=f"{number}"), wei)
    with CaptureQueriesContext(connection) as few:
        listed(browser)
    for number in range(20):
        say(create_group(by=lin, members=[wei], key=uuid4(), name=f"more {number}"), wei)
    with django_assert_num_queries(len(few)):
        assert len(listed(browser)["results"]) == 23


def test_the_page_says_the_same_times_as_the_api(pair: Conversation, lin: Member, wei: Member) -> None:
    say(pair, wei)
    browser = browser_of(lin)
    bootstrap = browser.get(f"/o/lakeside/chat/{pair.pk}/").context["bootstrap"]
    [item] = json.loads(json.dumps(bootstrap["conversations"], cls=DjangoJSONEncoder))
    [told] = listed(browser)["results"]

    def moments(item: dict[str, Any]) -> list[datetime]:
        return [
            datetime.fromisoformat(item["conversation"]["created_at"]),
            datetime.fromisoformat(item["last_message"]["posted_at"]),
        ]

    assert [moment.tzinfo for moment in moments(item)] == [UTC, UTC]
    assert moments(item) == moments(told)
