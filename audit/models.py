"""Who did what. Entries are only ever added: the database itself refuses to change or delete one."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """One act.

    Plain ids instead of foreign keys: the entry outlives what it speaks of. `detail` has facts, never a message's
    content.
    """

    organization_id = models.BigIntegerField(null=True)
    actor_member_id = models.BigIntegerField(null=True)
    actor_user_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "id"], name="entries_of_organization"),
            models.Index(fields=["organization_id", "object_kind", "object_id"], name="entries_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
