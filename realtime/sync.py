"""Catching up: what happened in one stream since a cursor, or the newest window where the cursor can't be continued."""

from __future__ import annotations

from typing import Any

from realtime import failpoints, reading
from realtime.cursors import Cursor
from realtime.models import Change, StreamHead
from realtime.registry import Sight, registry
from realtime.streams import Stream
from wire.problems import missing

PAGE = 200  # changes an answer


def sync(stream: Stream, *, member_id: int, cursor: Cursor | None) -> dict[str, Any]:
    """One page: {stream, changes, cursor, more, reset}, in version order.

    Resets if there is no cursor, its epoch or its sight is not the present one (restored; joined, left, history
    switched), it is ahead of the head, or older changes were cleared away. Raises Problem 404 if the member may not
    follow the stream, existing or not.
    """
    kind = registry.streams[stream.kind]
    head = StreamHead.objects.filter(kind=stream.kind, object_id=stream.object_id).first()
    # Rights after the head and before every read of content: whoever is removed in between sees nothing of what came
    # later.
    sight = kind.followers([stream.object_id], [member_id]).get(stream.object_id, {}).get(member_id)
    if head is None or sight is None:
        raise missing()
    epoch = reading.epoch()
    if cursor is None or not _continues(cursor, epoch=epoch, sight=sight, head=head):
        return _start_over(stream, head=head, member_id=member_id, sight=sight, epoch=epoch)
    return _continue(stream, head=head, member_id=member_id, sight=sight, cursor=cursor)


def _continues(cursor: Cursor, *, epoch: int, sight: Sight, head: StreamHead) -> bool:
    if failpoints.is_armed("epoch_ignored"):
        return cursor.generation == sight.generation
    if failpoints.is_armed("no_visibility_reset"):
        return cursor.epoch == epoch and head.floor <= cursor.version <= head.version
    return (
        cursor.epoch == epoch and cursor.generation == sight.generation and head.floor <= cursor.version <= head.version
    )


def _start_over(stream: Stream, *, head: StreamHead, member_id: int, sight: Sight, epoch: int) -> dict[str, Any]:
    window = registry.streams[stream.kind].window(stream.object_id, member_id, sight)
    return {
        "stream": str(stream),
        "changes": [{"kind": "snapshot", "version": head.version, "object": rendered.object} for _, rendered in window],
        "cursor": str(Cursor(epoch, sight.generation, head.version)),
        "more": False,
        "reset": True,
    }


def _continue(stream: Stream, *, head: StreamHead, member_id: int, sight: Sight, cursor: Cursor) -> dict[str, Any]:
    page = list(
        Change.objects.filter(stream_id=head.pk, version__gt=cursor.version, version__lte=head.version).order_by(
            "version"
        )[: PAGE + 1]
    )
    more = len(page) > PAGE
    page = page[:PAGE]
    reached = page[-1].version if more else head.version
    newest = reading.newest_of_each(page)
    objects = reading.render(newest)
    # Once more after the content was read: a removal that came in between takes the whole answer back.
    again = (
        registry.streams[stream.kind]
        .followers([stream.object_id], [member_id])
        .get(stream.object_id, {})
        .get(member_id)
    )
    if again is None:
        raise missing()
    changes = []
    for change in newest:
        rendered = objects.get((change.kind.partition(".")[0], change.object_id))
        if rendered is not None and again.sees(rendered.seq):
            changes.append({"kind": change.kind, "version": change.version, "object": rendered.object})
    return {
        "stream": str(stream),
        "changes": changes,
        "cursor": str(Cursor(cursor.epoch, sight.generation, reached)),
        "more": more,
        "reset": False,
    }
