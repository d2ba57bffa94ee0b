"""The chat page: a frame with what the browser needs to begin, the rest is the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from chat import history, serializers, store
from chat.models import Conversation
from orgchart.models import Member
from orgchart.pages import PageRequest, organization_page, render_page
from orgchart.serializers import brief
from realtime import reading
from realtime.cursors import Cursor
from realtime.registry import Sight
from realtime.streams import Stream
from wire.problems import Problem

FIRST_PAGE = 50
FIRST_MESSAGES = 60


@require_safe
@organization_page
def chat(request: PageRequest, me: Member, conversation_id: int | None = None) -> HttpResponse:
    """The list, and one conversation if the address names it."""
    conversation = None
    if conversation_id is not None:
        conversation = get_object_or_404(Conversation.objects.visible_to(me), pk=conversation_id)
    colleagues = Member.objects.active().filter(organization=me.organization_id).exclude(pk=me.pk)
    context = {
        "bootstrap": _bootstrap(me, conversation),
        "is_open": conversation is not None,
        "is_alone": not colleagues.exists(),
    }
    return render_page(request, "chat/page.html", me, "chat", context)


def _bootstrap(me: Member, conversation: Conversation | None) -> dict[str, Any]:
    # The cursors first: what changes while we read is then synced once more rather than missed.
    epoch = reading.epoch()
    heads = reading.heads([Stream("member", me.pk), Stream("organization", me.organization_id)])
    rows = store.conversation_rows(member_id=me.pk, after=None, limit=FIRST_PAGE + 1)
    shown = rows[:FIRST_PAGE]
    if conversation is not None and all(row["conversation_id"] != conversation.pk for row in shown):
        named = store.conversation_row(member_id=me.pk, conversation_id=conversation.pk)
        shown += [named] if named else []
    return {
        "me": {**brief(me.pk, me.name), "role": me.role},
        "organization": {"id": me.organization_id, "handle": me.organization.handle, "name": me.organization.name},
        "time_zone": me.user.time_zone or settings.TIME_ZONE,
        "epoch": epoch,
        "cursors": {str(stream): str(Cursor(epoch, Sight().generation, version)) for stream, version in heads.items()},
        "conversations": serializers.list_items(shown),
        "has_more": len(rows) > FIRST_PAGE,
        "conversation": conversation and conversation.pk,
        # What GET …/messages answers: the words stand there without another way to the server and back.
        "newest": conversation and _newest(conversation, me),
    }


def _newest(conversation: Conversation, me: Member) -> dict[str, Any] | None:
    try:
        return history.page(conversation, member=me, limit=FIRST_MESSAGES)
    except Problem:
        # Taken from us a moment ago: the browser asks again, and is told.
        return None
