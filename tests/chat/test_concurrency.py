"""What several people do at the same moment, on PostgreSQL. (SQLite lets one writer in at a time.)"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from chat.actions.conversations import create_group, rename, start_direct
from chat.actions.mending import recall_message
from chat.actions.participants import add_participants, give_role, remove_participant
from chat.actions.posting import Post, post_message, post_messages
from chat.actions.preferences import prefer
from chat.actions.reading import mark_unread, move_seen, note_displayed
from chat.models import Conversation, Message
from orgchart.models import Member
from realtime import failpoints
from realtime.models import Change
from tests.cast import newcomer
from tests.chat.talk import head_of, say
from tests.threads import together
from wire.problems import Problem

pytestmark = pytest.mark.django_db(transaction=True)


def assert_gapless(conversation: Conversation) -> None:
    """Numbers are contiguous, versions unique and contiguous, and the head stands at the last of each."""
    seq, version = head_of(conversation.stream)
    seqs = Message.objects.filter(conversation=conversation).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, seq + 1))
    changes = Change.objects.filter(stream__kind="conversation", stream__object_id=conversation.pk).order_by("version")
    assert list(changes.values_list("version", flat=True)) == list(range(1, version + 1))


class Rollback(Exception):
    """The machine failed in the last moment."""


def test_eight_writers_of_whom_one_in_ten_rolls_back_leave_no_hole(group: Conversation, lin: Member) -> None:
    luck = random.Random(8)

    def fail_sometimes() -> None:
        if luck.random() < 0.1:
            raise Rollback

    def write() -> int:
        stored = 0
        for number in range(25):
            with suppress(Rollback):
                say(group, lin, f"{number}")
                stored += 1
        return stored

    before, _ = head_of(group.stream)
    with failpoints.armed("before_commit", fail_sometimes):
        stored = sum(together(*[write] * 8))
    assert 0 < stored < 200
    assert head_of(group.stream)[0] == before + stored
    assert_gapless(group)


@pytest.mark.parametrize(("keys", "retries"), [(10, 8), pytest.param(50, 24, marks=pytest.mark.slow)])
def test_parallel_retries_of_a_key_are_one_message_and_burn_no_number(
    group: Conversation, lin: Member, keys: int, retries: int
) -> None:
    chosen = [uuid4() for _ in range(keys)]

    def retry_all(seed: int) -> dict[UUID, int]:
        order = random.Random(seed).sample(chosen, keys)
        return {key: say(group, lin, f"text of {key}", key).seq for key in order}

    before, _ = head_of(group.stream)
    answers = together(*[lambda seed=seed: retry_all(seed) for seed in range(retries)])
    assert all(answer == answers[0] for answer in answers)
    assert sorted(answers[0].values()) == list(range(before + 1, before + 1 + keys))
    assert_gapless(group)


def test_one_key_in_two_conversations_at_once_is_one_message(
    group: Conversation, pair: Conversation, lin: Member
) -> None:
    """Their locks are two, so only the constraint sees both."""
    for _ in range(10):
        key = uuid4()

        def post(conversation: Conversation, key: UUID = key) -> int:
            try:
                return post_message(conversation=conversation, sender=lin, key=key, text="早").conversation_id
            except Problem as problem:
                return problem.status

        answers = together(lambda: post(group), lambda: post(pair))
        assert sorted(answers) in ([pair.pk, 409], [group.pk, 409])
        assert Message.objects.filter(key=key).count() == 1
    assert_gapless(group)
    assert_gapless(pair)


def race(group: Conversation, lin: Member, wei: Member, *, times: int) -> int:
    """wei posts while lin removes them. In how many of the races was the message stored after the removal?"""
    slipped_in = 0
    for number in range(times):
        meeting = threading.Barrier(2)

        def post(number: int = number) -> Message | None:
            with suppress(Problem):
                return say(group, wei, f"{number}")
            return None

        def remove(meeting: threading.Barrier = meeting) -> int:
            meeting.wait()
            remove_participant(conversation=group, member=wei, by=lin)
            return Message.objects.filter(conversation=group, event__kind="participant.removed").latest("seq").seq

        with failpoints.armed("before_lock", meeting.wait):
            message, removal = together(post, remove)
        if message is not None and message.seq > removal:
            slipped_in += 1
        add_participants(conversation=group, members=[wei], by=lin)
    return slipped_in


@pytest.mark.parametrize("times", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_no_race_stores_a_removed_participant_s_message(
    group: Conversation, lin: Member, wei: Member, times: int
) -> None:
    assert race(group, lin, wei, times=times) == 0
    assert_gapless(group)


def test_looking_before_the_lock_would_let_some_slip_in(group: Conversation, lin: Member, wei: Member) -> None:
    with failpoints.armed("check_then_lock"):
        assert race(group, lin, wei, times=30) > 0


def test_both_begin_their_direct_conversation_at_once(lin: Member) -> None:
    for _ in range(5):
        other = newcomer(lin.organization)
        acts = [lambda other=other: start_direct(by=lin, other=other)] * 3
        acts += [lambda other=other: start_direct(by=other, other=lin)] * 3
        assert len({conversation.pk for conversation in together(*acts)}) == 1


def test_a_group_begun_twice_at_once_is_one(lin: Member, wei: Member) -> None:
    for _ in range(5):
        key = uuid4()
        acts = [lambda key=key: create_group(by=lin, members=[wei], key=key, name="设计周会")] * 4
        assert len({group.pk for group in together(*acts)}) == 1


def test_two_who_remove_each_other_at_once_leave_one(group: Conversation, lin: Member, wei: Member) -> None:
    """Whoever comes second is not there any more to do it."""
    zhao = group.participants.exclude(member__in=[lin, wei]).get().member
    give_role(conversation=group, member=wei, role="owner", by=lin)

    def attempt(member: Member, by: Member) -> int:
        try:
            remove_participant(conversation=group, member=member, by=by)
        except Problem as problem:
            return problem.status
        return 204

    answers = together(lambda: attempt(lin, wei), lambda: attempt(wei, lin), lambda: attempt(zhao, lin))
    assert answers[0] == 204 or answers[1] == 204
    assert group.participants.active().filter(role="owner").count() == 1
    assert_gapless(group)


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_mixed_writers_never_end_in_a_deadlock(
    group: Conversation,
    open_group: Conversation,
    pair: Conversation,
    lin: Member,
    wei: Member,
    zhao: Member,
    seconds: int,
) -> None:
    """A deadlock would be raised by PostgreSQL as an error, and by `together` here. Refusals are part of the game."""
    people = [lin, wei, zhao, *(newcomer(lin.organization) for _ in range(5))]
    rooms = [group, open_group]
    until = time.monotonic() + seconds

    def acts(luck: random.Random) -> list[Callable[[], object]]:
        room, by, other = luck.choice(rooms), luck.choice(people), luck.choice(people)
        several = luck.sample(people, 4)
        return [
            lambda: say(room, by),
            lambda: post_messages([Post(r.pk, by.pk, uuid4(), "早") for r in luck.sample([*rooms, pair], 3)]),
            lambda: add_participants(conversation=room, members=several, by=by),
            lambda: remove_participant(conversation=room, member=other, by=by),
            lambda: rename(conversation=room, by=by, name=f"{luck.random()}"),
            lambda: give_role(conversation=room, member=other, role=luck.choice(["admin", "member", "owner"]), by=by),
            lambda: note_displayed(conversation=room, member=by, ranges=[(1, luck.randint(1, 50))]),
            lambda: move_seen(conversation=room, member=by, seq=luck.randint(0, 50)),
            lambda: mark_unread(conversation=room, member=by, seq=luck.randint(0, 50)),
            lambda: prefer(conversation=room, member=by, is_pinned=luck.random() < 0.5),
            lambda: create_group(by=by, members=several, key=uuid4()),
            lambda: start_direct(by=by, other=other),
            lambda: recall_message(conversation=room, message_id=say(room, by).pk, by=by),
        ]

    def work(seed: int) -> int:
        luck = random.Random(seed)
        done = 0
        while time.monotonic() < until:
            with suppress(Problem):
                luck.choice(acts(luck))()
                done += 1
        return done

    done = together(*[lambda seed=seed: work(seed) for seed in range(8)], patience=seconds + 60)
    assert all(done)
    for conversation in (*rooms, pair):
        assert_gapless(conversation)
