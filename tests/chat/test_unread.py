"""Unread is computed from a few partial indexes; here it is compared with counting one by one."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import store
from chat.actions.mending import recall_message
from chat.actions.participants import add_participants, remove_participant
from chat.actions.reading import mark_unread
from chat.models import Conversation, Message
from orgchart.models import Member
from tests.chat.talk import head_of, say, seat, unread

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

acts = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 2)),
        st.tuples(st.just("recall"), st.integers(1, 12)),
        st.tuples(st.just("seen"), st.integers(0, 2), st.integers(0, 12)),
        st.tuples(st.just("away and back"), st.integers(1, 2)),
    ),
    max_size=14,
)


def counted(conversation: Conversation, member: Member) -> int:
    """What others said after the place that the member has seen, and did not take back."""
    own = seat(conversation, member)
    after = Message.objects.filter(conversation=conversation, seq__gt=own.seen_seq, kind="text", recalled_at=None)
    return sum(1 for message in after if message.sender_id != member.pk)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_the_badge_counts_what_others_said_and_stands(
    group: Conversation, lin: Member, wei: Member, zhao: Member, acts: list[tuple[object, ...]]
) -> None:
    people = [lin, wei, zhao]
    start = transaction.savepoint()
    for act in acts:
        match act:
            case ("say", int(who)):
                say(group, people[who])
            case ("recall", int(seq)):
                message = Message.objects.filter(conversation=group, seq=seq, kind="text").first()
                if message is not None:
                    recall_message(conversation=group, message_id=message.pk, by=lin)
            case ("seen", int(who), int(seq)):
                mark_unread(conversation=group, member=people[who], seq=seq)
            case ("away and back", int(who)):
                remove_participant(conversation=group, member=people[who], by=lin)
                add_participants(conversation=group, members=[people[who]], by=lin)
        for person in people:
            assert unread(group, person) == counted(group, person)
            row = store.conversation_row(member_id=person.pk, conversation_id=group.pk)
            assert row is not None
            assert row["unread"] == counted(group, person)
    transaction.savepoint_rollback(start)


def test_after_removal_nothing_is_unread(group: Conversation, lin: Member, wei: Member) -> None:
    say(group, lin)
    remove_participant(conversation=group, member=wei, by=lin)
    say(group, lin)
    assert unread(group, wei) == 0


def test_what_happened_is_nothing_to_read(group: Conversation, lin: Member, wei: Member, zhao: Member) -> None:
    seq, _ = head_of(group.stream)
    remove_participant(conversation=group, member=zhao, by=lin)
    assert head_of(group.stream)[0] == seq + 1
    assert unread(group, wei) == 0
