"""What ends somebody's access is heard by all that they have open; what lets them out or in, by their colleagues as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import User
from accounts.registry import registry
from realtime.streams import locked


@contextmanager
def rights_changing(user: User) -> Iterator[None]:
    """A transaction after which this person's sockets are proved again, in every organization and every process."""
    with locked(*registry.streams_of(user.pk)) as heads:
        yield
        for stream, head in heads.items():
            head.change("rights.changed", stream.object_id)


@contextmanager
def presence_changing(user: User) -> Iterator[None]:
    """The same for an act that lets the person out or in: the directory of each of their organizations shows it."""
    own = list(registry.streams_of(user.pk))
    with locked(*own, *registry.streams_about(user.pk)) as heads:
        yield
        for stream in own:
            heads[stream].change("rights.changed", stream.object_id)
        registry.tell_presence(heads, user.pk)
