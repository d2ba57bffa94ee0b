"""What chat's tests do and look at all the time."""

from __future__ import annotations

from uuid import UUID, uuid4

from chat import serializers
from chat.actions.posting import post_message
from chat.models import Conversation, Message, Participant
from orgchart.models import Member
from realtime.models import Change, StreamHead
from realtime.streams import Stream


def say(conversation: Conversation, sender: Member, text: str = "早", key: UUID | None = None) -> Message:
    """Post one message."""
    return post_message(conversation=conversation, sender=sender, key=key or uuid4(), text=text)


def say_many(conversation: Conversation, sender: Member, count: int) -> list[Message]:
    """Post messages one after another: `1`, `2`, `3` …"""
    return [say(conversation, sender, str(number)) for number in range(1, count + 1)]


def head_of(stream: Stream) -> tuple[int, int]:
    """Where a stream stands: (seq, version)."""
    return StreamHead.objects.values_list("seq", "version").get(kind=stream.kind, object_id=stream.object_id)


def kinds_since(stream: Stream, version: int) -> list[str]:
    """What happened in a stream after a version, oldest first."""
    changes = Change.objects.filter(
        stream__kind=stream.kind, stream__object_id=stream.object_id, version__gt=version
    ).order_by("version")
    return list(changes.values_list("kind", flat=True))


def seat(conversation: Conversation, member: Member) -> Participant:
    """The member's row in the conversation, whether they take part now or not."""
    return Participant.objects.get(conversation=conversation, member=member)


def membership(conversation: Conversation, member: Member) -> dict[str, object]:
    """What the member's own stream shows of the conversation."""
    return serializers.membership(seat(conversation, member).pk)


def unread(conversation: Conversation, member: Member) -> object:
    """The member's badge."""
    return membership(conversation, member)["unread"]
