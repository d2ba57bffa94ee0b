"""Proving once more, under the lock, who asks."""

from __future__ import annotations

from realtime.gate import Pass, gate, signed_out


def prove(shown: Pass | None) -> None:
    """Raises Problem 401 if what was shown when the request came is no longer good. None is the house itself.

    Asked after the lock: who waited there meanwhile may have been signed out or deactivated.
    """
    if shown is not None and shown not in gate.still_good({shown}):
        raise signed_out()
