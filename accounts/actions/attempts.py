"""Counting what can be guessed: passwords, and whether somebody has an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import ngettext

from accounts import store
from accounts.models import Attempts, plain_address
from accounts.sessions import digest_of
from wire.problems import Problem


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in a window that begins with the first one."""

    name: str
    allowed: int
    window: timedelta


SIGN_IN_ADDRESS = Limit("sign-in address", 10, timedelta(minutes=5))
SIGN_IN_SOURCE = Limit("sign-in source", 100, timedelta(minutes=5))
RESET_ADDRESS = Limit("reset address", 5, timedelta(hours=1))
RESET_SOURCE = Limit("reset source", 30, timedelta(hours=1))
JOIN_SOURCE = Limit("join source", 60, timedelta(hours=1))
PASSWORD_OF_USER = Limit("password of user", 10, timedelta(minutes=5))


def count_attempt(limit: Limit, who: str) -> int:
    """Count one attempt, before its outcome is known, so that a rush of them is counted as well. Answers how many are left.

    Raises Problem (429) when none was left.
    """
    now = timezone.now()
    Attempts.objects.filter(ends_at__lte=now).delete()
    attempts = store.count_attempt(_key(limit, who), now=now, ends_at=now + limit.window)
    if attempts.count > limit.allowed:
        seconds = max(1, int((attempts.ends_at - now).total_seconds()))
        minutes = -(-seconds // 60)
        sentence = ngettext(
            "Too many attempts. Try again in %d minute.", "Too many attempts. Try again in %d minutes.", minutes
        )
        raise Problem(429, "too_many_attempts", detail=sentence % minutes, retry_after=seconds)
    return limit.allowed - attempts.count


def counted_as(address: str) -> str:
    """What tries at this e-mail or phone are counted under: a phone number can be typed in many ways."""
    try:
        return plain_address(address)
    except ValidationError:
        return address


def take_back_attempt(limit: Limit, who: str) -> None:
    """It was none: a whole office signs in from one place in the morning, and nobody there is guessing."""
    Attempts.objects.filter(key=_key(limit, who), count__gt=0).update(count=F("count") - 1)


def forget_attempts(limit: Limit, who: str) -> None:
    """They succeeded: what was counted against them no longer matters."""
    Attempts.objects.filter(key=_key(limit, who)).delete()


def _key(limit: Limit, who: str) -> str:
    return digest_of(f"{limit.name}\n{who.strip().lower()}")
