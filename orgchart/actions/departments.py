"""The company's tree and everybody's places in it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgchart import changes, policies
from orgchart.actions.acting import acting, record
from orgchart.models import Department, Member, Organization, Placement
from realtime.streams import Heads, locked
from wire.problems import conflict, forbidden, missing
from wire.text import accepted_name


def create_department(
    *, organization: Organization, name: str, parent: Department | None = None, by: Member | None = None
) -> Department:
    """A department at the end of its siblings. `by` is None for the server itself.

    Raises Problem: 400 for a name that can't be, 403 if `by` may not, 404 for a foreign parent, 409 for a name that a sibling has.
    """
    if parent is not None and parent.organization_id != organization.pk:
        raise missing()
    name = accepted_name(name)
    with locked(organization.stream) as heads:
        by = _arranging(by, organization.pk)
        siblings = Department.objects.filter(organization=organization, parent=parent)
        try:
            with transaction.atomic():
                department = Department.objects.create(
                    organization=organization, parent=parent, name=name, position=siblings.count()
                )
        except IntegrityError:
            raise conflict(_("There is a department of this name here."), code="name_taken")
        changes.departments_changed(heads, organization, [department.pk])
        record("department.created", department, by=by)
    return department


def place_member(
    *,
    member: Member,
    department: Department,
    title: str = "",
    is_head: bool = False,
    is_primary: bool = False,
    by: Member | None = None,
) -> Placement:
    """Put a member into a department, or change their place there. The first place is the primary one.

    `by` is None for the server itself. Raises Problem: 403 if `by` may not, 404 for a department of another company.
    """
    with locked(member.organization.stream) as heads:
        by = _arranging(by, member.organization_id)
        return put_in_place(
            heads=heads,
            member=member,
            department=department,
            title=title,
            is_head=is_head,
            is_primary=is_primary,
            by=by,
        )


def put_in_place(
    *,
    heads: Heads,
    member: Member,
    department: Department,
    title: str = "",
    is_head: bool = False,
    is_primary: bool = False,
    by: Member | None,
) -> Placement:
    """The same within the transaction of a larger act, which holds the organization's lock."""
    if department.organization_id != member.organization_id:
        raise missing()
    others = Placement.objects.filter(member=member).exclude(department=department)
    if is_primary:
        others.update(is_primary=False)
    elif not others.filter(is_primary=True).exists():
        is_primary = True
    placement, _is_new = Placement.objects.update_or_create(
        organization_id=member.organization_id,
        member=member,
        department=department,
        defaults={"title": title, "is_head": is_head, "is_primary": is_primary},
    )
    changes.departments_changed(heads, member.organization, changes.with_ancestors(department))
    changes.member_changed(heads, member)
    record("member.placed", member, by=by, department=department.pk, is_head=is_head)
    return placement


def _arranging(by: Member | None, organization_id: int) -> Member | None:
    by = acting(by, organization_id)
    if by and not policies.may_arrange(by):
        raise forbidden(_("Only owners and administrators arrange the departments."))
    return by
