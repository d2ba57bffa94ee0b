"""What the directory tells the world: one function per kind of change."""

from __future__ import annotations

from collections.abc import Iterable

from orgchart.models import Member, Organization
from realtime.streams import Heads


def member_changed(heads: Heads, member: Member) -> None:
    """To everybody in the organization."""
    heads[member.organization.stream].change("member.changed", member.pk)


def departments_changed(heads: Heads, organization: Organization, department_ids: Iterable[int]) -> None:
    """To everybody in the organization; a department changes with what hangs under it, because it counts people."""
    for department_id in department_ids:
        heads[organization.stream].change("department.changed", department_id)


def rights_changed(heads: Heads, member: Member) -> None:
    """To the member alone: what they have open is proved again."""
    heads[member.stream].change("rights.changed", member.pk)
