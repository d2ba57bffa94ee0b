"""Beginning a conversation, naming it, and deciding what newcomers see of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import changes, policies
from chat.actions.noting import note
from chat.actions.participants import MOST_PEOPLE, seat, seat_of
from chat.actions.posting import announce
from chat.actions.proving import prove
from chat.models import Conversation, Participant
from orgchart.models import Member
from realtime.gate import Pass
from realtime.streams import Heads, locked
from wire.problems import conflict, forbidden, invalid
from wire.text import accepted_name

LONGEST_NAME = 80
NAMED_BY = 3  # people whose names make the name of a group that got none


def start_direct(*, by: Member, other: Member, at: datetime | None = None, shown: Pass | None = None) -> Conversation:
    """The conversation of these two.

    There is one for each pair, whoever asks first and however often. Raises Problem 400 for oneself.
    """
    if by.pk == other.pk:
        raise invalid("members", _("Choose somebody else than yourself."))
    pair = "-".join(str(id) for id in sorted((by.pk, other.pk)))
    with locked(by.stream, other.stream) as heads:
        prove(shown)
        existing = Conversation.objects.filter(organization_id=by.organization_id, direct_key=pair).first()
        if existing is not None:
            return existing
        conversation = Conversation.objects.create(
            organization_id=by.organization_id,
            kind=Conversation.Kind.DIRECT,
            direct_key=pair,
            created_by=by,
            # A pair has one conversation whatever the key: it must not collide with a group that was made under the
            # same one.
            key=uuid5(NAMESPACE_OID, f"direct {pair}"),
            history_mode=Conversation.HistoryMode.ALL,
            created_at=at or timezone.now(),
        )
        _open(conversation, heads=heads, by=by, people=[by, other])
    return conversation


def create_group(
    *,
    by: Member,
    members: Sequence[Member],
    key: UUID,
    name: str = "",
    history_mode: str = Conversation.HistoryMode.JOIN,
    at: datetime | None = None,
    shown: Pass | None = None,
) -> Conversation:
    """A group of `by`, who owns it, and the members (2,000 at most). Without a name it is named by its first people.

    The same key again answers the same group. Raises Problem 400, or 409 if the key came before with other content.
    """
    name = _accepted(name) if name.strip() else ""
    others = list({member.pk: member for member in members if member.pk != by.pk}.values())
    if not others:
        raise invalid("members", _("Choose at least one person."))
    if len(others) >= MOST_PEOPLE:
        raise invalid("members", _("A group has at most %(most)s people.") % {"most": MOST_PEOPLE})
    fingerprint = _fingerprint(name, [member.pk for member in others], history_mode)
    with locked(by.stream, *[member.stream for member in others]) as heads:
        prove(shown)
        existing = Conversation.objects.filter(organization_id=by.organization_id, created_by=by, key=key).first()
        if existing is not None:
            if existing.fingerprint != fingerprint:
                raise conflict(_("This key was used for another conversation."), code="key_reused")
            return existing
        conversation = Conversation.objects.create(
            organization_id=by.organization_id,
            kind=Conversation.Kind.GROUP,
            name=name or _named_by([by, *others]),
            created_by=by,
            key=key,
            fingerprint=fingerprint,
            history_mode=history_mode,
            created_at=at or timezone.now(),
        )
        _open(conversation, heads=heads, by=by, people=[by, *others])
        note("conversation.created", conversation, by=by, people_count=len(others) + 1)
    return conversation


def _open(conversation: Conversation, *, heads: Heads, by: Member, people: Sequence[Member]) -> None:
    """Open the stream and seat everybody; a group's owner is who made it."""
    head = heads.open(conversation.stream, organization_id=conversation.organization_id)
    changes.conversation_created(head)
    participants = seat(conversation, head=head, heads=heads, members=people, at=conversation.created_at)
    if conversation.kind == Conversation.Kind.GROUP:
        Participant.objects.filter(pk=participants[0].pk).update(role=Participant.Role.OWNER)
        announce(
            "conversation.created",
            people[1:],
            head=head,
            conversation=conversation,
            by=by,
            at=conversation.created_at,
            name=conversation.name,
        )


def _accepted(name: str) -> str:
    name = accepted_name(name)
    if len(name) > LONGEST_NAME:
        raise invalid("name", _("A name has at most %(most)s characters.") % {"most": LONGEST_NAME})
    return name


def _fingerprint(name: str, member_ids: Sequence[int], history_mode: str) -> str:
    """Of the group as it was asked for: what it was renamed to since, or who left, makes no retry another group."""
    asked = [Conversation.Kind.GROUP, name, sorted(member_ids), history_mode]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]


def _named_by(people: Sequence[Member]) -> str:
    return "、".join(member.name for member in people[:NAMED_BY])[:LONGEST_NAME]


def rename(
    *, conversation: Conversation, by: Member, name: str, at: datetime | None = None, shown: Pass | None = None
) -> Conversation:
    """Give a group another name (1 to 80 characters). Raises Problem 400, 403, 404."""
    name = _accepted(name)
    with locked(conversation.stream) as heads:
        prove(shown)
        if not policies.can_rename(seat_of(conversation, by)):
            raise forbidden(_("Only the owner and administrators can rename this group."))
        conversation.refresh_from_db()
        if conversation.name != name:
            head = heads[conversation.stream]
            before, conversation.name = conversation.name, name
            conversation.save(update_fields=["name"])
            changes.conversation_renamed(head)
            announce("conversation.renamed", head=head, conversation=conversation, by=by, at=at, name=name)
            note("conversation.renamed", conversation, by=by, before=before, after=name)
    return conversation


def switch_history(
    *, conversation: Conversation, by: Member, history_mode: str, shown: Pass | None = None
) -> Conversation:
    """Show newcomers everything, or only what came after they joined.

    Everybody's cursor starts over. Raises Problem 403, 404.
    """
    with locked(conversation.stream) as heads:
        prove(shown)
        own = seat_of(conversation, by)
        if not policies.can_switch_history(own):
            raise forbidden(_("Only the owner decides what newcomers see."))
        conversation.refresh_from_db()
        if conversation.history_mode != history_mode:
            if history_mode == Conversation.HistoryMode.ALL and not policies.can_open_past(own):
                raise forbidden(_("Only an owner who has been here from the beginning can show the past."))
            head = heads[conversation.stream]
            conversation.history_mode = history_mode
            conversation.generation += 1
            conversation.save(update_fields=["history_mode", "generation"])
            changes.history_switched(head)
            announce("history.switched", head=head, conversation=conversation, by=by, history_mode=history_mode)
            note("conversation.history_switched", conversation, by=by, after=history_mode)
    return conversation
