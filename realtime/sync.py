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
    head = StreamHead.objects.filter(kind=stream.kind, object_id=stream.object_id).first()
    sight = _sight(stream, member_id)
    if head is None or sight is None:
        raise missing()
    epoch = reading.epoch()
    if failpoints.is_armed("reset_by_ver") and cursor is not None and _was_switched(head, since=cursor):
        return {**_continue(stream, head=head, sight=sight, cursor=cursor._replace(version=0)), "reset": True}
    if cursor is not None and _continues(cursor, epoch=epoch, sight=sight, head=head):
        answer = _continue(stream, head=head, sight=sight, cursor=cursor)
    else:
        answer = _start_over(stream, head=head, member_id=member_id, sight=sight, epoch=epoch)
    failpoints.reach("content_read")
    # Once more, after the content was read: a removal that came in between takes the whole answer back.
    return answer if _sight(stream, member_id) == sight else sync(stream, member_id=member_id, cursor=cursor)


def _sight(stream: Stream, member_id: int) -> Sight | None:
    kind = registry.streams[stream.kind]
    return kind.followers([stream.object_id], [member_id]).get(stream.object_id, {}).get(member_id)


def _continues(cursor: Cursor, *, epoch: int, sight: Sight, head: StreamHead) -> bool:
    if failpoints.is_armed("epoch_ignored"):
        return cursor.generation == sight.generation
    if failpoints.is_armed("no_visibility_reset"):
        return cursor.epoch == epoch and head.floor <= cursor.version <= head.version
    return (
        cursor.epoch == epoch
        and cursor.generation == sight.generation
        and max(head.floor, sight.floor) <= cursor.version <= head.version
    )


def _was_switched(head: StreamHead, *, since: Cursor) -> bool:
    return head.changes.filter(kind__in=registry.resetting, version__gt=since.version).exists()


def _start_over(stream: Stream, *, head: StreamHead, member_id: int, sight: Sight, epoch: int) -> dict[str, Any]:
    window = registry.streams[stream.kind].window(stream.object_id, member_id, sight)
    return {
        "stream": str(stream),
        "changes": [{"kind": "snapshot", "version": head.version, "object": rendered.object} for _, rendered in window],
        "cursor": str(Cursor(epoch, sight.generation, head.version)),
        "more": False,
        "reset": True,
    }


def _continue(stream: Stream, *, head: StreamHead, sight: Sight, cursor: Cursor) -> dict[str, Any]:
    later = Change.objects.filter(stream_id=head.pk, version__gt=cursor.version, version__lte=head.version)
    order = ("object_id", "version") if failpoints.is_armed("page_by_seq") else ("version",)
    page = list(later.order_by(*order)[: PAGE + 1])
    more = len(page) > PAGE
    page = page[:PAGE]
    reached = page[-1].version if more else head.version
    if failpoints.is_armed("seq_cursor"):
        page = [change for change in page if change.kind == "message.posted"]
    newest = reading.newest_of_each(page)
    objects = reading.render(newest)
    changes = []
    for change in newest:
        rendered = objects.get((change.kind.partition(".")[0], change.object_id))
        if rendered is not None and sight.sees(rendered.seq):
            changes.append({"kind": change.kind, "version": change.version, "object": rendered.object})
    return {
        "stream": str(stream),
        "changes": changes,
        "cursor": str(Cursor(cursor.epoch, sight.generation, reached)),
        "more": more,
        "reset": False,
    }
