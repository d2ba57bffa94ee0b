"""Putting due work down, inside the transaction of the act that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import models, transaction
from django.db.models.functions import Now

from outbox.kinds import kind
from outbox.models import DueRow

Ids = int | str | Sequence[Sequence[int]]


def row(name: str, *, organization_id: int | None = None, after: timedelta = timedelta(0), **ids: Ids) -> DueRow:
    """An unsaved row, for actions that save many at once.

    Raises LookupError for an unknown kind, so that no row waits for nobody.
    """
    kind(name)
    return DueRow(
        organization_id=organization_id, kind=name, payload=ids, due_at=Now() + models.Value(after) if after else Now()
    )


def add(name: str, *, organization_id: int | None = None, after: timedelta = timedelta(0), **ids: Ids) -> None:
    """Let this be done once the transaction is committed, or `after` that.

    The payload is ids; content is read when it runs.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "outbox.add belongs into the transaction of the act that it follows"
        )
    row(name, organization_id=organization_id, after=after, **ids).save(force_insert=True)


def put(rows: list[DueRow]) -> None:
    """Save rows made by `row`, in one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "outbox.put belongs into the transaction of the act that it follows"
        )
    DueRow.objects.bulk_create(rows)
