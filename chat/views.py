"""The chat page: a frame with what the browser needs to begin, the rest is the API."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from chat import serializers, store
from chat.models import Conversation
from orgchart.models import Member
from orgchart.pages import organization_page, render_page
from orgchart.serializers import brief

FIRST_PAGE = 50


@organization_page
def chat(request: HttpRequest, me: Member, conversation_id: int | None = None) -> HttpResponse:
    """The list, and one conversation if the address names it."""
    if conversation_id is not None and not Conversation.objects.visible_to(me).filter(pk=conversation_id).exists():
        raise Http404
    rows = store.conversation_rows(member_id=me.pk, after=None, limit=FIRST_PAGE)
    bootstrap = {
        "me": {**brief(me.pk, me.name), "role": me.role},
        "organization": {"id": me.organization_id, "handle": me.organization.handle, "name": me.organization.name},
        "conversations": serializers.list_items(rows),
        "conversation": conversation_id,
    }
    return render_page(
        request, "chat/page.html", me, "chat", {"bootstrap": bootstrap, "is_open": conversation_id is not None}
    )
