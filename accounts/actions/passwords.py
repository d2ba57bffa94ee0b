"""Passwords: changed by who knows the old one, reset by who reads the mail."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actions.rights import rights_changing
from accounts.actions.sessions import end_sessions
from accounts.actions.tokens import revoke_tokens_of
from accounts.models import User
from accounts.requests import PersonRequest
from audit import log
from outbox import queue
from wire.problems import forbidden


def change_password(*, request: PersonRequest, password: str) -> None:
    """Who is signed in takes another password, which the caller has found good enough. Their other browsers are signed out."""
    user = request.user
    user.password = make_password(password)
    with rights_changing(user):
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        request.session.save()
        end_sessions(user=user, but=request.session.id)
        log.record("password.changed", user_id=user.pk)


def is_good_link(*, user: User, token: str) -> bool:
    """Whether a mail's link may still be used."""
    return user.is_active and default_token_generator.check_token(user, token)


def request_password_reset(*, address: str) -> None:
    """Send a link to who has this e-mail or phone, if anybody has. The same is written either way, so it takes as long."""
    user = User.objects.reached_by(address)
    known = user.pk if user and user.is_active else 0
    with transaction.atomic():
        queue.add("mail.password_reset", user=known, language=get_language() or "")
        log.record("password.reset_requested", user_id=known or None)


def reset_password(*, user: User, token: str, password: str) -> User:
    """Take another password by the link of a mail. All browsers are signed out, all tokens revoked; the link works once.

    Raises Problem (403) for a link that has expired, was used or belongs to a deactivated account.
    """
    # Hashing takes long on purpose, so it is done before the lock.
    hashed = make_password(password)
    with rights_changing(user):
        # The lock decides between two uses of one link.
        user = User.objects.select_for_update().get(pk=user.pk)
        if not is_good_link(user=user, token=token):
            raise forbidden(_("This link has expired or was used already."), code="link_expired")
        user.password = hashed
        user.save(update_fields=["password"])
        end_sessions(user=user)
        # Who lost the account to somebody must not find that one's keys still turning.
        revoke_tokens_of(user_id=user.pk)
        log.record("password.reset", user_id=user.pk)
    return user
