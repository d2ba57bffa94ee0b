from django.db import models


class Attempts(models.Model):
    """How often something was tried that can be guessed, until `ends_at`. The key is a digest: what strangers type is not kept."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} attempts"
