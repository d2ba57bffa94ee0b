"""Every due thing is a row with a time by the database's clock, found by a sweep."""

from django.db import models
from django.db.models.functions import Now


class DueRowQuerySet(models.QuerySet["DueRow"]):
    def due(self) -> "DueRowQuerySet":
        """What should run now and nobody holds a lease on."""
        return self.late().filter(models.Q(lease_until=None) | models.Q(lease_until__lte=Now()))

    def late(self) -> "DueRowQuerySet":
        """What should be done by now, whether somebody took it or not: who took it may be dead."""
        return self.filter(dead_at=None, due_at__lte=Now())

    def failed(self) -> "DueRowQuerySet":
        """What was tried in vain and will be tried again."""
        return self.filter(dead_at=None, due_at__gt=Now()).exclude(last_error="")

    def dead(self) -> "DueRowQuerySet":
        return self.exclude(dead_at=None)


class DueRow(models.Model):
    """Work to do at `due_at`.

    `payload` holds ids, never content. A finished row is deleted; one that failed too often is dead until redriven.
    `lease_number` moves on whenever the row is taken or let go, and never back: who holds the row is who knows it. `attempts`
    begins anew when the row is redriven.

    A recurring row has its kind as `key`, so that there is one only; it is due again after each run and never dead.
    """

    organization_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=60, null=True, unique=True)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField(db_default=Now())
    lease_number = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    dead_at = models.DateTimeField(null=True)

    objects = DueRowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(dead_at=None), name="alive_by_due_time"),
            models.Index(fields=["dead_at"], condition=models.Q(dead_at__isnull=False), name="dead_letters"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_recurring(self) -> bool:
        return self.key is not None
