"""Who acts in a company, and the entry that says what they did."""

from __future__ import annotations

from audit import log
from orgchart.models import Department, Invitation, Member
from wire.problems import missing


def acting(by: Member | None, organization_id: int) -> Member | None:
    """Who acts, as they are after the lock; None for the server itself, which may do everything.

    Raises Problem (404) for somebody of another organization, or who left this one meanwhile.
    """
    if by is None:
        return None
    now = (
        Member.objects.active().filter(pk=by.pk, organization_id=organization_id).select_related("organization").first()
    )
    if now is None:
        raise missing()
    return now


def record(action: str, about: Department | Invitation | Member, *, by: Member | None, **detail: object) -> None:
    """Note what somebody did to something of their company; the server itself if `by` is None."""
    log.record(
        action,
        organization_id=about.organization_id,
        member_id=by.pk if by else None,
        user_id=by.user_id if by else None,
        object_kind=about._meta.model_name or "",
        object_id=about.pk,
        **detail,
    )
