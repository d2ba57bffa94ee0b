"""Proving once more, under the lock, who asks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from realtime.gate import Pass, gate
from wire.problems import Problem


def prove(shown: Pass | None) -> None:
    """Raises Problem 401 if what was shown when the request came is no longer good. None is the house itself.

    Asked after the lock: who waited there meanwhile may have been signed out or deactivated.
    """
    if shown is not None and shown not in gate.still_good({shown}):
        raise signed_out()


def signed_out() -> Problem:
    """What somebody hears whose session or token ended while they asked."""
    return Problem(401, "signed_out", detail=_("You are no longer signed in."))
