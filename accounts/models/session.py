from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from accounts.models.user import User


class SessionQuerySet(models.QuerySet["Session"]):
    def unexpired(self) -> SessionQuerySet:
        """Sessions that last, by the database's clock; those of browsers that nobody signed in to are among them."""
        return self.filter(expires_at__gt=Now())

    def expired(self) -> SessionQuerySet:
        return self.filter(expires_at__lte=Now())

    def good(self) -> SessionQuerySet:
        """Sessions that open a door now."""
        return self.unexpired().filter(user__is_active=True)

    def of(self, user: User) -> SessionQuerySet:
        """The browsers in which this person is signed in, the one used last first."""
        return self.good().filter(user=user).order_by("-seen_at", "-id")


class Session(models.Model):
    """A browser, usually one that is signed in. Deleting the row signs it out, and closes its sockets at their next delivery.

    Only the SHA-256 of the cookie is kept: who reads the database or a backup of it cannot be anybody else by it.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    data = models.TextField()
    agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)

    objects = SessionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"session {self.pk}"
