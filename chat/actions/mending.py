"""Editing and recalling what was said. The message keeps its number and takes a new version."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import changes, markup, policies
from chat.actions.noting import note
from chat.actions.posting import words
from chat.actions.proving import prove
from chat.models import Conversation, Message, Participant
from orgchart.models import Member
from realtime.gate import Pass
from realtime.streams import locked
from wire.problems import conflict, forbidden, missing


def edit_message(
    *,
    conversation: Conversation,
    message_id: int,
    by: Member,
    text: str,
    at: datetime | None = None,
    shown: Pass | None = None,
) -> Message:
    """Put other words into one's own message, within a day. Raises Problem 400, 403, 404, or 409 if it was recalled."""
    text = words(text)
    html = markup.render(text)
    with locked(conversation.stream) as heads:
        prove(shown)
        participant, message = _seat_and_message(conversation, message_id, by)
        if message.recalled_at is not None:
            raise conflict(_("This message was recalled."), code="recalled")
        if not policies.can_edit(participant, message, at):
            raise forbidden(_("You can edit your own messages within 24 hours."))
        if message.text != text:
            message.text, message.html, message.edited_at = text, html, at or timezone.now()
            message.version = changes.message_edited(heads[conversation.stream], message_id=message.pk)
            message.save(update_fields=["text", "html", "edited_at", "version"])
    return message


def recall_message(
    *, conversation: Conversation, message_id: int, by: Member, at: datetime | None = None, shown: Pass | None = None
) -> Message:
    """Take a message back.

    Its words are gone for everybody. Recalling it again changes nothing. Raises Problem 403, 404.
    """
    with locked(conversation.stream) as heads:
        prove(shown)
        participant, message = _seat_and_message(conversation, message_id, by)
        if message.recalled_at is None:
            if not policies.can_recall(participant, message, at):
                raise forbidden(_("You can recall your own messages within 24 hours."))
            message.text, message.html = "", ""
            message.recalled_at, message.recalled_by = at or timezone.now(), by
            message.version = changes.message_recalled(heads[conversation.stream], message_id=message.pk)
            message.save(update_fields=["text", "html", "recalled_at", "recalled_by", "version"])
            if message.sender_id != by.pk:
                note("message.recalled", message, by=by, conversation=conversation.pk, sender=message.sender_id)
    return message


def _seat_and_message(conversation: Conversation, message_id: int, by: Member) -> tuple[Participant, Message]:
    participant = (
        Participant.objects.active().select_related("conversation").filter(conversation=conversation, member=by).first()
    )
    message = Message.objects.visible_to(by).filter(conversation=conversation, pk=message_id).first()
    if participant is None or message is None:
        raise missing()
    return participant, message
