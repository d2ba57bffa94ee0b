"""Named places where the tests may break the house on purpose: each wrong variant of the delivery model is one of them.

In production none is armed, and `reach` and `is_armed` cost a look into an empty dict. They are armed by tests in the
same process (`with armed("no_idempotency"):`), never by configuration or request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_armed: dict[str, Callable[[], None] | None] = {}


def is_armed(name: str) -> bool:
    """Whether the tests asked for this wrong behaviour."""
    return name in _armed


def reach(name: str) -> None:
    """Call what the tests put at this place, if anything."""
    if _armed and (act := _armed.get(name)) is not None:
        act()


@contextmanager
def armed(name: str, act: Callable[[], None] | None = None) -> Iterator[None]:
    """Arm a place for the length of a `with` block."""
    _armed[name] = act
    try:
        yield
    finally:
        del _armed[name]
