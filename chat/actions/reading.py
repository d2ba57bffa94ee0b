"""What somebody has read (evidence) and what they have seen (badge).

Two things: posting or jumping to the end claims nothing as read.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from chat import changes
from chat.actions.participants import seat_of
from chat.actions.proving import prove
from chat.models import Conversation, Participant
from orgchart.models import Member
from realtime.gate import Pass
from realtime.models import StreamHead
from realtime.registry import registry
from realtime.streams import locked
from wire.problems import invalid, missing

MOST_RANGES = 64


def note_displayed(
    *, conversation: Conversation, member: Member, ranges: Sequence[tuple[int, int]], shown: Pass | None = None
) -> Participant:
    """These message numbers (from, to, both included) were really displayed.

    Numbers beyond the head and messages that the member doesn't see claim nothing.
    Raises Problem 400 for ranges that run backwards, 404 for who takes no part.
    """
    if any(start < 1 or end < start for start, end in ranges):
        raise invalid("displayed", _("Each range is [from, to] with 1 ≤ from ≤ to."))
    with locked(member.stream) as heads:
        prove(shown)
        participant = seat_of(conversation, member)
        head_seq = StreamHead.objects.values_list("seq", flat=True).get(kind="conversation", object_id=conversation.pk)
        sights = registry.streams["conversation"].followers([conversation.pk], [member.pk]).get(conversation.pk, {})
        if (sight := sights.get(member.pk)) is None:
            raise missing()
        seen = [piece for start, end in ranges for piece in sight.part_of(start, end)]
        read_seq, read_ranges = merged(participant.read_seq, participant.read_ranges, seen, head_seq=head_seq)
        if (read_seq, read_ranges) != (participant.read_seq, participant.read_ranges):
            participant.read_seq, participant.read_ranges = read_seq, read_ranges
            participant.own_version = changes.marker_moved(heads[member.stream], participant_id=participant.pk)
            participant.save(update_fields=["read_seq", "read_ranges", "own_version"])
    return participant


def merged(
    read_seq: int, known: Sequence[Sequence[int]], displayed: Sequence[tuple[int, int]], *, head_seq: int
) -> tuple[int, list[list[int]]]:
    """The evidence with these ranges added: everything up to the answered number, and the ranges further down, apart and ascending.

    Evidence only grows. Beyond `MOST_RANGES` islands the oldest are forgotten: too little is claimed rather than too
    much.
    """
    pieces = sorted(
        [
            *((start, end) for start, end in known),
            *((start, min(end, head_seq)) for start, end in displayed if start <= head_seq),
        ]
    )
    islands: list[list[int]] = []
    for start, end in pieces:
        if start <= read_seq + 1:
            read_seq = max(read_seq, end)
        elif islands and start <= islands[-1][1] + 1:
            islands[-1][1] = max(islands[-1][1], end)
        else:
            islands.append([start, end])
    return read_seq, islands[-MOST_RANGES:]


def move_seen(*, conversation: Conversation, member: Member, seq: int, shown: Pass | None = None) -> Participant:
    """Everything up to `seq` was seen: the badge moves there, never back. Raises Problem 404.

    A phone may say so late, when another screen was further already.
    """
    return _place_badge(conversation, member, seq, shown, may_lower=False)


def mark_unread(*, conversation: Conversation, member: Member, seq: int, shown: Pass | None = None) -> Participant:
    """What stands after `seq` is unread: the badge stands there, wherever it was. Raises Problem 404."""
    return _place_badge(conversation, member, seq, shown, may_lower=True)


def _place_badge(
    conversation: Conversation, member: Member, seq: int, shown: Pass | None, *, may_lower: bool
) -> Participant:
    with locked(member.stream) as heads:
        prove(shown)
        participant = seat_of(conversation, member)
        head_seq = StreamHead.objects.values_list("seq", flat=True).get(kind="conversation", object_id=conversation.pk)
        seq = max(participant.joined_seq - 1, min(seq, head_seq))
        if seq > participant.seen_seq or (may_lower and seq < participant.seen_seq):
            participant.seen_seq = seq
            participant.own_version = changes.marker_moved(heads[member.stream], participant_id=participant.pk)
            participant.save(update_fields=["seen_seq", "own_version"])
    return participant
