from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from realtime.streams import Stream

handle_is_plain = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$", _("Use lowercase letters, digits and hyphens, at most 40.")
)


class Organization(models.Model):  # type: ignore[django-manager-missing]
    """A tenant: one company."""

    handle = models.CharField(max_length=40, unique=True, validators=[handle_is_plain])
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> Stream:
        return Stream("organization", self.pk)
