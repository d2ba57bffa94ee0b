"""Who asks the API: a program with an access token, or a browser with its session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actions.tokens import PREFIX, note_use
from accounts.models import AccessToken, Scope, User
from accounts.sessions import SessionStore, digest_of
from wire.problems import Problem, filled, forbidden

TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Credential:
    """What was shown, as `request.auth`. A token opens one organization and what its scopes name; a session all that the person may."""

    kind: str  # "session" or "token"
    id: int
    organization_id: int | None
    scopes: frozenset[str]

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    def opens(self, organization_id: int) -> bool:
        """Whether it may be shown in this organization."""
        return self.organization_id in (None, organization_id)

    def allows(self, scope: str) -> bool:
        return scope in self.scopes


def scope_missing(scope: str) -> Problem:
    """403: the access token may not do that, whoever's it is."""
    return forbidden(filled(_("This access token lacks the scope %(scope)s."), {"scope": scope}), code="scope_missing")


def token_from(header: str) -> str | None:
    """The secret in an `Authorization` header, None if it is of another kind (RFC 6750)."""
    kind, _space, secret = header.partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer lks_…`"""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        secret = token_from(request.headers.get("Authorization", ""))
        if secret is None:
            return None
        token = AccessToken.objects.good().select_related("user").filter(digest=digest_of(secret)).first()
        if token is None or not secret.startswith(PREFIX):
            raise AuthenticationFailed(_("This access token is unknown, has expired or was revoked."))
        if token.used_at is None or timezone.now() - token.used_at > TOUCHED_EVERY:
            note_use(token)
        return token.user, Credential("token", token.pk, token.organization_id, frozenset(token.scopes))

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Lakeside"'


class CookieAuthentication(SessionAuthentication):
    """The browser's session; whatever changes something needs the CSRF token as well."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        return found[0], Credential(
            "session", cast(SessionStore, request.session).id or 0, None, frozenset(Scope.values)
        )
