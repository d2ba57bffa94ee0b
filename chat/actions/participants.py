"""Who takes part: adding, removing, leaving, roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import changes, policies
from chat.actions.noting import note
from chat.actions.posting import announce
from chat.actions.proving import prove
from chat.models import Conversation, Participant, Stay
from orgchart.models import Member
from realtime.gate import Pass
from realtime.streams import Head, Heads, locked
from wire.problems import forbidden, invalid, missing

MOST_PEOPLE = 2_000


def seat_of(conversation: Conversation, member: Member) -> Participant:
    """The member's present participation. Raises Problem 404 if there is none. Ask after the lock."""
    participant = (
        Participant.objects.active()
        .select_related("conversation")
        .filter(conversation=conversation, member=member)
        .first()
    )
    if participant is None:
        raise missing()
    return participant


def seat(
    conversation: Conversation, *, head: Head, heads: Heads, members: Sequence[Member], at: datetime | None = None
) -> list[Participant]:
    """Let these members take part from the next message on.

    Who was there before comes back with a new stay. Set-based.
    """
    now = at or timezone.now()
    before = {p.member_id: p for p in Participant.objects.filter(conversation=conversation, member__in=members)}
    first = head.seq + 1
    participants, fresh = [], []
    for member in members:
        participant = before.get(member.pk)
        if participant is None:
            participant = Participant(
                organization_id=conversation.organization_id,
                conversation=conversation,
                member=member,
                read_seq=head.seq,
            )
            fresh.append(participant)
        participant.is_active = True
        participant.role = Participant.Role.MEMBER
        participant.joined_seq, participant.joined_at = first, now
        participant.seen_seq = head.seq
        participant.generation += 1
        participant.version = participant.joined_version = head.next_version()
        participant.own_version = heads[member.stream].next_version()
        participants.append(participant)
    Participant.objects.bulk_create(fresh)
    columns = ["is_active", "role", "joined_seq", "joined_version", "joined_at", "seen_seq", "generation"]
    returned = [participant for participant in participants if participant.member_id in before]
    Participant.objects.bulk_update(returned, [*columns, "version", "own_version"])
    Stay.objects.bulk_create([Stay(participant=participant, from_seq=first) for participant in participants])
    for participant, member in zip(participants, members, strict=True):
        changes.participant_added(head, participant_id=participant.pk, version=participant.version)
        changes.membership_started(heads[member.stream], participant_id=participant.pk, version=participant.own_version)
    return participants


def add_participants(
    *,
    conversation: Conversation,
    members: Sequence[Member],
    by: Member,
    at: datetime | None = None,
    shown: Pass | None = None,
) -> list[Participant]:
    """Bring people into a group.

    Those who take part already stay as they are. Answers the added. Raises Problem 400, 403, 404.
    """
    wanted = list({member.pk: member for member in members}.values())
    if not wanted:
        raise invalid("members", _("Choose at least one person."))
    with locked(conversation.stream, *[member.stream for member in wanted]) as heads:
        prove(shown)
        if not policies.can_add(seat_of(conversation, by)):
            raise forbidden(_("People can't be added to a direct conversation."))
        here = set(Participant.objects.active().filter(conversation=conversation).values_list("member_id", flat=True))
        newcomers = [member for member in wanted if member.pk not in here]
        if len(here) + len(newcomers) > MOST_PEOPLE:
            raise invalid("members", _("A group has at most %(most)s people.") % {"most": MOST_PEOPLE})
        if not newcomers:
            return []
        head = heads[conversation.stream]
        participants = seat(conversation, head=head, heads=heads, members=newcomers, at=at)
        changes.people_changed(head)
        announce("participants.added", newcomers, head=head, conversation=conversation, by=by, at=at)
        note("participants.added", conversation, by=by, members=[member.pk for member in newcomers])
    return participants


def remove_participant(
    *, conversation: Conversation, member: Member, by: Member, at: datetime | None = None, shown: Pass | None = None
) -> None:
    """Take somebody out of a group, or leave it oneself.

    From this commit on they read and hear nothing. Raises Problem 403, 404.
    """
    with locked(conversation.stream, member.stream) as heads:
        prove(shown)
        own = seat_of(conversation, by)
        participant = own if member.pk == by.pk else seat_of(conversation, member)
        if participant is own and not policies.can_leave(own):
            raise forbidden(_("A direct conversation can't be left. Mute it instead."))
        if participant is not own and not policies.can_remove(own, participant):
            raise forbidden(_("You can't remove this person from the group."))
        head = heads[conversation.stream]
        Stay.objects.filter(participant=participant, to_seq=None).update(to_seq=head.seq)
        was_owner = participant.role == Participant.Role.OWNER
        participant.is_active = False
        participant.role = Participant.Role.MEMBER
        participant.is_pinned = False
        participant.generation += 1
        participant.version = changes.participant_removed(head, participant_id=participant.pk)
        participant.own_version = changes.membership_ended(heads[member.stream], participant_id=participant.pk)
        participant.save(update_fields=["is_active", "role", "is_pinned", "generation", "version", "own_version"])
        if was_owner:
            _pass_on_ownership(conversation, head)
        changes.people_changed(head)
        kind = "participant.left" if participant is own else "participant.removed"
        announce(kind, [member], head=head, conversation=conversation, by=by, at=at)
        note(kind, conversation, by=by, member=member.pk)


def _pass_on_ownership(conversation: Conversation, head: Head) -> None:
    """To an administrator, else to who has been there longest. A group without people has no owner."""
    heirs = Participant.objects.active().filter(conversation=conversation)
    heir = heirs.filter(role="admin").order_by("joined_at", "id").first() or heirs.order_by("joined_at", "id").first()
    if heir is not None:
        version = changes.role_changed(head, participant_id=heir.pk)
        Participant.objects.filter(pk=heir.pk).update(role=Participant.Role.OWNER, version=version)


def give_role(
    *,
    conversation: Conversation,
    member: Member,
    role: str,
    by: Member,
    at: datetime | None = None,
    shown: Pass | None = None,
) -> Participant:
    """Make somebody an administrator or an ordinary member again, or hand the group over (`owner`; the giver stays as administrator).

    Raises Problem 400, 403, 404.
    """
    with locked(conversation.stream) as heads:
        prove(shown)
        own = seat_of(conversation, by)
        participant = seat_of(conversation, member)
        if not policies.can_give_role(own):
            raise forbidden(_("Only the owner gives roles."))
        if participant.pk == own.pk:
            raise invalid("role", _("Hand the group over to somebody else first."))
        if participant.role == role:
            return participant
        head = heads[conversation.stream]
        if role == Participant.Role.OWNER:
            version = changes.role_changed(head, participant_id=own.pk)
            Participant.objects.filter(pk=own.pk).update(role=Participant.Role.ADMIN, version=version)
        participant.role = role
        participant.version = changes.role_changed(head, participant_id=participant.pk)
        participant.save(update_fields=["role", "version"])
        changes.people_changed(head)
        announce("role.changed", [member], head=head, conversation=conversation, by=by, at=at, role=role)
        note("participant.role_changed", conversation, by=by, member=member.pk, role=role)
    return participant
