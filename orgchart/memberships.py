"""What accounts asks about a login: where it is a member."""

from __future__ import annotations

from orgchart.models import Member
from realtime.streams import Stream


def streams_of(user_id: int) -> list[Stream]:
    """The streams on which a person hears that their rights changed, those of memberships that ended included."""
    return [
        Stream("member", pk)
        for pk in Member.objects.filter(user_id=user_id).order_by("pk").values_list("pk", flat=True)
    ]


def organizations_of(user_id: int) -> dict[str, int]:
    """Handle and id of the organizations that a person belongs to now."""
    rows = Member.objects.active().filter(user_id=user_id).order_by("organization__handle")
    return dict(rows.values_list("organization__handle", "organization_id"))
