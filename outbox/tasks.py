"""What a Celery worker is told: claimed rows by id, and as which attempt. Everything else it reads itself."""

from celery import shared_task

from outbox.models import DueRow
from outbox.sweep import run


@shared_task(name="outbox.run")
def run_rows(claims: list[tuple[int, int]]) -> None:
    """Work off rows that the relay claimed, told as (id, number of the attempt).

    Rows that are gone were done by somebody else; those that have another attempt by now are another worker's.
    """
    attempts = dict(claims)
    for row in DueRow.objects.filter(pk__in=attempts).order_by("due_at", "id"):
        row.attempts = attempts[row.pk]
        run(row)
