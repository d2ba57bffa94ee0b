from django.db import models
from django.db.models.functions import Now


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=Now(), used_count__lt=models.F("use_limit"))

    def visible_to(self, member) -> "InvitationQuerySet":
        return self.filter(organization_id=member.organization_id)


class Invitation(models.Model):
    """A link by which people join an organization, straight into a department if one is named. Only its SHA-256 is kept."""

    organization = models.ForeignKey("orgchart.Organization", models.CASCADE, related_name="invitations")
    department = models.ForeignKey("orgchart.Department", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey("orgchart.Member", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True, help_text="If set, the link was mailed there and serves this address only.")
    use_limit = models.PositiveIntegerField(default=1)
    used_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(used_count__lte=models.F("use_limit")), name="invitation_not_overdrawn"),
        ]
        indexes = [models.Index(fields=["organization", "created_at"], name="invitations_of_organization")]

    def __str__(self) -> str:
        return f"{self.organization} ({self.used_count}/{self.use_limit})"
