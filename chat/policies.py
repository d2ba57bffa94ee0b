"""May this participant do that? Pure questions: actions ask them after the lock, pages to hide buttons."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from chat.models import Conversation, Message, Participant

MENDABLE_FOR = timedelta(hours=24)


def can_manage(participant: Participant) -> bool:
    """Owner or administrator of a group."""
    return (
        participant.is_active
        and participant.conversation.kind == Conversation.Kind.GROUP
        and participant.role in {"owner", "admin"}
    )


def can_rename(participant: Participant) -> bool:
    return can_manage(participant)


def can_add(participant: Participant) -> bool:
    """Anybody in a group may bring others in; they will see what the history mode shows them."""
    return participant.is_active and participant.conversation.kind == Conversation.Kind.GROUP


def can_remove(participant: Participant, other: Participant) -> bool:
    """The owner everybody, administrators those without a role. Oneself leaves instead."""
    if not can_manage(participant) or participant.pk == other.pk:
        return False
    return participant.role == "owner" or other.role == "member"


def can_leave(participant: Participant) -> bool:
    return participant.is_active and participant.conversation.kind == Conversation.Kind.GROUP


def can_give_role(participant: Participant) -> bool:
    return can_manage(participant) and participant.role == "owner"


def can_switch_history(participant: Participant) -> bool:
    return can_give_role(participant)


def can_open_past(participant: Participant) -> bool:
    """Show what was said before people joined: only an owner from the first message on; an heir may not open it to themselves."""
    return can_switch_history(participant) and participant.stays.filter(from_seq=1).exists()


def can_edit(participant: Participant, message: Message, at: datetime | None = None) -> bool:
    """One's own words, within a day, unless they were taken back. `at` is the moment in question; None means now."""
    return (
        participant.is_active
        and _is_own(participant, message)
        and _is_fresh(message, at)
        and message.recalled_at is None
    )


def can_recall(participant: Participant, message: Message, at: datetime | None = None) -> bool:
    """One's own within a day; who looks after a group, any time. `at` as above."""
    if not participant.is_active or message.kind != Message.Kind.TEXT:
        return False
    return (_is_own(participant, message) and _is_fresh(message, at)) or can_manage(participant)


def _is_own(participant: Participant, message: Message) -> bool:
    return message.kind == Message.Kind.TEXT and message.sender_id == participant.member_id


def _is_fresh(message: Message, at: datetime | None) -> bool:
    return (at or timezone.now()) - message.posted_at < MENDABLE_FOR
