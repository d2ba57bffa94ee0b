"""People of a company: who they are, what they may do, whether they are there."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.tokens import revoke_tokens_of
from accounts.models import User
from orgchart import changes, policies
from orgchart.actions.acting import acting, record
from orgchart.models import Member, Organization
from orgchart.names import search_text, sort_key
from realtime.streams import Heads, locked
from wire.problems import conflict, forbidden, missing
from wire.text import accepted_name


def add_member(
    *,
    organization: Organization,
    user: User,
    name: str,
    title: str = "",
    role: str = Member.Role.MEMBER,
    by: Member | None = None,
) -> Member:
    """Make a person a member. Raises Problem (409) if they are one already."""
    with locked(organization.stream) as heads:
        return create_member(
            heads=heads, organization=organization, user=user, name=name, title=title, role=role, by=by
        )


def create_member(
    *,
    heads: Heads,
    organization: Organization,
    user: User,
    name: str,
    title: str = "",
    role: str = Member.Role.MEMBER,
    by: Member | None,
) -> Member:
    """The same within the transaction of a larger act, which holds the organization's lock."""
    member = Member(organization=organization, user=user, name=name, title=title, role=role)
    _name(member, name)
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError:
        raise conflict(_("You belong to this organization already."), code="member_already")
    heads.open(member.stream, organization_id=organization.pk)
    changes.member_changed(heads, member)
    record("member.added", member, by=by, role=role)
    return member


def update_member(
    *,
    member: Member,
    by: Member | None,
    name: str | None = None,
    title: str | None = None,
    role: str | None = None,
) -> Member:
    """Change a member's name, title or role; what is None stays. `by` is None for the server itself.

    Raises Problem (403) if `by` may not, 409 if the last owner would go.
    """
    with locked(member.organization.stream, member.stream) as heads:
        member, by = _read_again(member), acting(by, member.organization_id)
        if by and (not policies.may_update(by, member) or (title is not None and not by.is_administrator)):
            raise forbidden(_("You may not change this person."))
        if name is not None:
            _name(member, name)
        if title is not None:
            member.title = title
        if role is not None and role != member.role:
            if by and not policies.may_give_role(by, member, role):
                raise forbidden(_("You may not give this role."))
            _keep_an_owner(member)
            member.role = role
            changes.rights_changed(heads, member)
        member.save(update_fields=["name", "search_text", "sort_key", "title", "role"])
        changes.member_changed(heads, member)
        given = {"name": name, "title": title, "role": role}
        record("member.updated", member, by=by, **{field: value for field, value in given.items() if value is not None})
    return member


def deactivate_member(*, member: Member, by: Member | None) -> Member:
    """Somebody leaves the company: nothing of it opens for them any more. What they wrote stays.

    Raises Problem (403) if `by` may not, 409 for the last owner.
    """
    with locked(member.organization.stream, member.stream) as heads:
        member, by = _read_again(member), acting(by, member.organization_id)
        if by and not policies.may_deactivate(by, member):
            raise forbidden(_("You may not deactivate this person."))
        if not member.is_active:
            return member
        _keep_an_owner(member)
        member.is_active = False
        member.save(update_fields=["is_active"])
        revoke_tokens_of(user_id=member.user_id, organization_id=member.organization_id)
        changes.presence_changed(heads, member)
        changes.rights_changed(heads, member)
        record("member.deactivated", member, by=by)
    return member


def reactivate_member(*, member: Member, by: Member | None) -> Member:
    """They are back, with the place and the role they had. Raises Problem (403) if `by` may not."""
    with locked(member.organization.stream, member.stream) as heads:
        member, by = _read_again(member), acting(by, member.organization_id)
        if by and not policies.may_deactivate(by, member):
            raise forbidden(_("You may not reactivate this person."))
        if member.is_active:
            return member
        member.is_active = True
        member.save(update_fields=["is_active"])
        changes.presence_changed(heads, member)
        changes.rights_changed(heads, member)
        record("member.reactivated", member, by=by)
    return member


def set_manager(*, member: Member, manager: Member | None, by: Member | None = None) -> Member:
    """Say whom somebody reports to. `by` is None for the server itself.

    Raises Problem: 403 if `by` may not, 409 if that would be a circle, 404 for somebody of another company.
    """
    with locked(member.organization.stream) as heads:
        member, by = _read_again(member), acting(by, member.organization_id)
        if by and not policies.may_arrange(by):
            raise forbidden(_("You may not change this person."))
        if manager is not None:
            if manager.organization_id != member.organization_id:
                raise missing()
            if member.pk in _managers_above(manager):
                raise conflict(_("Somebody would be their own manager."), code="circle_of_managers")
        member.manager = manager
        member.save(update_fields=["manager"])
        changes.member_changed(heads, member)
        record("member.manager_set", member, by=by, manager=manager.pk if manager else None)
    return member


def _name(member: Member, name: str) -> None:
    member.name = name = accepted_name(name)
    member.search_text = search_text(name)
    member.sort_key = sort_key(name)


def _read_again(member: Member) -> Member:
    """After the lock: what was seen before it no longer counts."""
    return Member.objects.select_related("organization", "user").get(pk=member.pk)


def _keep_an_owner(member: Member) -> None:
    if Member.objects.last_owners().filter(pk=member.pk).exists():
        raise conflict(_("The organization needs an owner. Make somebody else one first."), code="last_owner")


def _managers_above(member: Member) -> set[int]:
    """The member and all managers above."""
    manager_of = dict(Member.objects.filter(organization_id=member.organization_id).values_list("pk", "manager_id"))
    chain: set[int] = set()
    current: int | None = member.pk
    while current is not None and current not in chain:
        chain.add(current)
        current = manager_of.get(current)
    return chain
