"""Clearing old changes away, a few at a time.

Content is not in them, so nothing is lost: who comes back with an older cursor starts over with the newest window. How far
a stream was cleared is its head's `floor`, which moves in the transaction that deletes, under the stream's lock.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile

from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Now

from realtime.models import Change, StreamHead
from realtime.streams import Stream, locked

KEPT = timedelta(days=30)
EVERY = timedelta(days=1)
# A run has a minute, and others wait behind it in the queue; a lock is held for a few milliseconds.
STREAMS_A_RUN = 200
CHANGES_AT_ONCE = 1_000


def clear_old_changes() -> timedelta:
    """Clear the oldest changes of a few streams. Answers how long the next run can wait: not at all while something is left."""
    streams = _streams_with_old_changes()
    counts = [_clear(stream) for stream in streams]
    is_done = len(streams) < STREAMS_A_RUN and max(counts, default=0) < CHANGES_AT_ONCE
    return EVERY if is_done else timedelta(0)


def _streams_with_old_changes() -> list[Stream]:
    oldest = Change.objects.filter(stream_id=OuterRef("pk")).order_by("version").values("created_at")[:1]
    heads = StreamHead.objects.filter(version__gt=F("floor")).annotate(oldest=Subquery(oldest))
    found = heads.filter(oldest__lt=Now() - Value(KEPT)).values_list("kind", "object_id")[:STREAMS_A_RUN]
    return [Stream(kind, object_id) for kind, object_id in found]


def _clear(stream: Stream) -> int:
    """Clear up to CHANGES_AT_ONCE of its old changes away. Answers how many."""
    with locked(stream) as heads:
        head = heads[stream]
        is_old = ExpressionWrapper(Q(created_at__lt=Now() - Value(KEPT)), BooleanField())
        changes = Change.objects.filter(stream_id=head.id).order_by("version")
        first = changes.values_list("version", is_old)[:CHANGES_AT_ONCE]
        versions = [version for version, is_old in takewhile(lambda change: change[1], first)]
        if versions:
            StreamHead.objects.filter(pk=head.id).update(floor=versions[-1])
            changes.filter(version__lte=versions[-1]).delete()
    return len(versions)
