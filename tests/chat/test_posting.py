from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts.models import Session
from chat.actions.participants import remove_participant
from chat.actions.posting import LONGEST, Post, post_message, post_messages
from chat.models import Conversation, Message
from orgchart.actions.members import deactivate_member
from orgchart.models import Member
from outbox.models import DueRow
from realtime.gate import Pass
from tests.cast import browser_of
from tests.chat.talk import head_of, kinds_since, say, seat, unread
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def refused(status: int, code: str, **post: object) -> Problem:
    with pytest.raises(Problem) as caught:
        post_message(**{"key": uuid4(), "text": "早", **post})
    assert (caught.value.status, caught.value.code) == (status, code)
    return caught.value


def pass_of(member: Member) -> Pass:
    """What a browser in which the member is signed in shows."""
    browser_of(member)
    session = Session.objects.filter(user=member.user).latest("id")
    return Pass(member.organization_id, member.pk, member.user_id, f"session:{session.pk}")


def test_a_message_takes_the_next_number_and_the_next_version(group: Conversation, wei: Member) -> None:
    seq, version = head_of(group.stream)
    message = say(group, wei, "早")
    assert (message.seq, message.version) == (seq + 1, version + 1)
    assert head_of(group.stream) == (seq + 1, version + 1)
    assert kinds_since(group.stream, version) == ["message.posted"]


def test_a_message_is_kept_as_text_and_as_safe_html(group: Conversation, wei: Member) -> None:
    message = say(group, wei, "see https://lakeside.example **now** <script>alert(1)</script>")
    assert message.text == "see https://lakeside.example **now** <script>alert(1)</script>"
    assert '<a href="https://lakeside.example"' in message.html
    assert "<strong>now</strong>" in message.html
    assert "<script" not in message.html


def test_the_same_key_again_is_the_same_message_and_burns_no_number(group: Conversation, wei: Member) -> None:
    key = uuid4()
    first = say(group, wei, "早", key)
    before = head_of(group.stream)
    assert say(group, wei, "早", key).pk == first.pk
    assert head_of(group.stream) == before
    assert Message.objects.filter(key=key).count() == 1


def test_a_retry_of_a_message_that_was_edited_since_is_answered_with_it(group: Conversation, wei: Member) -> None:
    from chat.actions.mending import edit_message

    key = uuid4()
    first = say(group, wei, "早", key)
    edit_message(conversation=group, message_id=first.pk, by=wei, text="早上好")
    assert say(group, wei, "早", key).text == "早上好"


def test_the_same_key_with_another_text_is_a_conflict(group: Conversation, wei: Member) -> None:
    key = uuid4()
    say(group, wei, "早", key)
    refused(409, "key_reused", conversation=group, sender=wei, key=key, text="晚")


def test_the_same_key_in_another_conversation_is_a_conflict(
    group: Conversation, pair: Conversation, wei: Member
) -> None:
    key = uuid4()
    say(group, wei, "早", key)
    refused(409, "key_reused", conversation=pair, sender=wei, key=key, text="早")


def test_a_used_key_does_not_tell_whether_a_conversation_exists(
    group: Conversation, pair: Conversation, zhao: Member
) -> None:
    key = uuid4()
    say(group, zhao, "早", key)
    foreign = refused(404, "missing", conversation=pair, sender=zhao, key=key)
    unknown = refused(404, "missing", conversation=Conversation(pk=2**62), sender=zhao, key=key)
    assert foreign.document() == unknown.document()


def test_two_people_may_choose_the_same_key(group: Conversation, wei: Member, zhao: Member) -> None:
    key = uuid4()
    assert say(group, wei, "早", key).pk != say(group, zhao, "早", key).pk


def test_who_takes_no_part_finds_nothing_to_write_to(pair: Conversation, zhao: Member) -> None:
    refused(404, "missing", conversation=pair, sender=zhao)


def test_a_foreign_company_finds_nothing_either(group: Conversation, ben: Member) -> None:
    refused(404, "missing", conversation=group, sender=ben)


def test_a_conversation_that_does_not_exist_is_the_same_answer(group: Conversation, wei: Member) -> None:
    foreign = post_messages([Post(2**62, wei.pk, uuid4(), "早")])[0]
    assert isinstance(foreign, Problem)
    assert foreign.document() == refused(404, "missing", conversation=group, sender=Member(pk=2**62)).document()


def test_a_removed_participant_can_say_nothing_more(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    before = head_of(group.stream)
    refused(404, "missing", conversation=group, sender=wei)
    assert head_of(group.stream) == before


def test_a_removed_participant_learns_that_an_earlier_attempt_was_stored(
    group: Conversation, lin: Member, wei: Member
) -> None:
    key = uuid4()
    stored = say(group, wei, "早", key)
    remove_participant(conversation=group, member=wei, by=lin)
    assert say(group, wei, "早", key).pk == stored.pk


def test_who_left_the_company_can_say_nothing(pair: Conversation, lin: Member, wei: Member) -> None:
    deactivate_member(member=wei, by=lin)
    refused(404, "missing", conversation=pair, sender=wei)


def test_a_credential_that_ended_is_refused_under_the_lock(pair: Conversation, wei: Member) -> None:
    shown = pass_of(wei)
    key = uuid4()
    post_message(conversation=pair, sender=wei, key=key, text="早", shown=shown)
    Session.objects.filter(user=wei.user).delete()
    refused(401, "signed_out", conversation=pair, sender=wei, shown=shown)
    refused(401, "signed_out", conversation=pair, sender=wei, shown=shown, key=key)


def test_a_batch_answers_each_for_itself_in_the_order_given(
    group: Conversation, pair: Conversation, wei: Member, zhao: Member
) -> None:
    answers = post_messages(
        [
            Post(group.pk, wei.pk, uuid4(), "一"),
            Post(pair.pk, zhao.pk, uuid4(), "not mine"),
            Post(group.pk, zhao.pk, uuid4(), "二"),
            Post(group.pk, wei.pk, uuid4(), " \n "),
            Post(pair.pk, wei.pk, uuid4(), "三"),
        ]
    )
    texts = [answer.text if isinstance(answer, Message) else answer.status for answer in answers]
    assert texts == ["一", 404, "二", 400, "三"]
    assert answers[2].seq == answers[0].seq + 1


def test_equal_keys_inside_a_batch_are_one_message(group: Conversation, wei: Member) -> None:
    key = uuid4()
    seq, _ = head_of(group.stream)
    first, again, other = post_messages([Post(group.pk, wei.pk, key, text) for text in ("早", "早", "晚")])
    assert isinstance(first, Message)
    assert again is first
    assert isinstance(other, Problem)
    assert other.status == 409
    assert head_of(group.stream)[0] == seq + 1


def test_no_posts_are_no_answers(db: None) -> None:
    assert post_messages([]) == []


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t \n", "\u3000"])
def test_nothing_is_no_message(group: Conversation, wei: Member, text: str) -> None:
    assert refused(400, "invalid", conversation=group, sender=wei, text=text).errors[0].field == "text"


def test_a_text_has_at_most_20000_characters_counted_as_people_do(group: Conversation, wei: Member) -> None:
    assert len(say(group, wei, "湖" * LONGEST).text) == LONGEST
    problem = refused(400, "invalid", conversation=group, sender=wei, text="湖" * (LONGEST + 1))
    assert problem.errors[0].field == "text"
    assert "20001" in problem.errors[0].message


@pytest.mark.parametrize(
    ("character", "named"),
    [("\x00", "U+0000"), ("\ud800", "U+D800"), ("\udfff", "U+DFFF"), ("\u202e", "U+202E"), ("\u2066", "U+2066")],
)
def test_characters_that_cannot_be_stored_or_that_lie_are_named(
    group: Conversation, wei: Member, character: str, named: str
) -> None:
    problem = refused(400, "bad_character", conversation=group, sender=wei, text=f"pay{character}ment")
    assert problem.errors[0].field == "text"
    assert named in problem.errors[0].message


def test_text_is_kept_composed_so_that_it_is_found_again(group: Conversation, wei: Member) -> None:
    decomposed = unicodedata.normalize("NFD", "Café 서울")
    key = uuid4()
    assert say(group, wei, decomposed, key).text == "Café 서울"
    assert say(group, wei, "Café 서울", key).text == "Café 서울"


def test_spaces_at_the_end_go_and_those_at_the_beginning_stay(group: Conversation, wei: Member) -> None:
    assert say(group, wei, "\n\n    code\n\n  ").text == "    code"


def test_what_is_brought_in_keeps_the_time_at_which_it_was_said(group: Conversation, wei: Member) -> None:
    then = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    message = post_message(conversation=group, sender=wei, key=uuid4(), text="早", at=then)
    assert Message.objects.get(pk=message.pk).posted_at == then


def test_posting_says_that_the_sender_has_seen_it_but_claims_nothing_as_read(
    group: Conversation, lin: Member, wei: Member
) -> None:
    say(group, lin)
    before = seat(group, wei).read_seq
    message = say(group, wei)
    assert seat(group, wei).seen_seq == message.seq
    assert seat(group, wei).read_seq == before
    assert (unread(group, wei), unread(group, lin)) == (0, 1)


def test_one_due_row_a_commit_follows(group: Conversation, pair: Conversation, wei: Member) -> None:
    DueRow.objects.all().delete()
    a, b, c = post_messages(
        [
            Post(group.pk, wei.pk, uuid4(), "一"),
            Post(pair.pk, wei.pk, uuid4(), "二"),
            Post(group.pk, wei.pk, uuid4(), "三"),
        ]
    )
    row = DueRow.objects.get()
    assert sorted(row.payload["spans"]) == sorted([[group.pk, a.seq, c.seq], [pair.pk, b.seq, b.seq]])
