"""The one way to write an audit entry.

Called inside the action's own transaction, so that the act and its entry stand or fall together.
"""

from typing import Any

from django.db import transaction

from audit.models import Entry


def record(
    action: str,
    *,
    organization_id: int | None = None,
    member_id: int | None = None,
    user_id: int | None = None,
    object_kind: str = "",
    object_id: int | None = None,
    **detail: Any,
) -> None:
    """Note that somebody did `action` (past tense, `participant.added`).

    Raises outside a transaction: an act without its entry must not be possible.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "audit.record belongs into the transaction of the act that it records"
        )
    Entry.objects.create(
        organization_id=organization_id,
        actor_member_id=member_id,
        actor_user_id=user_id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        detail=detail,
    )
