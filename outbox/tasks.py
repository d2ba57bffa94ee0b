"""What a Celery worker is told: ids of claimed rows. Everything else it reads itself."""

from celery import shared_task

from outbox.models import DueRow
from outbox.sweep import run


@shared_task(name="outbox.run")
def run_rows(ids: list[int]) -> None:
    """Work off rows that the relay claimed. Rows that are gone were done by somebody else."""
    for row in DueRow.objects.filter(pk__in=ids, dead_at=None).order_by("due_at", "id"):
        run(row)
