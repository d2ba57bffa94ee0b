"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.attempts import (
    PASSWORD_OF_USER,
    SIGN_IN_ADDRESS,
    SIGN_IN_SOURCE,
    count_attempt,
    counted_as,
    forget_attempts,
    take_back_attempt,
)
from accounts.actions.rights import rights_changing
from accounts.models import Session, User
from accounts.requests import VisitorRequest
from audit import log
from wire.problems import Problem, invalid

# How many tries are left is said when it becomes few.
TRIES_TOLD = 5


def prove_password(*, request: HttpRequest, address: str, password: str) -> User:
    """Who has this e-mail or phone and this password. Tries are counted per address and per place they come from.

    Raises Problem: 400 if they don't belong together, in the same words and time whether anybody has the address or not; 429 after
    too many tries.
    """
    source = request.META.get("REMOTE_ADDR", "")
    count_attempt(SIGN_IN_SOURCE, source)
    left = count_attempt(SIGN_IN_ADDRESS, counted_as(address))
    user = authenticate(request, address=address, password=password)
    if user is None:
        with transaction.atomic():
            log.record("session.refused")
        wrong = _("This address and this password don’t match.")
        if left < TRIES_TOLD:
            wrong += " " + ngettext("You have %d more try.", "You have %d more tries.", left) % left
        raise Problem(400, "wrong_password", detail=wrong)
    forget_attempts(SIGN_IN_ADDRESS, counted_as(address))
    take_back_attempt(SIGN_IN_SOURCE, source)
    return user


def prove_own_password(*, user: User, password: str) -> None:
    """Who is signed in knows their password. Raises Problem: 400 if not, 429 after too many tries."""
    count_attempt(PASSWORD_OF_USER, str(user.pk))
    if not user.check_password(password):
        raise invalid("old_password", _("This is not your password."), code="wrong_password")
    forget_attempts(PASSWORD_OF_USER, str(user.pk))


def sign_in(*, request: VisitorRequest, user: User, how: str) -> None:
    """This browser acts for the person from now on. `how` they proved who they are: password, invitation, reset, start, demo."""
    with transaction.atomic():
        login(request, user)
        request.session.save()
        log.record("session.started", user_id=user.pk, object_kind="session", object_id=request.session.id, how=how)
        # The moment when somebody comes is a good one to forget those who went.
        request.session.clear_expired()


def sign_out(*, request: VisitorRequest) -> None:
    """This browser acts for nobody any more. Nothing happens if it did not."""
    if not request.user.is_authenticated:
        return
    user, session_id = request.user, request.session.id
    with rights_changing(user):
        logout(request)
        log.record("session.ended", user_id=user.pk, object_kind="session", object_id=session_id)


def sign_out_session(*, user: User, session: Session) -> None:
    """Sign one of this person's browsers out from afar. Ending it twice changes nothing."""
    with rights_changing(user):
        if Session.objects.filter(pk=session.pk, user=user).delete()[0]:
            log.record("session.ended", user_id=user.pk, object_kind="session", object_id=session.pk)


def sign_out_everywhere_else(*, user: User, but: int | None) -> int:
    """Sign the person out of all browsers but one (a session's id, or none at all). Answers how many there were."""
    with rights_changing(user):
        return end_sessions(user=user, but=but)


def end_sessions(*, user: User, but: int | None = None) -> int:
    """Delete the person's sessions within the transaction of an act that ends them."""
    others = Session.objects.filter(user=user) if but is None else Session.objects.filter(user=user).exclude(pk=but)
    ended, _each = others.delete()
    if ended:
        log.record("sessions.ended", user_id=user.pk, object_kind="session", count=ended)
    return ended
