"""The chat page: a frame with what the browser needs to begin, the rest is the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from chat import serializers, store
from chat.models import Conversation
from orgchart.models import Member
from orgchart.pages import PageRequest, organization_page, render_page
from orgchart.serializers import brief
from realtime import reading
from realtime.cursors import Cursor
from realtime.registry import Sight
from realtime.streams import Stream

FIRST_PAGE = 50


@require_safe
@organization_page
def chat(request: PageRequest, me: Member, conversation_id: int | None = None) -> HttpResponse:
    """The list, and one conversation if the address names it."""
    if conversation_id is not None and not Conversation.objects.visible_to(me).filter(pk=conversation_id).exists():
        raise Http404
    colleagues = Member.objects.active().filter(organization=me.organization_id).exclude(pk=me.pk)
    context = {
        "bootstrap": _bootstrap(me, conversation_id),
        "is_open": conversation_id is not None,
        "is_alone": not colleagues.exists(),
    }
    return render_page(request, "chat/page.html", me, "chat", context)


def _bootstrap(me: Member, conversation_id: int | None) -> dict[str, Any]:
    # The cursors first: what changes while we read is then synced once more rather than missed.
    epoch = reading.epoch()
    heads = reading.heads([Stream("member", me.pk), Stream("organization", me.organization_id)])
    rows = store.conversation_rows(member_id=me.pk, after=None, limit=FIRST_PAGE + 1)
    shown = rows[:FIRST_PAGE]
    if conversation_id is not None and all(row["conversation_id"] != conversation_id for row in shown):
        named = store.conversation_row(member_id=me.pk, conversation_id=conversation_id)
        shown += [named] if named else []
    return {
        "me": {**brief(me.pk, me.name), "role": me.role},
        "organization": {"id": me.organization_id, "handle": me.organization.handle, "name": me.organization.name},
        "time_zone": me.user.time_zone or settings.TIME_ZONE,
        "epoch": epoch,
        "cursors": {str(stream): str(Cursor(epoch, Sight().generation, version)) for stream, version in heads.items()},
        "conversations": serializers.list_items(shown),
        "has_more": len(rows) > FIRST_PAGE,
        "conversation": conversation_id,
    }
