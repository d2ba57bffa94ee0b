"""How due work stands, for probes and for Prometheus: read from the database whenever somebody asks."""

from __future__ import annotations

import math

from django.db import Error
from django.db.models import Min
from django.utils import timezone
from prometheus_client import Gauge

from outbox.models import DueRow

ROWS = Gauge(
    "lakeside_due_rows",
    "Due work: late (should be done by now), failed (will be tried again), dead (waits for a person).",
    ["state"],
)
SECONDS_LATE = Gauge("lakeside_due_seconds_late", "For how long the oldest late row has waited; 0 for none.")


def seconds_late() -> float:
    """For how long the oldest row has waited that should be done by now; 0 where there is none. Raises django.db.Error."""
    oldest = DueRow.objects.late().aggregate(oldest=Min("due_at"))["oldest"]
    return max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0


def observe() -> None:
    """Bring the figures up to date; where the database doesn't answer, they are not a number."""
    rows = DueRow.objects
    states = {"late": rows.late(), "failed": rows.failed(), "dead": rows.dead()}
    try:
        counts: dict[str, float] = {state: found.count() for state, found in states.items()}
        late = seconds_late()
    except Error:
        counts, late = dict.fromkeys(states, math.nan), math.nan
    for state, count in counts.items():
        ROWS.labels(state).set(count)
    SECONDS_LATE.set(late)
