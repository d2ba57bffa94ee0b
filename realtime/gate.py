"""Who stands at the other end, as far as realtime must know.

The rooms that know people fill this in at start (`orgchart.gate`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from wire.problems import Problem


@dataclass(frozen=True, slots=True)
class Knock:
    """What a handshake showed.

    The session cookie's value or the bearer token (one of them, or neither), and the organization's handle; the language
    that a cookie names, and what stands in `Accept-Language`.
    """

    session_key: str | None
    token: str | None
    handle: str
    language: str | None = None
    accept_language: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """A proof of identity that was good when the socket opened, and is proved again at each delivery.

    `credential` names what was shown: `session:<id>` or `token:<id>`. `can_write` is false for tokens without
    `chat:write`. `barred` are the kinds of stream that a token's scopes don't reach. `language` is that of refusals, one of
    settings.LANGUAGES; empty: whichever is active.
    """

    organization_id: int
    member_id: int
    user_id: int
    credential: str
    can_write: bool = True
    barred: frozenset[str] = frozenset()
    language: str = ""

    def __hash__(self) -> int:
        # Hundreds at every delivery, and a text remembers its own.
        return hash(self.credential)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a socket was not opened, as a close code of docs/api/socket.md.

    4001 nobody is signed in, 4003 no access to this organization.
    """

    code: int


class Gate:
    """The questions that realtime asks.

    Each is a plain function, registered once, and answers for many at once in a constant number of queries.
    """

    # Each knock in turn: a Pass, or why not.
    admit: Callable[[Sequence[Knock]], Sequence[Pass | Refusal]]
    # Those of the passes that still open the door.
    still_good: Callable[[Collection[Pass]], set[Pass]]
    # Those of the members whom this pass lets one see.
    visible_members: Callable[[Pass, Collection[int]], set[int]]


gate = Gate()


def signed_out() -> Problem:
    """What somebody hears whose session or token ended while they asked."""
    return Problem(401, "signed_out", detail=_("You are no longer signed in."))
