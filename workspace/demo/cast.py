"""The few people whom the sign-in page offers in demo mode, and who may also sign in by a password that everybody may know."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.registry import DemoPerson
from orgchart.models import Member
from workspace.demo.people import LAKESIDE, NORTHWIND

PASSWORD = "moon over the lake"  # noqa: S105 - printed at every start; it exists in the demo only
NAMED = tuple(
    company.address_of(key)
    for company, keys in ((LAKESIDE, ("lin", "wei", "zhao", "xu", "daniel")), (NORTHWIND, ("ana",)))
    for key in keys
)


def people() -> Sequence[DemoPerson]:
    """Those of the cast who are there, in their order. Who is not of the first company says whose they are."""
    members = Member.objects.active().filter(user__email__in=NAMED).select_related("organization", "user")
    found = {member.user.email: member for member in members}
    return [_shown(found[address]) for address in NAMED if address in found]


def _shown(member: Member) -> DemoPerson:
    is_at_home = member.organization.handle == LAKESIDE.handle
    return DemoPerson(
        id=member.pk,
        user_id=member.user_id,
        name=member.name,
        initials=member.initials,
        paint=member.paint,
        title=member.title if is_at_home else f"{member.title} · {member.organization.name}",
    )
