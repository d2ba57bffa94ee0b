"""How a conversation stands in one's own list: muted, pinned."""

from __future__ import annotations

from chat import changes
from chat.actions.participants import seat_of
from chat.actions.proving import prove
from chat.models import Conversation, Participant
from orgchart.models import Member
from realtime.gate import Pass
from realtime.streams import locked


def prefer(
    *,
    conversation: Conversation,
    member: Member,
    is_muted: bool | None = None,
    is_pinned: bool | None = None,
    shown: Pass | None = None,
) -> Participant:
    """Mute or pin; None leaves as it is. Raises Problem 404."""
    with locked(member.stream) as heads:
        prove(shown)
        participant = seat_of(conversation, member)
        before = (participant.is_muted, participant.is_pinned)
        participant.is_muted = participant.is_muted if is_muted is None else is_muted
        participant.is_pinned = participant.is_pinned if is_pinned is None else is_pinned
        if (participant.is_muted, participant.is_pinned) != before:
            participant.own_version = changes.membership_changed(heads[member.stream], participant_id=participant.pk)
            participant.save(update_fields=["is_muted", "is_pinned", "own_version"])
    return participant
