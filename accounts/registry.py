"""What the rooms above tell accounts at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from realtime.streams import Stream


class Registry:
    """Filled in `AppConfig.ready()`, read ever after."""

    # The streams on which a person hears that their rights changed: those of their memberships.
    streams_of: Callable[[int], Iterable[Stream]]


registry = Registry()
