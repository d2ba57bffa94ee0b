"""History both ways, from any place.

A page says at which version it was read, so that a change which overtook it is not undone on screen.
"""

from __future__ import annotations

from typing import Any

from chat import serializers
from chat.models import Conversation, Message
from orgchart.models import Member
from realtime import reading
from realtime.cursors import Cursor
from realtime.models import StreamHead
from realtime.registry import registry
from wire.problems import missing


def page(
    conversation: Conversation,
    *,
    member: Member,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
) -> dict[str, Any]:
    """{messages (ascending), cursor, has_before, has_after}: up to `limit` messages next to a number, or the newest."""
    # The version first: what changes while we read is newer than the page says, and is synced again rather than missed.
    version = StreamHead.objects.values_list("version", flat=True).get(kind="conversation", object_id=conversation.pk)
    epoch = reading.epoch()
    visible = Message.objects.visible_to(member).filter(conversation=conversation)
    if around is not None:
        older = list(visible.filter(seq__lt=around).order_by("-seq")[: limit // 2 + 1])
        newer = list(visible.filter(seq__gte=around).order_by("seq")[: limit - limit // 2 + 1])
        has_before, has_after = len(older) > limit // 2, len(newer) > limit - limit // 2
        rows = [*reversed(older[: limit // 2]), *newer[: limit - limit // 2]]
    elif after is not None:
        newer = list(visible.filter(seq__gt=after).order_by("seq")[: limit + 1])
        rows, has_after = newer[:limit], len(newer) > limit
        has_before = visible.filter(seq__lte=after).exists()
    else:
        older = list((visible.filter(seq__lt=before) if before is not None else visible).order_by("-seq")[: limit + 1])
        rows, has_before = older[:limit][::-1], len(older) > limit
        has_after = before is not None and visible.filter(seq__gte=before).exists()
    messages = serializers.messages(rows)
    # After the content: whoever was removed while we read gets nothing of it.
    sight = (
        registry.streams["conversation"]
        .followers([conversation.pk], [member.pk])
        .get(conversation.pk, {})
        .get(member.pk)
    )
    if sight is None:
        raise missing()
    return {
        "messages": [message for message in messages if sight.sees(message["seq"])],
        "cursor": str(Cursor(epoch, sight.generation, version)),
        "has_before": has_before,
        "has_after": has_after,
    }
