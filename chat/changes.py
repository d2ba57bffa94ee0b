"""What chat tells the world: one function a kind of change.

Each answers the version that the changed object takes; objects that are made in sets bring theirs.
"""

from __future__ import annotations

from realtime.streams import Head

# After this everybody's sight of the conversation may be another; clients start over.
RESETTING = frozenset({"conversation.history_switched"})


def message_posted(head: Head, *, message_id: int, version: int) -> None:
    head.note("message.posted", version, message_id)


def message_edited(head: Head, *, message_id: int) -> int:
    return head.change("message.edited", message_id)


def message_recalled(head: Head, *, message_id: int) -> int:
    return head.change("message.recalled", message_id)


def conversation_created(head: Head) -> int:
    return head.change("conversation.created", head.stream.object_id)


def conversation_renamed(head: Head) -> int:
    return head.change("conversation.renamed", head.stream.object_id)


def history_switched(head: Head) -> int:
    return head.change("conversation.history_switched", head.stream.object_id)


def people_changed(head: Head) -> int:
    """The conversation itself looks different: another count of people, another owner."""
    return head.change("conversation.people_changed", head.stream.object_id)


def participant_added(head: Head, *, participant_id: int, version: int) -> None:
    head.note("participant.added", version, participant_id)


def participant_removed(head: Head, *, participant_id: int) -> int:
    return head.change("participant.removed", participant_id)


def role_changed(head: Head, *, participant_id: int) -> int:
    return head.change("participant.role_changed", participant_id)


def membership_started(own_head: Head, *, participant_id: int, version: int) -> None:
    """On the member's own stream, as the next three: a conversation is theirs now."""
    own_head.note("membership.started", version, participant_id)


def membership_ended(own_head: Head, *, participant_id: int) -> int:
    return own_head.change("membership.ended", participant_id)


def membership_changed(own_head: Head, *, participant_id: int) -> int:
    return own_head.change("membership.changed", participant_id)


def marker_moved(own_head: Head, *, participant_id: int) -> int:
    return own_head.change("marker.moved", participant_id)
