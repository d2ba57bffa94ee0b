"""Reading changes: set-based, for the hub (many streams at once) and for sync (one)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from realtime.models import Change, Installation, StreamHead
from realtime.registry import Rendered, registry
from realtime.relation import Type, relation
from realtime.streams import Stream


@dataclass(frozen=True, slots=True)
class StreamChanges:
    """What happened in a stream after `since`, up to `version`, its head at that moment."""

    stream: Stream
    since: int
    version: int
    changes: Sequence[Change]


def epoch() -> int:
    """The number that a restore raises."""
    row = Installation.objects.filter(pk=1).values_list("epoch", flat=True).first()
    return 1 if row is None else row


def heads(streams: Iterable[Stream]) -> dict[Stream, int]:
    """Where these streams stand: {stream: version}. One query a kind."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for stream in streams:
        by_kind[stream.kind].append(stream.object_id)
    found: dict[Stream, int] = {}
    for kind, ids in by_kind.items():
        rows = StreamHead.objects.filter(kind=kind, object_id__in=ids).values_list("object_id", "version")
        found.update({Stream(kind, object_id): version for object_id, version in rows})
    return found


def after(since: Mapping[Stream, int], *, at_most: int) -> list[StreamChanges]:
    """The changes of many streams after the given versions, in one query; of each only the newest `at_most`."""
    if not since:
        return []
    columns: dict[str, Type] = {"kind": "text", "object_id": "bigint", "since": "bigint"}
    wanted, parameters = relation("wanted", columns, [(*stream, version) for stream, version in since.items()])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.kind, h.object_id, h.id, h.version, c.version, c.kind, c.object_id "  # noqa: S608 - constants only
            f"FROM {wanted} JOIN realtime_streamhead h ON h.kind = wanted.kind AND h.object_id = wanted.object_id "
            "LEFT JOIN realtime_change c ON c.stream_id = h.id "
            "AND c.version > wanted.since AND c.version > h.version - %s AND c.version <= h.version "
            "ORDER BY h.id, c.version",
            [*parameters, at_most],
        )
        rows = cursor.fetchall()
    found: dict[Stream, tuple[int, list[Change]]] = {}
    for kind, object_id, stream_id, head, version, change_kind, change_object in rows:
        _, changes = found.setdefault(Stream(kind, object_id), (head, []))
        if version is not None:
            changes.append(Change(stream_id=stream_id, version=version, kind=change_kind, object_id=change_object))
    return [
        StreamChanges(stream, max(since[stream], head - at_most), head, changes)
        for stream, (head, changes) in found.items()
        if head > since[stream]
    ]


def newest_of_each(changes: Sequence[Change]) -> list[Change]:
    """The last change of each object, in version order.

    The object is shown as it is now, so earlier ones say nothing more.
    """
    last = {(change.kind.partition(".")[0], change.object_id): change for change in changes}
    return sorted(last.values(), key=lambda change: change.version)


def render(changes: Iterable[Change]) -> dict[tuple[str, int], Rendered]:
    """The objects of these changes as they are now.

    {(subject, object id): Rendered}. A constant number of queries a subject.
    """
    by_subject: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_subject[change.kind.partition(".")[0]].append(change)
    rendered: dict[tuple[str, int], Rendered] = {}
    for subject, its_changes in by_subject.items():
        if (renderer := registry.renderers.get(subject)) is not None:
            rendered.update({(subject, object_id): item for object_id, item in renderer(its_changes).items()})
    return rendered
