from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.actions.conversations import switch_history
from chat.actions.participants import add_participants, remove_participant
from chat.history import page
from chat.models import Conversation, Message
from orgchart.models import Member
from realtime import failpoints
from tests.chat.talk import head_of, say, say_many
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def talk(pair: Conversation, lin: Member) -> Conversation:
    """Twenty messages."""
    say_many(pair, lin, 20)
    return pair


def seqs(answer: dict[str, object]) -> list[int]:
    return [message["seq"] for message in answer["messages"]]


def test_without_a_place_it_is_the_newest(talk: Conversation, lin: Member) -> None:
    answer = page(talk, member=lin, limit=5)
    assert seqs(answer) == [16, 17, 18, 19, 20]
    assert (answer["has_before"], answer["has_after"]) == (True, False)


def test_backwards_it_ends_before_the_number(talk: Conversation, lin: Member) -> None:
    answer = page(talk, member=lin, limit=5, before=16)
    assert seqs(answer) == [11, 12, 13, 14, 15]
    assert (answer["has_before"], answer["has_after"]) == (True, True)
    answer = page(talk, member=lin, limit=5, before=4)
    assert seqs(answer) == [1, 2, 3]
    assert (answer["has_before"], answer["has_after"]) == (False, True)


def test_forwards_it_begins_after_the_number(talk: Conversation, lin: Member) -> None:
    answer = page(talk, member=lin, limit=5, after=13)
    assert seqs(answer) == [14, 15, 16, 17, 18]
    assert (answer["has_before"], answer["has_after"]) == (True, True)
    answer = page(talk, member=lin, limit=5, after=18)
    assert seqs(answer) == [19, 20]
    assert (answer["has_before"], answer["has_after"]) == (True, False)


def test_around_it_holds_the_number(talk: Conversation, lin: Member) -> None:
    answer = page(talk, member=lin, limit=5, around=10)
    assert seqs(answer) == [8, 9, 10, 11, 12]
    assert (answer["has_before"], answer["has_after"]) == (True, True)
    assert seqs(page(talk, member=lin, limit=4, around=1)) == [1, 2]
    assert seqs(page(talk, member=lin, limit=4, around=20)) == [18, 19, 20]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 9), start=st.integers(0, 30))
def test_pages_in_either_direction_miss_nothing_and_say_when_they_end(
    talk: Conversation, lin: Member, limit: int, start: int
) -> None:
    older: list[int] = []
    place = start
    while True:
        answer = page(talk, member=lin, limit=limit, before=place)
        older = seqs(answer) + older
        if not answer["has_before"]:
            break
        place = older[0]
    newer: list[int] = []
    place = start - 1
    while True:
        answer = page(talk, member=lin, limit=limit, after=place)
        newer += seqs(answer)
        if not answer["has_after"]:
            break
        place = newer[-1]
    assert older + newer == list(range(1, 21))


def test_a_page_says_at_which_version_it_was_read(talk: Conversation, lin: Member) -> None:
    assert page(talk, member=lin, limit=2, before=10)["cursor"].endswith(f"~{head_of(talk.stream)[1]}")


def test_an_empty_conversation_has_an_empty_page(pair: Conversation, lin: Member) -> None:
    for place in ({}, {"before": 5}, {"after": 0}, {"around": 3}):
        answer = page(pair, member=lin, limit=5, **place)
        assert (answer["messages"], answer["has_before"], answer["has_after"]) == ([], False, False)


def test_pages_show_only_the_stays_where_history_begins_at_joining(
    group: Conversation, lin: Member, wei: Member
) -> None:
    first = say(group, lin).seq
    remove_participant(conversation=group, member=wei, by=lin)
    say_many(group, lin, 3)
    add_participants(conversation=group, members=[wei], by=lin)
    last = say(group, lin).seq
    visible = [1, first, last - 1, last]
    assert seqs(page(group, member=wei, limit=50)) == visible
    assert seqs(page(group, member=wei, limit=1, before=last - 1)) == [first]
    assert seqs(page(group, member=wei, limit=1, after=first)) == [last - 1]
    assert seqs(page(group, member=wei, limit=2, around=first + 2)) == [first, last - 1]
    switch_history(conversation=group, by=lin, history_mode="all")
    assert seqs(page(group, member=wei, limit=50)) == list(range(1, last + 2))


def test_who_was_removed_gets_no_page(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    with pytest.raises(Problem) as caught:
        page(group, member=wei, limit=5)
    assert caught.value.status == 404


def test_visible_is_the_same_question_everywhere(
    group: Conversation, open_group: Conversation, lin: Member, wei: Member, ben: Member
) -> None:
    """The QuerySet (pages), the sight (sync and hub) and both history modes agree, for who is in, was in and never was."""
    from realtime.registry import registry

    for conversation in (group, open_group):
        say_many(conversation, lin, 2)
        remove_participant(conversation=conversation, member=wei, by=lin)
        say_many(conversation, lin, 2)

    def by_rows(conversation: Conversation, member: Member) -> list[int]:
        rows = Message.objects.visible_to(member).filter(conversation=conversation).in_order()
        return list(rows.values_list("seq", flat=True))

    def by_sight(conversation: Conversation, member: Member) -> list[int]:
        sights = registry.streams["conversation"].followers([conversation.pk], [member.pk])
        sight = sights.get(conversation.pk, {}).get(member.pk)
        return [seq for seq in range(1, head_of(conversation.stream)[0] + 1) if sight and sight.sees(seq)]

    for conversation in (group, open_group):
        assert by_rows(conversation, wei) == by_sight(conversation, wei) == []
        assert by_rows(conversation, ben) == by_sight(conversation, ben) == []
        add_participants(conversation=conversation, members=[wei], by=lin)
        say(conversation, lin)
    assert by_rows(group, wei) == by_sight(group, wei) == [1, 2, 3, 7, 8]
    assert by_rows(open_group, wei) == by_sight(open_group, wei) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_removal_while_a_page_is_read_takes_it_back(group: Conversation, lin: Member, wei: Member) -> None:
    say(group, lin, "secret")
    with (
        failpoints.armed("page_read", lambda: remove_participant(conversation=group, member=wei, by=lin)),
        pytest.raises(Problem) as caught,
    ):
        page(group, member=wei, limit=5)
    assert caught.value.status == 404


def test_a_page_has_the_messages_of_the_sight_that_its_cursor_names(
    group: Conversation, lin: Member, wei: Member
) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    say_many(group, lin, 3)
    add_participants(conversation=group, members=[wei], by=lin)
    with failpoints.armed("page_read", lambda: switch_history(conversation=group, by=lin, history_mode="all")):
        answer = page(group, member=wei, limit=50)
    assert seqs(answer) == list(range(1, head_of(group.stream)[0] + 1))
    assert answer["cursor"] == page(group, member=wei, limit=1)["cursor"]


def test_a_sight_that_never_rests_is_not_read_for_ever(group: Conversation, lin: Member, wei: Member) -> None:
    def away_and_back() -> None:
        remove_participant(conversation=group, member=wei, by=lin)
        add_participants(conversation=group, members=[wei], by=lin)

    with failpoints.armed("page_read", away_and_back), pytest.raises(Problem) as caught:
        page(group, member=wei, limit=5)
    assert (caught.value.status, caught.value.retry_after) == (503, 1)
