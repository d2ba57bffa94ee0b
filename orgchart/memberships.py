"""What accounts asks about a login: where it is a member."""

from __future__ import annotations

from orgchart import changes
from orgchart.models import Member
from realtime.streams import Heads, Stream


def streams_of(user_id: int) -> list[Stream]:
    """The streams on which a person hears that their rights changed, those of memberships that ended included."""
    return [
        Stream("member", pk)
        for pk in Member.objects.filter(user_id=user_id).order_by("pk").values_list("pk", flat=True)
    ]


def streams_about(user_id: int) -> list[Stream]:
    """The streams on which others hear of a person: those of the organizations that they belong to."""
    members = Member.objects.filter(user_id=user_id, is_active=True).order_by("organization_id")
    return [Stream("organization", pk) for pk in members.values_list("organization_id", flat=True)]


def tell_presence(heads: Heads, user_id: int) -> None:
    """The person was let out or in: their colleagues hear it as of somebody who left or is back."""
    for member in Member.objects.filter(user_id=user_id, is_active=True).select_related("organization"):
        # Who came in after the locks were taken was told of by their own act.
        if member.organization.stream in heads:
            changes.presence_changed(heads, member)


def organizations_of(user_id: int) -> dict[str, int]:
    """Handle and id of the organizations that a person belongs to now."""
    rows = Member.objects.active().filter(user_id=user_id).order_by("organization__handle")
    return dict(rows.values_list("organization__handle", "organization_id"))


def owned_alone(user_id: int) -> list[str]:
    """The names of the organizations of which this person is the last owner who could act."""
    alone = Member.objects.active().last_owners().filter(user_id=user_id).order_by("organization_id")
    return list(alone.values_list("organization__name", flat=True))
