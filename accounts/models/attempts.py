from django.db import models


class Attempts(models.Model):
    """How often something that can be guessed was tried, until `ends_at`. The key is a digest: addresses typed by strangers are not kept."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} attempts"
