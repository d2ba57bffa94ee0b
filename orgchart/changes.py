"""What the directory tells the world: one function per kind of change."""

from __future__ import annotations

from collections.abc import Iterable

from orgchart.models import Department, Member, Organization
from realtime.streams import Heads


def member_changed(heads: Heads, member: Member) -> None:
    """To everybody in the organization."""
    heads[member.organization.stream].change("member.changed", member.pk)


def departments_changed(heads: Heads, organization: Organization, department_ids: Iterable[int]) -> None:
    """To everybody in the organization; a department changes with what hangs under it, because it counts people."""
    for department_id in department_ids:
        heads[organization.stream].change("department.changed", department_id)


def presence_changed(heads: Heads, member: Member) -> None:
    """To everybody in the organization: somebody left or is back, and the departments that they stand in count anew."""
    counting = {
        pk for department in Department.objects.filter(placements__member=member) for pk in with_ancestors(department)
    }
    departments_changed(heads, member.organization, sorted(counting))
    member_changed(heads, member)


def with_ancestors(department: Department) -> Iterable[int]:
    """The department's id and those of all that it hangs under."""
    return Department.objects.ancestors(department, include_self=True).values_list("pk", flat=True)


def rights_changed(heads: Heads, member: Member) -> None:
    """To the member alone: what they have open is proved again."""
    heads[member.stream].change("rights.changed", member.pk)
