from __future__ import annotations

import json
from typing import Any

import pytest

from chat import streams
from chat.actions.conversations import switch_history
from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import add_participants, remove_participant
from chat.actions.preferences import prefer
from chat.models import Conversation
from orgchart.models import Member
from realtime import failpoints
from realtime import sync as syncing
from realtime.cursors import Cursor
from realtime.models import Change, Installation, StreamHead
from realtime.streams import Stream
from tests.cast import newcomer
from tests.chat.talk import head_of, say, say_many
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def sync(stream: Stream, member: Member, cursor: str | None = None) -> dict[str, Any]:
    return json.loads(syncing.sync(stream, member_id=member.pk, cursor=Cursor.parse(cursor) if cursor else None))


def cursor_of(conversation: Conversation, member: Member) -> str:
    return sync(conversation.stream, member)["cursor"]


def seen(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and text of the messages in an answer."""
    return [(c["kind"], c["object"]["text"]) for c in answer["changes"] if c["object"]["type"] == "message"]


def is_missing(stream: Stream, member: Member, cursor: str | None = None) -> bool:
    with pytest.raises(Problem) as caught:
        sync(stream, member, cursor)
    return caught.value.status == 404


# ── going on ──


def test_what_happened_since_comes_in_version_order_as_it_is_now(pair: Conversation, lin: Member, wei: Member) -> None:
    cursor = cursor_of(pair, wei)
    first, second, third = say(pair, lin, "一"), say(pair, lin, "二"), say(pair, lin, "三")
    edit_message(conversation=pair, message_id=first.pk, by=lin, text="壹")
    recall_message(conversation=pair, message_id=second.pk, by=lin)
    answer = sync(pair.stream, wei, cursor)
    assert (answer["reset"], answer["more"]) == (False, False)
    assert seen(answer) == [("message.posted", "三"), ("message.edited", "壹"), ("message.recalled", "")]
    versions = [change["version"] for change in answer["changes"]]
    assert versions == sorted(versions)
    assert answer["cursor"].endswith(f"~{head_of(pair.stream)[1]}")
    assert third.version in versions


def test_at_the_head_there_is_nothing_to_say(pair: Conversation, wei: Member) -> None:
    cursor = cursor_of(pair, wei)
    answer = sync(pair.stream, wei, cursor)
    assert (answer["changes"], answer["cursor"], answer["reset"]) == ([], cursor, False)


def test_long_absences_come_in_pages_that_miss_nothing(
    pair: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "PAGE", 3)
    cursor = cursor_of(pair, wei)
    messages = say_many(pair, lin, 8)
    edit_message(conversation=pair, message_id=messages[0].pk, by=lin, text="changed")
    texts: dict[int, str] = {}
    pages = 0
    while True:
        answer = sync(pair.stream, wei, cursor)
        texts |= {c["object"]["id"]: c["object"]["text"] for c in answer["changes"]}
        cursor, pages = answer["cursor"], pages + 1
        if not answer["more"]:
            break
    assert pages == 3
    assert texts == {message.pk: "changed" if message is messages[0] else message.text for message in messages}


def test_a_member_follows_their_own_stream_and_nobody_else_s(pair: Conversation, lin: Member, wei: Member) -> None:
    cursor = sync(lin.stream, lin)["cursor"]
    prefer(conversation=pair, member=lin, is_muted=True)
    [change] = sync(lin.stream, lin, cursor)["changes"]
    assert (change["kind"], change["object"]["type"], change["object"]["is_muted"]) == (
        "membership.changed", "membership", True,
    )  # fmt: skip
    assert is_missing(lin.stream, wei)


def test_foreign_and_missing_streams_are_the_same(pair: Conversation, ben: Member, zhao: Member) -> None:
    for stream in (pair.stream, Stream("conversation", 2**40), pair.organization.stream, Stream("organization", 2**40)):
        assert is_missing(stream, ben)
    assert is_missing(pair.stream, zhao)


# ── starting over ──


def test_without_a_cursor_it_is_the_newest_window_at_the_head(
    pair: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "WINDOW", 3)
    say_many(pair, lin, 5)
    answer = sync(pair.stream, wei)
    assert answer["reset"]
    assert seen(answer) == [("snapshot", "3"), ("snapshot", "4"), ("snapshot", "5")]
    assert answer["changes"][0]["object"]["type"] == "conversation"
    assert answer["cursor"].endswith(f"~{head_of(pair.stream)[1]}")


def test_another_epoch_starts_over(pair: Conversation, lin: Member, wei: Member) -> None:
    cursor = cursor_of(pair, wei)
    Installation.objects.update_or_create(pk=1, defaults={"epoch": 2})
    say(pair, lin)
    answer = sync(pair.stream, wei, cursor)
    assert answer["reset"]
    assert answer["cursor"].startswith("2.")


def test_a_cursor_ahead_of_the_head_starts_over(pair: Conversation, wei: Member) -> None:
    cursor = Cursor.parse(cursor_of(pair, wei))
    ahead = str(cursor._replace(version=cursor.version + 1))
    assert sync(pair.stream, wei, ahead)["reset"]


def test_below_the_floor_of_what_is_kept_it_starts_over(pair: Conversation, lin: Member, wei: Member) -> None:
    cursor = Cursor.parse(cursor_of(pair, wei))
    say_many(pair, lin, 3)
    StreamHead.objects.filter(kind="conversation", object_id=pair.pk).update(floor=cursor.version + 1)
    assert sync(pair.stream, wei, str(cursor))["reset"]
    assert not sync(pair.stream, wei, str(cursor._replace(version=cursor.version + 1)))["reset"]


def test_a_history_switch_starts_everybody_over_and_rewrites_one_row(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    remove_participant(conversation=group, member=zhao, by=lin)
    say(group, lin, "while zhao was away")
    add_participants(conversation=group, members=[zhao], by=lin)
    cursors = {member: cursor_of(group, member) for member in (lin, wei, zhao)}
    switch_history(conversation=group, by=lin, history_mode="all")
    for member, cursor in cursors.items():
        answer = sync(group.stream, member, cursor)
        assert answer["reset"]
        assert ("snapshot", "while zhao was away") in seen(answer)


def test_who_comes_back_starts_over_and_others_do_not(group: Conversation, lin: Member, wei: Member) -> None:
    old, others = cursor_of(group, wei), cursor_of(group, lin)
    remove_participant(conversation=group, member=wei, by=lin)
    say(group, lin, "while wei was away")
    add_participants(conversation=group, members=[wei], by=lin)
    answer = sync(group.stream, wei, old)
    assert answer["reset"]
    assert ("snapshot", "while wei was away") not in seen(answer)
    assert not sync(group.stream, lin, others)["reset"]


def test_the_window_of_who_comes_back_reaches_over_the_time_away(
    group: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "WINDOW", 3)
    say(group, lin, "before")
    remove_participant(conversation=group, member=wei, by=lin)
    say_many(group, lin, 20)
    add_participants(conversation=group, members=[wei], by=lin)
    say(group, lin, "after")
    assert seen(sync(group.stream, wei)) == [("snapshot", "before"), ("snapshot", ""), ("snapshot", "after")]


# ── rights, at the moment of use ──


def test_a_forged_cursor_does_not_reach_back_before_joining(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    remove_participant(conversation=group, member=zhao, by=lin)
    late = newcomer(lin.organization)
    add_participants(conversation=group, members=[late], by=lin)
    own = Cursor.parse(cursor_of(group, late))
    answer = sync(group.stream, late, str(own._replace(version=0)))
    assert answer["reset"]
    assert [c for c in answer["changes"] if c["object"]["type"] == "participant"] == []
    joined = late.participations.get(conversation=group).joined_version
    assert not sync(group.stream, late, str(own._replace(version=joined - 1)))["reset"]


def test_who_was_removed_hears_nothing_with_or_without_a_cursor(group: Conversation, lin: Member, wei: Member) -> None:
    cursor = cursor_of(group, wei)
    remove_participant(conversation=group, member=wei, by=lin)
    assert is_missing(group.stream, wei, cursor)
    assert is_missing(group.stream, wei)


@pytest.mark.parametrize("has_cursor", [True, False])
def test_a_removal_while_the_answer_is_put_together_takes_it_back(
    group: Conversation, lin: Member, wei: Member, *, has_cursor: bool
) -> None:
    cursor = cursor_of(group, wei) if has_cursor else None
    say(group, lin, "secret")
    with failpoints.armed("content_read", lambda: remove_participant(conversation=group, member=wei, by=lin)):
        assert is_missing(group.stream, wei, cursor)


@pytest.mark.parametrize("has_cursor", [True, False])
def test_what_was_said_between_leaving_and_coming_back_stays_hidden_however_the_reads_fall(
    group: Conversation, lin: Member, wei: Member, *, has_cursor: bool
) -> None:
    """Between the first look at the rights and the reading of the content somebody goes and comes back."""
    cursor = cursor_of(group, wei) if has_cursor else None
    kind = syncing.registry.streams["conversation"]
    read = kind.followers
    turns = iter([True])

    def followers(*arguments: Any) -> Any:
        sights = read(*arguments)
        if next(turns, False):
            remove_participant(conversation=group, member=wei, by=lin)
            say(group, lin, "while wei was away")
            add_participants(conversation=group, members=[wei], by=lin)
        return sights

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "followers", followers)
        answer = sync(group.stream, wei, cursor)
    assert "while wei was away" not in [text for _kind, text in seen(answer)]


def test_what_is_cleared_away_while_the_answer_is_put_together_is_not_skipped(
    pair: Conversation, lin: Member, wei: Member
) -> None:
    cursor = cursor_of(pair, wei)
    say_many(pair, lin, 3)
    version = head_of(pair.stream)[1]

    def clear() -> None:
        Change.objects.filter(stream__kind="conversation", stream__object_id=pair.pk, version__lt=version).delete()
        StreamHead.objects.filter(kind="conversation", object_id=pair.pk).update(floor=version - 1)

    stands = syncing.reading.stands
    turns = iter([True])

    def cleared_after(*arguments: Any) -> Any:
        found = stands(*arguments)
        if next(turns, False):
            clear()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(syncing.reading, "stands", cleared_after)
        answer = sync(pair.stream, wei, cursor)
    assert (answer["reset"], [text for _kind, text in seen(answer)]) == (True, ["1", "2", "3"])


def test_changes_carry_no_content(pair: Conversation, lin: Member) -> None:
    say(pair, lin, "words")
    assert {field.name for field in Change._meta.get_fields()} == {
        "pk",
        "stream",
        "version",
        "kind",
        "object_id",
        "created_at",
    }
