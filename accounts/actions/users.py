"""Logins and what belongs to them alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.rights import presence_changing
from accounts.actions.sessions import end_sessions
from accounts.models import AccessToken, User, plain_address
from accounts.preferences import time_zones
from accounts.registry import registry
from audit import log
from wire.problems import conflict, filled, invalid

CHOICES: dict[str, Callable[[], Collection[str]]] = {
    "language": lambda: ["", *dict(settings.LANGUAGES)],
    "time_zone": lambda: time_zones() | {""},
    "theme": lambda: User.Theme.values,
    "density": lambda: User.Density.values,
}


def new_user(*, address: str, password: str | None) -> User:
    """A login that is not saved yet, for an e-mail or phone and a password that the caller has found good enough.

    With None for a password they can't sign in by one. Hashing it takes long on purpose: who lets strangers ask for it counts them
    before, and actions that hold a lock call this before it. Raises Problem (400) for what is neither an e-mail nor a phone.
    """
    user = user_at(address)
    user.set_password(password)
    return user


def user_at(address: str) -> User:
    """A login that is not saved yet and has no password. Raises Problem (400) for what is neither an e-mail nor a phone."""
    try:
        plain = plain_address(address)
        if "@" not in plain:
            return User(phone=plain)
        validate_email(plain)
    except ValidationError as error:
        raise invalid("address", error.messages[0])
    return User(email=plain)


def create_user(*, user: User) -> User:
    """Save what `new_user` made. Raises Problem (409) if somebody has the address."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            log.record("user.created", user_id=user.pk, object_kind="user", object_id=user.pk)
    except IntegrityError:
        raise conflict(
            _("Somebody signs in with this address already. If it is you, sign in first."), code="address_taken"
        )
    return user


def update_preferences(*, user: User, **changes: str) -> None:
    """Language, time zone, theme or density, for the person themselves. Raises Problem (400) naming what can't be."""
    for name, value in changes.items():
        if value not in CHOICES[name]():
            raise invalid(name, _("This is none of the choices."))
        setattr(user, name, value)
    with transaction.atomic():
        user.save(update_fields=list(changes))
        log.record("preferences.changed", user_id=user.pk, object_kind="user", object_id=user.pk, changed=changes)


def deactivate_user(*, user: User, even_last_owner: bool = False) -> None:
    """Nobody signs in as this person any more; their browsers are signed out, their tokens revoked. Operators do this on the console.

    Raises Problem (409) for the last owner of an organization, unless that is meant.
    """
    with presence_changing(user):
        if not even_last_owner and (names := registry.owned_alone(user.pk)):
            detail = filled(
                _("%(name)s is the last owner of %(organizations)s."),
                {"name": str(user), "organizations": ", ".join(names)},
            )
            raise conflict(detail, code="last_owner")
        User.objects.filter(pk=user.pk).update(is_active=False)
        AccessToken.objects.filter(user=user, revoked_at=None).update(revoked_at=Now())
        end_sessions(user=user)
        log.record("user.deactivated", object_kind="user", object_id=user.pk)


def reactivate_user(*, user: User) -> None:
    """They may sign in again, with the password they had. Tokens stay revoked."""
    with presence_changing(user):
        User.objects.filter(pk=user.pk).update(is_active=True)
        log.record("user.reactivated", object_kind="user", object_id=user.pk)
