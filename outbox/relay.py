"""The relay: sweeps, and hands what it claimed to Celery's queues by id. One or two of them may run."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db import Error, close_old_connections, connection

from outbox.kinds import Queue, kind
from outbox.models import DueRow
from outbox.queue import begin_recurring
from outbox.sweep import claim, give_back, put_off, run_all
from outbox.tasks import run_rows

log = logging.getLogger(__name__)
PAUSE = 0.5  # seconds between sweeps, unless one left something behind; what comes meanwhile is done together
CLAIMED = 100
WORKED_OFF = 20  # so few are claimed at once that a slow one doesn't outlast the lease of those behind it
# So many rows make one task at most. A task has 50 seconds; a mail to a server that is dead takes ten.
ROWS_AT_ONCE: dict[Queue, int] = {"soon": 100, "mail": 4, "media": 1}


def hand_over(stop: threading.Event) -> None:
    """Sweep until told to stop, and hand what is due to the workers."""
    _until(stop, lambda: _hand_over(claim(at_most=CLAIMED)) == CLAIMED)


def work_off(stop: threading.Event) -> None:
    """Sweep until told to stop, and do what is due right here: the embedded default's way."""
    _until(stop, lambda: _work_off(claim(at_most=WORKED_OFF)) == WORKED_OFF)


def _until(stop: threading.Event, sweep: Callable[[], bool]) -> None:
    """Sweep again and again: at once if the last one says that it took all it could, else after a pause.

    Broken connections are mended by trying again; a defect is told and does not end the sweeping either.
    """
    has_begun = False
    while not stop.is_set():
        try:
            if not has_begun:
                begin_recurring()
                has_begun = True
            is_more = sweep()
        except Error as error:
            log.warning("sweep_failed", extra={"error": type(error).__name__})
            connection.close()
            is_more = False
        except Exception:
            log.exception("sweep_defect")
            connection.close()
            is_more = False
        if not is_more:
            close_old_connections()
            stop.wait(PAUSE)
    connection.close()


def _work_off(rows: list[DueRow]) -> int:
    run_all(rows)
    return len(rows)


def _hand_over(rows: list[DueRow]) -> int:
    batches = list(_batches(rows))
    for number, (queue, batch) in enumerate(batches):
        claims = [(row.pk, row.lease_number) for row in batch]
        try:
            run_rows.apply_async(args=[claims], queue=queue, retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - kombu raises its transport's own errors
            # The broker is gone. Nobody tried to do the work, so nobody failed at it.
            left = [row for _queue, later in batches[number:] for row in later]
            give_back(left)
            log.warning("broker_unreachable", extra={"error": type(error).__name__, "count": len(left)})
            return 0
    return len(rows)


def _batches(rows: list[DueRow]) -> Iterator[tuple[Queue, list[DueRow]]]:
    """The rows in small lists by queue, oldest first. What nobody here knows is put off."""
    by_queue: dict[Queue, list[DueRow]] = defaultdict(list)
    for row in rows:
        try:
            by_queue[kind(row.kind).queue].append(row)
        except LookupError as error:
            put_off(row, error)
    for queue, queued in by_queue.items():
        most = ROWS_AT_ONCE[queue]
        for first in range(0, len(queued), most):
            yield queue, queued[first : first + most]
