from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    DIRECTORY_READ = "directory:read", _("Read the directory")
    DIRECTORY_WRITE = "directory:write", _("Invite people")
    CHAT_READ = "chat:read", _("Read my conversations")
    CHAT_WRITE = "chat:write", _("Write and manage conversations as me")
    ACCOUNT_READ = "account:read", _("Read my account")
    ACCOUNT_WRITE = "account:write", _("Change my preferences")


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def good(self) -> "AccessTokenQuerySet":
        """Tokens that open a door now, by the database's clock."""
        return self.filter(revoked_at=None, expires_at__gt=Now(), user__is_active=True)


class AccessToken(models.Model):
    """A key for programs, for one person in one organization. Only its SHA-256 is kept."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="tokens")
    organization_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8, help_text=_("The last characters, to tell tokens apart."))
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization_id", "user"], name="token_of_member")]

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"
