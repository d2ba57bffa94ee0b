"""The relay: sweeps, and hands the claimed rows' ids to Celery's queues. One or two of them may run."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable

from django.db import Error, close_old_connections, connection

from outbox.kinds import Queue, kind
from outbox.models import DueRow
from outbox.sweep import claim, give_back, put_off, run
from outbox.tasks import run_rows

log = logging.getLogger(__name__)
PAUSE = 0.5  # seconds between sweeps that found nothing


def hand_over(stop: threading.Event) -> None:
    """Sweep until told to stop, and hand what is due to the workers. Broken connections are mended by trying again."""
    _until(stop, lambda: _hand_over(claim()))


def work_off(stop: threading.Event) -> None:
    """Sweep until told to stop, and do what is due right here: the embedded default's way."""
    _until(stop, lambda: sum(1 for row in claim(at_most=20) if run(row) or True))


def _until(stop: threading.Event, sweep: Callable[[], int]) -> None:
    while not stop.is_set():
        try:
            found = sweep()
        except Error as error:
            log.warning("sweep_failed", extra={"error": type(error).__name__})
            connection.close()
            found = 0
        if not found:
            close_old_connections()
            stop.wait(PAUSE)
    connection.close()


def _hand_over(rows: list[DueRow]) -> int:
    by_queue: dict[Queue, list[DueRow]] = defaultdict(list)
    for row in rows:
        try:
            by_queue[kind(row.kind).queue].append(row)
        except LookupError as error:
            put_off(row, error)
    for queue, queued in by_queue.items():
        try:
            run_rows.apply_async(args=[[row.pk for row in queued]], queue=queue, retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - kombu raises its transport's own errors
            # The broker is gone. Nobody tried to do the work, so nobody failed at it.
            give_back(queued)
            log.warning("broker_unreachable", extra={"error": type(error).__name__, "count": len(queued)})
            return 0
    return len(rows)
