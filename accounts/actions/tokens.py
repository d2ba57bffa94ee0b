"""Access tokens: keys for programs. The secret is shown once, when it is made."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.rights import rights_changing
from accounts.models import AccessToken, Scope, User
from accounts.sessions import digest_of
from audit import log
from wire.problems import conflict, invalid

PREFIX = "lks_"
TOKENS_AT_MOST = 50
DAYS_AT_MOST = 366


def create_token(
    *, user: User, organization_id: int, name: str, scopes: Iterable[str], days: int
) -> tuple[AccessToken, str]:
    """A token for this person in one organization, good for so many days, and its secret, which is kept nowhere.

    The caller has proved that the person is an active member there. Raises Problem for unknown scopes, more than a year, or
    too many tokens.
    """
    wanted = sorted(set(scopes))
    if not wanted:
        raise invalid("scopes", _("Choose what the token may do."))
    if unknown := set(wanted) - set(Scope.values):
        raise invalid("scopes", _("There is no such scope: %s") % ", ".join(sorted(unknown)))
    if not 1 <= days <= DAYS_AT_MOST:
        raise invalid("days", _("A token lives between 1 and %d days.") % DAYS_AT_MOST)
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        # Two requests at once must not pass the limit together.
        User.objects.select_for_update().get(pk=user.pk)
        if AccessToken.objects.good().filter(user=user).count() >= TOKENS_AT_MOST:
            raise conflict(
                _("You have %d tokens. Revoke one that you don't need any more.") % TOKENS_AT_MOST,
                code="too_many_tokens",
            )
        token = AccessToken.objects.create(
            user=user,
            organization_id=organization_id,
            name=name,
            digest=digest_of(secret),
            hint=secret[-4:],
            scopes=wanted,
            expires_at=timezone.now() + timedelta(days=days),
        )
        log.record(
            "token.created",
            organization_id=organization_id,
            user_id=user.pk,
            object_kind="token",
            object_id=token.pk,
            scopes=wanted,
        )
    return token, secret


def revoke_token(*, token: AccessToken, by: User) -> None:
    """The token opens nothing any more, and what it has open is closed. Revoking twice changes nothing."""
    with rights_changing(token.user):
        if not AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
            return
        log.record(
            "token.revoked",
            organization_id=token.organization_id,
            user_id=by.pk,
            object_kind="token",
            object_id=token.pk,
        )


def note_use(token: AccessToken) -> None:
    """Note that the token was used now."""
    AccessToken.objects.filter(pk=token.pk).update(used_at=Now())


def revoke_tokens_of(*, user_id: int, organization_id: int | None = None) -> None:
    """Within the transaction of an act that ends somebody's access: to one organization, or without one to all."""
    tokens = AccessToken.objects.filter(user_id=user_id, revoked_at=None)
    if organization_id is not None:
        tokens = tokens.filter(organization_id=organization_id)
    revoked = tokens.update(revoked_at=Now())
    if revoked:
        log.record(
            "tokens.revoked", organization_id=organization_id, object_kind="user", object_id=user_id, count=revoked
        )
