"""What the rooms above tell accounts at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from realtime.streams import Heads, Stream


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo company, as the sign-in page shows them. `id` is the member's, as everywhere in the browser."""

    id: int
    user_id: int
    name: str
    initials: str
    paint: int
    title: str


def nobody() -> Sequence[DemoPerson]:
    return ()


class Registry:
    """Filled in `AppConfig.ready()`, read ever after."""

    # The streams on which a person hears that their rights changed: those of their memberships.
    streams_of: Callable[[int], Iterable[Stream]]
    # The streams on which others hear of a person: those of the organizations that they belong to.
    streams_about: Callable[[int], Iterable[Stream]]
    # Note on these, once they are locked, that the person was let out or in.
    tell_presence: Callable[[Heads, int], None]
    # The names of the organizations that nobody could manage without this user. Asked under the locks of `streams_about`.
    owned_alone: Callable[[int], list[str]]
    # The organizations that a person belongs to now: {handle: id}.
    organizations_of: Callable[[int], Mapping[str, int]]
    # Whom the sign-in page offers in demo mode.
    demo_people: Callable[[], Sequence[DemoPerson]] = staticmethod(nobody)


registry = Registry()
