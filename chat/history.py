"""History both ways, from any place.

A page says at which version it was read, so that a change which overtook it is not undone on screen.
"""

from __future__ import annotations

from typing import Any

from chat import serializers
from chat.models import Conversation, Message
from orgchart.models import Member
from realtime import failpoints, reading
from realtime.cursors import Cursor
from realtime.models import StreamHead
from realtime.registry import Sight, registry
from wire.problems import Problem, missing

LAST = 2**63 - 1  # behind every message
TRIES = 5


def page(
    conversation: Conversation,
    *,
    member: Member,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
) -> dict[str, Any]:
    """{messages (ascending), cursor, has_before, has_after}: up to `limit` messages next to a number, or the newest.

    Raises Problem 404 for who takes no part.
    """
    sight = _sight(conversation, member)
    for _try in range(TRIES):
        # The version first: what changes while we read is newer than the page says, and is synced again rather than
        # missed.
        heads = StreamHead.objects.values_list("version", flat=True)
        version = heads.get(kind="conversation", object_id=conversation.pk)
        epoch = reading.epoch()
        rows, has_before, has_after = _rows(conversation, sight, limit, before=before, after=after, around=around)
        messages = serializers.messages(rows)
        failpoints.reach("page_read")
        # After the content: whoever was removed while we read gets nothing of it, and nobody gets one sight's messages
        # under another one's cursor.
        seen_with, sight = sight, _sight(conversation, member)
        if sight == seen_with:
            return {
                "messages": messages,
                "cursor": str(Cursor(epoch, sight.generation, version)),
                "has_before": has_before,
                "has_after": has_after,
            }
    raise Problem(503, "unavailable", retry_after=1)


def _part(
    conversation_id: int, sight: Sight, limit: int, *, first: int = 0, last: int = LAST, is_backwards: bool = False
) -> list[Message]:
    """Up to `limit` of the messages that this sight shows between two numbers, both included, from either end."""
    found: list[Message] = []
    pieces = sight.part_of(first, last)
    # Piece by piece and by number, so that the index is read no further than needed.
    for start, end in reversed(pieces) if is_backwards else pieces:
        piece = Message.objects.filter(conversation_id=conversation_id, seq__range=(start, end))
        found += piece.order_by("-seq" if is_backwards else "seq")[: limit - len(found)]
        if len(found) == limit:
            break
    return found


def _rows(
    conversation: Conversation, sight: Sight, limit: int, *, before: int | None, after: int | None, around: int | None
) -> tuple[list[Message], bool, bool]:
    """The messages ascending, and whether there are more before and after them."""
    if around is not None:
        behind = limit - limit // 2
        older = _part(conversation.pk, sight, limit // 2 + 1, last=around - 1, is_backwards=True)
        newer = _part(conversation.pk, sight, behind + 1, first=around)
        return [*reversed(older[: limit // 2]), *newer[:behind]], len(older) > limit // 2, len(newer) > behind
    if after is not None:
        newer = _part(conversation.pk, sight, limit + 1, first=after + 1)
        return newer[:limit], bool(_part(conversation.pk, sight, 1, last=after)), len(newer) > limit
    last = LAST if before is None else before - 1
    older = _part(conversation.pk, sight, limit + 1, last=last, is_backwards=True)
    return older[:limit][::-1], len(older) > limit, bool(_part(conversation.pk, sight, 1, first=last + 1))


def _sight(conversation: Conversation, member: Member) -> Sight:
    sights = registry.streams["conversation"].followers([conversation.pk], [member.pk])
    sight = sights.get(conversation.pk, {}).get(member.pk)
    if sight is None:
        raise missing()
    return sight
