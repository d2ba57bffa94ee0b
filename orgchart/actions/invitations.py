"""How people come in: a link, for one person or for many, for a while."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actions.users import create_user
from accounts.models import User
from orgchart import policies
from orgchart.actions.acting import record
from orgchart.actions.departments import put_in_place
from orgchart.actions.members import create_member
from orgchart.models import Department, Invitation, Member
from outbox import queue
from realtime.streams import locked
from wire.problems import Problem, forbidden, invalid

DAYS_AT_MOST = 30
USES_AT_MOST = 1000


def create_invitation(
    *, by: Member, department: Department | None = None, email: str = "", use_limit: int = 1, days: int = 7
) -> Invitation:
    """A link that lets `use_limit` people in for so many days. With an e-mail it is mailed there and lets only that address in.

    Raises Problem: 403 for who may not invite, 400 for limits out of range or a department of another company.
    """
    if not 1 <= days <= DAYS_AT_MOST:
        raise invalid("days", _("An invitation is good for 1 to %d days.") % DAYS_AT_MOST)
    if not 1 <= use_limit <= USES_AT_MOST:
        raise invalid("use_limit", _("An invitation lets 1 to %d people in.") % USES_AT_MOST)
    if email and use_limit != 1:
        raise invalid("use_limit", _("A mailed invitation lets one person in."))
    if department is not None and department.organization_id != by.organization_id:
        raise invalid("department", _("There is no such department."))
    with locked(by.organization.stream):
        by = _inviting(by)
        invitation = Invitation.objects.create(
            organization=by.organization,
            department=department,
            created_by=by,
            email=email.strip().lower(),
            use_limit=use_limit,
            expires_at=timezone.now() + timedelta(days=days),
        )
        if email:
            queue.add(
                "mail.invitation",
                organization_id=by.organization_id,
                invitation=invitation.pk,
                language=get_language() or "",
            )
        record("invitation.created", invitation, by=by, use_limit=use_limit)
    return invitation


def revoke_invitation(*, invitation: Invitation, by: Member) -> None:
    """The link lets nobody in any more. Revoking twice changes nothing. Raises Problem (403) for who may not invite."""
    with locked(by.organization.stream):
        by = _inviting(by)
        if Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=Now()):
            record("invitation.revoked", invitation, by=by)


def join_by_invitation(*, token: str, name: str, user: User) -> Member:
    """Come in by a link, as somebody new (an unsaved `user` of `new_user`) or as who one is already.

    Exact under any rush: an invitation for ten lets ten in. Raises Problem: 410 for a link that is used up, expired, revoked or
    wrong, 400 for another address than the invited one, 409 for an address or a membership that exists.
    """
    found = Invitation.objects.behind(token).select_related("organization").first()
    if found is None:
        raise _closed()
    with locked(found.organization.stream) as heads:
        # After the lock: somebody may have taken the last place a moment ago.
        invitation = Invitation.objects.open().filter(pk=found.pk).select_related("organization", "department").first()
        if invitation is None:
            raise _closed()
        if invitation.email and user.email != invitation.email:
            raise invalid("address", _("This invitation is for another address."))
        if user._state.adding:
            create_user(user=user)
        member = create_member(heads=heads, organization=invitation.organization, user=user, name=name, by=None)
        if invitation.department:
            put_in_place(heads=heads, member=member, department=invitation.department, by=None)
        Invitation.objects.filter(pk=invitation.pk).update(used_count=F("used_count") + 1)
        record("invitation.used", invitation, by=member)
    return member


def _inviting(by: Member) -> Member:
    """After the lock: who was an administrator, or here at all, when they asked may not be any more."""
    now = Member.objects.active().select_related("organization").filter(pk=by.pk).first()
    if now is None or not policies.may_invite(now):
        raise forbidden(_("Only owners and administrators invite."))
    return now


def _closed() -> Problem:
    return Problem(410, "invitation_closed", detail=_("This invitation has expired or was used. Ask for a new one."))
