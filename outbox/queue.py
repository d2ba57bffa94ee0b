"""Putting due work down, inside the transaction of the act that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import models, transaction
from django.db.models.functions import Now

from outbox.kinds import kind, recurring
from outbox.models import DueRow

Ids = int | str | Sequence[Sequence[int]]


def add(name: str, *, organization_id: int | None = None, after: timedelta = timedelta(0), **ids: Ids) -> None:
    """Let this be done once the transaction is committed, or `after` that.

    The payload is ids; content is read when it runs. Raises LookupError for an unknown kind, so that no row waits for
    nobody.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "outbox.add belongs into the transaction of the act that it follows"
        )
    kind(name)
    due_at = Now() + models.Value(after) if after else Now()
    DueRow.objects.create(organization_id=organization_id, kind=name, payload=ids, due_at=due_at)


def begin_recurring() -> None:
    """Let the row of every recurring kind be there, once, however many begin at the same time. It is due now if it is new."""
    rows = [DueRow(kind=name, key=name) for name in recurring()]
    DueRow.objects.bulk_create(rows, ignore_conflicts=True)
