"""Everybody comes back at once: one read for all of them, and what each gets is what they would get alone."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions.conversations import create_group, rename
from chat.actions.mending import edit_message
from chat.actions.participants import add_participants, remove_participant
from chat.models import Conversation
from orgchart.models import Department, Member
from realtime import failpoints, reading
from realtime import sync as syncing
from realtime.cursors import Cursor
from realtime.sync import Question, sync_all
from tests.cast import newcomer
from tests.chat.talk import say, say_many
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_changes_are_read_in_version_order_however_they_were_gathered() -> None:
    told = ["10 message.posted 7", "9 message.edited 12", "11 participant.added 3"]
    read = [(change.version, change.kind, change.object_id) for change in reading._changes(5, told)]
    assert read == [(9, "message.edited", 12), (10, "message.posted", 7), (11, "participant.added", 3)]


def window(conversation: Conversation, member: Member) -> Question:
    return Question(conversation.stream, member.pk, None)


def since(conversation: Conversation, member: Member) -> Question:
    """What will be missed from now on."""
    page = syncing.sync(conversation.stream, member_id=member.pk, cursor=None)
    return Question(conversation.stream, member.pk, Cursor.parse(json.loads(page)["cursor"]))


def texts(answer: str | Problem) -> list[str]:
    assert isinstance(answer, str)
    return [c["object"]["text"] for c in json.loads(answer)["changes"] if c["object"]["type"] == "message"]


def alone(question: Question) -> str | None:
    """The same question without the others; None for 404."""
    [answer] = sync_all([question])
    return None if isinstance(answer, Problem) else answer


def queries_of(questions: list[Question]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert all(isinstance(answer, str) for answer in sync_all(questions))
    return [query["sql"] for query in queries]


def crowd(lin: Member, count: int) -> list[Member]:
    return [newcomer(lin.organization) for _ in range(count)]


def test_who_asks_and_sees_the_same_gets_the_same_text(group: Conversation, lin: Member) -> None:
    people = crowd(lin, 5)
    add_participants(conversation=group, members=people, by=lin)
    questions = [since(group, member) for member in people]
    say(group, lin, "早")
    first, *others = sync_all(questions)
    assert texts(first) == ["早"]
    assert all(other is first for other in others)


def test_whenever_one_joined_what_came_after_is_the_same(group: Conversation, lin: Member) -> None:
    questions = []
    for member in crowd(lin, 3):
        add_participants(conversation=group, members=[member], by=lin)
        questions.append(window(group, member))
    last = since(group, lin).cursor
    say_many(group, lin, 3)
    answers = sync_all([question._replace(cursor=last) for question in questions])
    assert [texts(answer) for answer in answers] == [["1", "2", "3"]] * 3


def test_each_is_answered_as_alone(
    pair: Conversation,
    group: Conversation,
    open_group: Conversation,
    lin: Member,
    wei: Member,
    zhao: Member,
    ben: Member,
) -> None:
    remove_participant(conversation=group, member=zhao, by=lin)
    say(group, lin, "while zhao was away")
    add_participants(conversation=group, members=[zhao], by=lin)
    rooms = (pair, group, open_group)
    questions = [since(room, member) for room in rooms for member in (lin, wei)] + [since(group, zhao)]
    earlier = {question: alone(question._replace(cursor=None)) for question in questions}
    edit_message(conversation=group, message_id=say(group, lin, "一").pk, by=lin, text="壹")
    rename(conversation=group, by=lin, name="新名字")
    say(pair, lin, "二")
    questions += [question._replace(cursor=None) for question in earlier]
    questions += [window(pair, zhao), window(pair, ben), since(group, wei)]
    questions += [Question(stream, lin.pk, None) for stream in (lin.stream, wei.stream, lin.organization.stream)]
    answers = [answer if isinstance(answer, str) else None for answer in sync_all(questions)]
    assert answers == [alone(question) for question in questions]
    assert answers.count(None) == 3


def test_many_cost_as_much_as_few(lin: Member, wei: Member, design: Department) -> None:
    def questions_of(count: int) -> list[Question]:
        """Two conversations each, one of them with a cursor; one's own stream and the company's."""
        asked: list[Question] = []
        for member in crowd(lin, count):
            old = create_group(by=lin, members=[member, wei], key=uuid4(), name="old")
            new = create_group(by=lin, members=[member, wei], key=uuid4(), name="new", history_mode="all")
            back = create_group(by=lin, members=[member, wei], key=uuid4(), name="back")
            remove_participant(conversation=back, member=member, by=lin)
            add_participants(conversation=back, members=[member], by=lin)
            asked += [since(old, member), window(new, member), window(back, member)]
            asked += [Question(member.stream, member.pk, None), Question(lin.organization.stream, member.pk, None)]
            say(old, lin)
            say(new, lin)
        return asked

    few, many = queries_of(questions_of(2)), queries_of(questions_of(12))
    assert len(few) == len(many), "\n".join(many)


def test_a_crowd_that_missed_the_same_costs_seven_queries(group: Conversation, lin: Member) -> None:
    people = crowd(lin, 20)
    add_participants(conversation=group, members=people, by=lin)
    questions = [since(group, member) for member in people]
    say_many(group, lin, 5)
    # Heads, rights, epoch, changes, their messages; heads and rights again.
    asked = queries_of(questions)
    assert len(asked) == 7, "\n".join(asked)


def test_a_removal_while_all_are_answered_takes_back_one_answer(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    questions = [since(group, member) for member in (lin, wei, zhao)]
    say(group, lin, "secret")

    def remove_wei() -> None:
        if group.participants.filter(member=wei, is_active=True).exists():
            remove_participant(conversation=group, member=wei, by=lin)

    with failpoints.armed("content_read", remove_wei):
        one, gone, three = sync_all(questions)
    assert texts(one) == texts(three) == ["secret"]
    assert isinstance(gone, Problem)
    assert gone.status == 404


def test_long_words_make_short_pages_that_miss_nothing(
    pair: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "CHARACTERS", 5_000)
    question = since(pair, wei)
    assert question.cursor is not None
    said = [f"{number} " + "湖" * length for number, length in enumerate((10, 3_000, 10, 10, 20_000 - 2, 10))]
    for text in said:
        say(pair, lin, text)
    pages: list[list[str]] = []
    page: dict[str, Any] = {"more": True, "cursor": str(question.cursor)}
    while page["more"]:
        page = json.loads(syncing.sync(pair.stream, member_id=wei.pk, cursor=Cursor.parse(page["cursor"])))
        pages.append([change["object"]["text"] for change in page["changes"]])
    assert [text for page in pages for text in page] == said
    assert [len(page) for page in pages] == [1, 1, 2, 1, 1]


def test_a_window_of_long_words_holds_the_newest(
    pair: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "CHARACTERS", 5_000)
    for text in ("湖" * 3_000, "short", "shorter"):
        say(pair, lin, text)
    assert texts(sync_all([window(pair, wei)])[0]) == ["short", "shorter"]
    say(pair, lin, "海" * 20_000)
    assert texts(sync_all([window(pair, wei)])[0]) == ["海" * 20_000]
