from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.actions.participants import add_participants, remove_participant
from chat.actions.reading import MOST_RANGES, mark_unread, merged, move_seen, note_displayed
from chat.models import Conversation
from orgchart.models import Member
from tests.chat.talk import head_of, kinds_since, membership, say, say_many, seat, unread
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def evidence(conversation: Conversation, member: Member) -> tuple[int, list[list[int]]]:
    own = seat(conversation, member)
    return own.read_seq, own.read_ranges


# ── evidence ──


def test_what_was_displayed_is_evidence_up_to_there(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 5)
    _, version = head_of(wei.stream)
    note_displayed(conversation=pair, member=wei, ranges=[(1, 3)])
    assert evidence(pair, wei) == (3, [])
    assert kinds_since(wei.stream, version) == ["marker.moved"]


def test_a_jump_to_the_end_does_not_claim_what_was_skipped(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 9)
    note_displayed(conversation=pair, member=wei, ranges=[(8, 9)])
    assert evidence(pair, wei) == (0, [[8, 9]])
    note_displayed(conversation=pair, member=wei, ranges=[(1, 7)])
    assert evidence(pair, wei) == (9, [])


def test_evidence_is_not_the_badge(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 3)
    note_displayed(conversation=pair, member=wei, ranges=[(1, 3)])
    assert unread(pair, wei) == 3


def test_nobody_has_read_what_was_not_said_yet(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 2)
    note_displayed(conversation=pair, member=wei, ranges=[(1, 99)])
    note_displayed(conversation=pair, member=wei, ranges=[(50, 60)])
    assert evidence(pair, wei) == (2, [])


def test_the_same_evidence_again_is_no_change(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 2)
    note_displayed(conversation=pair, member=wei, ranges=[(1, 2)])
    before = head_of(wei.stream)
    note_displayed(conversation=pair, member=wei, ranges=[(2, 2), (1, 1)])
    assert head_of(wei.stream) == before


@pytest.mark.parametrize("backwards", [(3, 2), (0, 2), (-1, 2)])
def test_a_range_runs_forwards_from_one(pair: Conversation, wei: Member, backwards: tuple[int, int]) -> None:
    with pytest.raises(Problem) as caught:
        note_displayed(conversation=pair, member=wei, ranges=[backwards])
    assert (caught.value.status, caught.value.errors[0].field) == (400, "displayed")


def test_who_takes_no_part_reads_nothing(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    for action, arguments in (
        (note_displayed, {"ranges": [(1, 1)]}),
        (move_seen, {"seq": 1}),
        (mark_unread, {"seq": 1}),
    ):
        with pytest.raises(Problem) as caught:
            action(conversation=group, member=wei, **arguments)
        assert caught.value.status == 404


def test_a_newcomer_cannot_have_read_what_they_cannot_see(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    hidden = say_many(group, lin, 3)
    add_participants(conversation=group, members=[wei], by=lin)
    read_seq, ranges = evidence(group, wei)
    note_displayed(conversation=group, member=wei, ranges=[(hidden[0].seq, hidden[-1].seq)])
    assert evidence(group, wei) == (read_seq, ranges)


spans = st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda span: (span[0], span[0] + span[1]))


@given(st.lists(st.lists(spans, max_size=6), max_size=8), st.integers(0, 60))
def test_evidence_is_exactly_what_was_displayed(calls: list[list[tuple[int, int]]], head_seq: int) -> None:
    read_seq, ranges = 0, []
    displayed: set[int] = set()
    for call in calls:
        read_seq, ranges = merged(read_seq, ranges, call, head_seq=head_seq)
        displayed |= {seq for start, end in call for seq in range(start, end + 1) if seq <= head_seq}
        claimed = {*range(1, read_seq + 1), *(seq for start, end in ranges for seq in range(start, end + 1))}
        assert claimed == displayed
        edges = [read_seq, *(edge for span in ranges for edge in span)]
        assert edges == sorted(edges)
        assert all(before + 1 < after for before, after in zip(edges[::2], edges[1::2], strict=False))


@given(st.permutations([(1, 2), (4, 4), (6, 9), (3, 3), (12, 12)]))
def test_the_order_in_which_things_were_displayed_does_not_matter(order: list[tuple[int, int]]) -> None:
    read_seq, ranges = 0, []
    for span in order:
        read_seq, ranges = merged(read_seq, ranges, [span], head_seq=20)
    assert (read_seq, ranges) == (4, [[6, 9], [12, 12]])


def test_too_many_islands_forget_the_oldest_and_claim_too_little() -> None:
    every_other = [(seq, seq) for seq in range(3, 3 + 2 * (MOST_RANGES + 5), 2)]
    read_seq, ranges = merged(0, [], every_other, head_seq=10_000)
    assert read_seq == 0
    assert ranges == [[start, end] for start, end in every_other[-MOST_RANGES:]]


# ── the badge ──


def test_moving_to_the_end_clears_the_badge_and_claims_nothing(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 3)
    _, version = head_of(wei.stream)
    move_seen(conversation=pair, member=wei, seq=3)
    assert unread(pair, wei) == 0
    assert evidence(pair, wei) == (0, [])
    assert kinds_since(wei.stream, version) == ["marker.moved"]


def test_marking_unread_moves_it_back(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 5)
    move_seen(conversation=pair, member=wei, seq=5)
    _, version = head_of(wei.stream)
    mark_unread(conversation=pair, member=wei, seq=2)
    assert unread(pair, wei) == 3
    assert kinds_since(wei.stream, version) == ["marker.moved"]


def test_what_a_phone_says_late_does_not_move_it_back(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 5)
    move_seen(conversation=pair, member=wei, seq=5)
    before = head_of(wei.stream)
    move_seen(conversation=pair, member=wei, seq=2)
    assert unread(pair, wei) == 0
    assert head_of(wei.stream) == before


def test_it_stays_between_joining_and_the_end(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    say_many(group, lin, 3)
    add_participants(conversation=group, members=[wei], by=lin)
    last = say(group, lin).seq
    mark_unread(conversation=group, member=wei, seq=0)
    assert seat(group, wei).seen_seq == seat(group, wei).joined_seq - 1
    move_seen(conversation=group, member=wei, seq=10_000)
    assert seat(group, wei).seen_seq == last


def test_the_same_place_again_is_no_change(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 2)
    move_seen(conversation=pair, member=wei, seq=2)
    before = head_of(wei.stream)
    move_seen(conversation=pair, member=wei, seq=2)
    assert head_of(wei.stream) == before


def test_others_do_not_hear_of_it(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 2)
    before = head_of(pair.stream), head_of(lin.stream)
    move_seen(conversation=pair, member=wei, seq=2)
    note_displayed(conversation=pair, member=wei, ranges=[(1, 2)])
    assert (head_of(pair.stream), head_of(lin.stream)) == before


def test_the_membership_shows_both(pair: Conversation, lin: Member, wei: Member) -> None:
    say_many(pair, lin, 4)
    note_displayed(conversation=pair, member=wei, ranges=[(1, 1), (3, 4)])
    move_seen(conversation=pair, member=wei, seq=3)
    shown = membership(pair, wei)
    assert (shown["read_seq"], shown["read_ranges"], shown["seen_seq"], shown["unread"]) == (1, [[3, 4]], 3, 1)
