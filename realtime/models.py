"""The rows behind every stream: narrow heads that hand out numbers under a lock, and changes without content."""

from django.db import models
from django.db.models.functions import Now


class Installation(models.Model):
    """One row for the whole database. A restore raises the epoch, so that every cursor from before starts over."""

    epoch = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return f"epoch {self.epoch}"


class StreamHead(models.Model):
    """Where a stream stands. Both counters move under the row's lock only.

    `seq` counts messages without a gap, `version` counts every visible change. Changes at or below `floor` were
    cleared away: who stands there starts over.
    """

    organization_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    object_id = models.BigIntegerField()
    seq = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="one_head_per_stream"),
            models.CheckConstraint(
                condition=models.Q(seq__gte=0, floor__gte=0, version__gte=models.F("floor")), name="head_counts_upwards"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id} seq {self.seq} version {self.version}"


class Change(models.Model):
    """Something visible happened.

    `kind` to the object `object_id`, as the stream's change number `version`. Content is read at delivery.
    """

    pk = models.CompositePrimaryKey("stream_id", "version")
    stream = models.ForeignKey(StreamHead, models.CASCADE, related_name="changes", db_index=False)
    version = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} @{self.version}"
