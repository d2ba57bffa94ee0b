"""What the rooms above tell accounts at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from realtime.streams import Stream


class Registry:
    """Filled in `AppConfig.ready()`, read ever after."""

    # The streams on which a person hears that their rights changed: those of their memberships.
    streams_of: Callable[[int], Iterable[Stream]]
    # The organizations that a person belongs to now: {handle: id}.
    organizations_of: Callable[[int], Mapping[str, int]]


registry = Registry()
