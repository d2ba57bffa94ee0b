from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import Entry
from chat import serializers
from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import give_role, remove_participant
from chat.actions.posting import LONGEST
from chat.models import Conversation, Message
from orgchart.models import Member
from tests.chat.talk import head_of, kinds_since, say, unread
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def refusal_of(action: object, **arguments: object) -> tuple[int, str]:
    with pytest.raises(Problem) as caught:
        action(**arguments)
    return caught.value.status, caught.value.code


def let_a_day_pass(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(posted_at=message.posted_at - timedelta(hours=24, minutes=1))


def test_an_edit_keeps_the_number_and_takes_a_new_version(group: Conversation, wei: Member) -> None:
    message = say(group, wei, "早")
    seq, version = head_of(group.stream)
    edited = edit_message(conversation=group, message_id=message.pk, by=wei, text="**早上好**")
    assert (edited.seq, edited.version) == (message.seq, version + 1)
    assert (edited.text, edited.html) == ("**早上好**", "<p><strong>早上好</strong></p>")
    assert edited.edited_at is not None
    assert head_of(group.stream) == (seq, version + 1)
    assert kinds_since(group.stream, version) == ["message.edited"]


def test_an_edit_that_changes_nothing_is_none(group: Conversation, wei: Member) -> None:
    message = say(group, wei, "早")
    before = head_of(group.stream)
    assert edit_message(conversation=group, message_id=message.pk, by=wei, text="早\n").edited_at is None
    assert head_of(group.stream) == before


def test_nobody_edits_the_words_of_others(group: Conversation, lin: Member, wei: Member) -> None:
    message = say(group, wei)
    assert refusal_of(edit_message, conversation=group, message_id=message.pk, by=lin, text="晚") == (403, "forbidden")


def test_after_a_day_one_s_words_stand(group: Conversation, wei: Member) -> None:
    message = say(group, wei)
    let_a_day_pass(message)
    assert refusal_of(edit_message, conversation=group, message_id=message.pk, by=wei, text="晚") == (403, "forbidden")
    assert refusal_of(recall_message, conversation=group, message_id=message.pk, by=wei) == (403, "forbidden")


@pytest.mark.parametrize("text", ["", "  ", "湖" * (LONGEST + 1)])
def test_an_edit_obeys_the_limits_of_a_message(group: Conversation, wei: Member, text: str) -> None:
    message = say(group, wei)
    with pytest.raises(Problem) as caught:
        edit_message(conversation=group, message_id=message.pk, by=wei, text=text)
    assert caught.value.status == 400
    assert caught.value.errors[0].field == "text"


@pytest.mark.parametrize("character", ["\x00", "\udfff", "\u202e"])
def test_an_edit_with_a_refused_character_names_the_field(group: Conversation, wei: Member, character: str) -> None:
    message = say(group, wei)
    with pytest.raises(Problem) as caught:
        edit_message(conversation=group, message_id=message.pk, by=wei, text=f"早{character}")
    assert (caught.value.status, caught.value.code) == (400, "bad_character")
    assert caught.value.errors[0].field == "text"


def test_a_recalled_message_has_no_words_left_anywhere(group: Conversation, wei: Member) -> None:
    message = say(group, wei, "too early")
    _, version = head_of(group.stream)
    recall_message(conversation=group, message_id=message.pk, by=wei)
    kept = Message.objects.get(pk=message.pk)
    assert (kept.text, kept.html) == ("", "")
    assert kept.recalled_at is not None
    assert (kept.seq, kept.version) == (message.seq, version + 1)
    assert kinds_since(group.stream, version) == ["message.recalled"]


def test_recalling_twice_changes_nothing_the_second_time(group: Conversation, wei: Member) -> None:
    message = say(group, wei)
    first = recall_message(conversation=group, message_id=message.pk, by=wei)
    before = head_of(group.stream)
    assert recall_message(conversation=group, message_id=message.pk, by=wei).recalled_at == first.recalled_at
    assert head_of(group.stream) == before


def test_a_recalled_message_cannot_be_edited(group: Conversation, wei: Member) -> None:
    message = say(group, wei)
    recall_message(conversation=group, message_id=message.pk, by=wei)
    assert refusal_of(edit_message, conversation=group, message_id=message.pk, by=wei, text="晚") == (409, "recalled")


def test_a_recalled_message_counts_for_nobody_as_unread(group: Conversation, lin: Member, wei: Member) -> None:
    message = say(group, wei)
    assert unread(group, lin) == 1
    recall_message(conversation=group, message_id=message.pk, by=wei)
    assert unread(group, lin) == 0


def test_who_looks_after_a_group_recalls_what_others_said_and_that_is_noted(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    message = say(group, wei)
    let_a_day_pass(message)
    assert refusal_of(recall_message, conversation=group, message_id=message.pk, by=zhao) == (403, "forbidden")
    give_role(conversation=group, member=zhao, role="admin", by=lin)
    recalled = recall_message(conversation=group, message_id=message.pk, by=zhao)
    assert recalled.recalled_at is not None
    [shown] = serializers.messages([recalled])
    assert (shown["sender"]["id"], shown["recalled_by"]) == (wei.pk, zhao.pk)
    entry = Entry.objects.get(action="message.recalled")
    assert (entry.actor_member_id, entry.object_id, entry.detail["sender"]) == (zhao.pk, message.pk, wei.pk)


def test_in_a_direct_conversation_each_recalls_their_own_only(pair: Conversation, lin: Member, wei: Member) -> None:
    message = say(pair, wei)
    assert refusal_of(recall_message, conversation=pair, message_id=message.pk, by=lin) == (403, "forbidden")


def test_what_happened_can_be_neither_edited_nor_recalled(group: Conversation, lin: Member) -> None:
    event = Message.objects.get(conversation=group, kind="system")
    assert refusal_of(edit_message, conversation=group, message_id=event.pk, by=lin, text="晚") == (403, "forbidden")
    assert refusal_of(recall_message, conversation=group, message_id=event.pk, by=lin) == (403, "forbidden")


def test_who_was_removed_finds_their_own_words_no_more(group: Conversation, lin: Member, wei: Member) -> None:
    message = say(group, wei)
    remove_participant(conversation=group, member=wei, by=lin)
    assert refusal_of(edit_message, conversation=group, message_id=message.pk, by=wei, text="晚") == (404, "missing")
    assert refusal_of(recall_message, conversation=group, message_id=message.pk, by=wei) == (404, "missing")


def test_a_message_of_another_conversation_is_missing(group: Conversation, pair: Conversation, wei: Member) -> None:
    message = say(group, wei)
    assert refusal_of(edit_message, conversation=pair, message_id=message.pk, by=wei, text="晚") == (404, "missing")
    assert refusal_of(recall_message, conversation=pair, message_id=message.pk, by=wei) == (404, "missing")
