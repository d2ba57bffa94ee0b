"""Finding what is due, taking it under a lease, and working it off.

Whoever sweeps may die at any moment: the lease runs out and the row is found again. Two sweepers never hold the same
row: PostgreSQL skips locked rows, SQLite's write transaction lets one sweeper in at a time.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Now

from outbox.kinds import kind
from outbox.models import DueRow

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)


def claim(*, at_most: int = 100) -> list[DueRow]:
    """Take up to `at_most` due rows, oldest first, each under its kind's lease.

    A row of a kind that this process doesn't know is taken as well: it fails in `run` and is put off, so that it can't stand
    before the others for ever.
    """
    with transaction.atomic():
        rows = DueRow.objects.due().order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        claimed = list(rows[:at_most])
        for name in {row.kind for row in claimed}:
            DueRow.objects.filter(pk__in=[row.pk for row in claimed if row.kind == name]).update(
                lease_number=F("lease_number") + 1,
                lease_until=Now() + Value(_lease(name)),
                attempts=F("attempts") + 1,
            )
    for row in claimed:
        row.lease_number += 1
        row.attempts += 1
    return claimed


def _lease(name: str) -> timedelta:
    try:
        return timedelta(seconds=kind(name).lease_seconds)
    except LookupError:
        # A row of a newer release: it fails in `run`, is put off, and waits for a process that knows it.
        return timedelta(seconds=60)


def give_back(rows: Sequence[DueRow]) -> None:
    """What was claimed and could not even be begun is due again, and the attempt is not counted."""
    for same in _by_number(rows):
        number = same[0].lease_number
        _held_together(same).update(lease_number=number + 1, lease_until=None, attempts=F("attempts") - 1)


def run(row: DueRow) -> bool:
    """Work off one claimed row.

    True if it is done, and gone or due again later; False if it failed and was put off, is dead, or was taken by another
    sweeper before it was begun.
    """
    if not _renew(row):
        return False
    try:
        its = kind(row.kind)
        wait = its.handle([row.payload]) if its.gathers else its.handle(**row.payload)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept with the row and retried
        put_off(row, error)
        return False
    if row.is_recurring:
        _let_go(row, due_at=Now() + Value(wait), attempts=0, last_error="")
    else:
        _held(row).delete()
    return True


def run_all(rows: Sequence[DueRow]) -> None:
    """Work off claimed rows, in their order; those of a kind that gathers together, at the end."""
    gathered: dict[str, list[DueRow]] = defaultdict(list)
    for row in rows:
        if _gathers(row.kind):
            gathered[row.kind].append(row)
        else:
            run(row)
    for name, same in gathered.items():
        _run_together(name, same)


def _gathers(name: str) -> bool:
    try:
        return kind(name).gathers
    except LookupError:
        return False


def _run_together(name: str, rows: Sequence[DueRow]) -> None:
    held = [row for same in _by_number(rows) for row in _renew_together(name, same)]
    if not held:
        return
    try:
        kind(name).handle([row.payload for row in held])
    except Exception:  # noqa: BLE001 - whichever is to blame is kept with its error, the others are done
        for row in held:
            run(row)
        return
    for same in _by_number(held):
        _held_together(same).delete()


def _by_number(rows: Sequence[DueRow]) -> list[list[DueRow]]:
    """Those under a lease of the same number: in most sweeps these are all."""
    same: dict[int, list[DueRow]] = defaultdict(list)
    for row in rows:
        same[row.lease_number].append(row)
    return list(same.values())


def _held_together(same: Sequence[DueRow]) -> models.QuerySet[DueRow]:
    return DueRow.objects.filter(pk__in=[row.pk for row in same], lease_number=same[0].lease_number)


def _renew_together(name: str, same: Sequence[DueRow]) -> Sequence[DueRow]:
    """Those of the rows that are still held, their lease begun anew."""
    if _held_together(same).update(lease_until=Now() + Value(_lease(name))) == len(same):
        return same
    held = set(_held_together(same).values_list("pk", flat=True))
    return [row for row in same if row.pk in held]


def _held(row: DueRow) -> models.QuerySet[DueRow]:
    """The row, if nobody took it over: when the lease ran out, another sweeper may hold it now."""
    return DueRow.objects.filter(pk=row.pk, lease_number=row.lease_number)


def _let_go(row: DueRow, **changes: Any) -> None:
    _held(row).update(lease_number=F("lease_number") + 1, lease_until=None, **changes)


def _renew(row: DueRow) -> bool:
    """Begin the lease anew, if the row is still held: it may have waited long behind others, in a queue or in this process."""
    return bool(_held(row).update(lease_until=Now() + Value(_lease(row.kind))))


def put_off(row: DueRow, error: Exception) -> None:
    """Wait 2, 4, 8 … seconds, at most an hour.

    After the last attempt the row is dead, unless it recurs: its next run is another chance anyway. The error is kept by
    its type: its text may hold content.
    """
    try:
        attempts = kind(row.kind).attempts
    except LookupError:
        attempts = 20
    is_dead = row.attempts >= attempts and not row.is_recurring
    wait = min(timedelta(seconds=2 ** min(row.attempts, 12)), LONGEST_WAIT)
    _let_go(
        row,
        last_error=type(error).__name__,
        due_at=Now() + Value(wait),
        dead_at=Now() if is_dead else None,
    )
    log.warning(
        "due_row_dead" if is_dead else "due_row_put_off",
        extra={"row": row.pk, "kind": row.kind, "error": type(error).__name__},
    )


def redrive(rows: Sequence[int]) -> int:
    """Give dead rows another life, due now. Answers how many were dead."""
    return DueRow.objects.dead().filter(pk__in=rows).update(dead_at=None, attempts=0, lease_until=None, due_at=Now())
