"""Which kinds of due work exist. The rooms above fill this in at start (`AppConfig.ready`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

Queue = Literal["soon", "mail", "media"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of row is worked off.

    `handle` gets the row's payload as keyword arguments. It may run twice (a worker died after the work, before its
    row was gone), so it loads by id, looks at what is there and calls one action. What it raises is retried: after 2,
    4, 8 … seconds, at most an hour, `attempts` times in all, then the row is dead until somebody redrives it.

    A kind that gathers has a `handle` that gets the payloads of one row or many at once, as a list.

    Of a recurring kind there is always one row, which nobody puts down and which is never dead: `handle` gets nothing, and
    answers how long after this run the next one is due.
    """

    handle: Callable[..., Any]
    queue: Queue = "soon"
    attempts: int = 10
    lease_seconds: int = 60
    is_recurring: bool = False
    gathers: bool = False


_kinds: dict[str, Kind] = {}


def register(
    name: str, handle: Callable[..., Any], *, queue: Queue = "soon", attempts: int = 10, lease_seconds: int = 60
) -> None:
    """Make a kind of due work known under its name (`mail.password_reset`)."""
    _kinds[name] = Kind(handle, queue, attempts, lease_seconds)


def register_gathering(name: str, handle: Callable[[Sequence[dict[str, Any]]], Any]) -> None:
    """Make work known that is cheaper for many rows at once (`message.fan_out`)."""
    _kinds[name] = Kind(handle, gathers=True)


def register_recurring(name: str, handle: Callable[[], timedelta], *, queue: Queue = "soon") -> None:
    """Make work known that is done again and again (`changes.clear`)."""
    _kinds[name] = Kind(handle, queue, is_recurring=True)


def recurring() -> list[str]:
    """The names of the recurring kinds."""
    return [name for name, kind in _kinds.items() if kind.is_recurring]


def kind(name: str) -> Kind:
    """The kind of this name. Raises LookupError for one that no room registered."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"no kind of due work is called {name!r}") from None
