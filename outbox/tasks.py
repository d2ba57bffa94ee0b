"""What a Celery worker is told: claimed rows by id, and by the number of their lease. Everything else it reads itself."""

from celery import shared_task

from outbox.models import DueRow
from outbox.sweep import run_all


@shared_task(name="outbox.run")
def run_rows(claims: list[tuple[int, int]]) -> None:
    """Work off rows that the relay claimed, told as (id, number of the lease).

    Rows that are gone were done by somebody else; those under another lease by now are another worker's.
    """
    numbers = dict(claims)
    rows = list(DueRow.objects.filter(pk__in=numbers).order_by("due_at", "id"))
    for row in rows:
        row.lease_number = numbers[row.pk]
    run_all(rows)
