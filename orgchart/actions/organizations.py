"""Founding a company."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.users import create_user
from accounts.models import User
from audit import log
from orgchart.actions.members import create_member
from orgchart.models import Member, Organization
from realtime.streams import Heads, locked
from wire.problems import conflict, invalid
from wire.text import accepted_name


def found_organization(*, name: str, handle: str, owner_name: str, user: User) -> Member:
    """A new organization with its first member, who owns it. An unsaved `user` (see `new_user`) is saved with it.

    Raises Problem: 400 for a handle that can't be, 409 for one that is taken or a user whose address is.
    """
    with locked() as heads:
        return found_within(heads=heads, name=name, handle=handle, owner_name=owner_name, user=user)


def found_within(*, heads: Heads, name: str, handle: str, owner_name: str, user: User) -> Member:
    """The same within the transaction of a larger act."""
    organization = Organization(name=accepted_name(name), handle=handle)
    try:
        organization.clean_fields(exclude=["id"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise invalid(field, messages[0])
    if user._state.adding:
        create_user(user=user)
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError:
        raise conflict(_("This handle is taken."), code="handle_taken")
    heads.open(organization.stream, organization_id=organization.pk)
    log.record("organization.founded", organization_id=organization.pk, user_id=user.pk, handle=handle)
    return create_member(
        heads=heads, organization=organization, user=user, name=owner_name, role=Member.Role.OWNER, by=None
    )
