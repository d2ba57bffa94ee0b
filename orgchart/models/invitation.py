from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

if TYPE_CHECKING:
    from orgchart.models.member import Member

_signer = Signer(sep=".", salt="orgchart.invitation")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Those that let somebody in now, by the database's clock."""
        return self.filter(revoked_at=None, expires_at__gt=Now(), used_count__lt=models.F("use_limit"))

    def visible_to(self, member: Member) -> InvitationQuerySet:
        """Invitations are shown to those who may invite."""
        return self.filter(organization_id=member.organization_id) if member.is_administrator else self.none()

    def behind(self, token: str) -> InvitationQuerySet:
        """The one whose link ends in this token, or none."""
        try:
            return self.filter(key=uuid.UUID(_signer.unsign(token)))
        except (BadSignature, ValueError):
            return self.none()


class Invitation(models.Model):
    """A link by which people join an organization, straight into a department if one is named.

    The link is signed by the server's secret key: nobody can make one from what the database holds.
    """

    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="invitations")
    department = models.ForeignKey("orgchart.Department", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey("orgchart.Member", models.CASCADE, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(blank=True, help_text="If set, the link is mailed there and serves this address only.")
    use_limit = models.PositiveIntegerField(default=1)
    used_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_count__lte=models.F("use_limit")), name="invitation_not_overdrawn"
            ),
        ]
        indexes = [models.Index(fields=["organization", "created_at"], name="invitations_of_organization")]

    def __str__(self) -> str:
        return f"{self.organization} ({self.used_count}/{self.use_limit})"

    @property
    def path(self) -> str:
        """Where the link leads, on this server."""
        return reverse("join", kwargs={"token": _signer.sign(self.key.hex)})
