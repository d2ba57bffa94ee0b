"""Reading changes: set-based, for the hub and for sync, of many streams at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from realtime.models import Change, Installation
from realtime.registry import Rendered, registry
from realtime.relation import Type, gathered, relation, texts
from realtime.streams import Stream


@dataclass(frozen=True, slots=True)
class StreamChanges:
    """What happened in a stream after `since`, up to `version`, its head at that moment."""

    stream: Stream
    since: int
    version: int
    changes: Sequence[Change]


class Stand(NamedTuple):
    """Where a stream stands: its head's row, its version, and the version up to which changes were cleared away."""

    id: int
    version: int
    floor: int


class Span(NamedTuple):
    """The changes of a stream (by its head's row) after one version, up to another."""

    stream_id: int
    since: int
    until: int


def epoch() -> int:
    """The number that a restore raises."""
    row = Installation.objects.filter(pk=1).values_list("epoch", flat=True).first()
    return 1 if row is None else row


def stands(streams: Collection[Stream]) -> dict[Stream, Stand]:
    """Where those of these streams stand that exist. One query."""
    wanted, parameters = relation("wanted", {"kind": "text", "object_id": "bigint"}, list(streams))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.kind, h.object_id, h.id, h.version, h.floor "  # noqa: S608 - constants only
            f"FROM {wanted} JOIN realtime_streamhead h ON h.kind = wanted.kind AND h.object_id = wanted.object_id",
            parameters,
        )
        return {Stream(kind, object_id): Stand(*stand) for kind, object_id, *stand in cursor.fetchall()}


def heads(streams: Collection[Stream]) -> dict[Stream, int]:
    """The same, without their past: {stream: version}."""
    return {stream: stand.version for stream, stand in stands(streams).items()}


def after(since: Mapping[Stream, int], *, at_most: int) -> list[StreamChanges]:
    """The changes of many streams after the given versions, in one query; of each only the newest `at_most` that are kept."""
    if not since:
        return []
    columns: dict[str, Type] = {"kind": "text", "object_id": "bigint", "since": "bigint"}
    wanted, parameters = relation("wanted", columns, [(*stream, version) for stream, version in since.items()])
    told = _told(
        "c.stream_id = h.id AND c.version > wanted.since AND c.version > h.version - %s AND c.version <= h.version"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT h.kind, h.object_id, h.id, h.version, h.floor, wanted.since, ({told}) "  # noqa: S608 - constants only
            f"FROM {wanted} JOIN realtime_streamhead h ON h.kind = wanted.kind AND h.object_id = wanted.object_id",
            [at_most, *parameters],
        )
        rows = cursor.fetchall()
    return [
        StreamChanges(Stream(kind, object_id), max(was, head - at_most, floor), head, _changes(stream_id, texts(told)))
        for kind, object_id, stream_id, head, floor, was, told in rows
        if head > was
    ]


def _told(where: str) -> str:
    """A query that tells changes, for `_changes` to read.

    It stands in a SELECT list and not in a join: one that was planned while the table was small reads all of it long after it
    has grown.
    """
    told = gathered("c.version || ' ' || c.kind || ' ' || c.object_id")
    return f"SELECT {told} FROM realtime_change c WHERE {where}"  # noqa: S608 - constants only


def _changes(stream_id: int, told: Iterable[str]) -> list[Change]:
    """Changes told as `version kind object`, in version order."""
    parts = sorted((int(version), kind, int(object_id)) for version, kind, object_id in map(str.split, told))
    return [
        Change(stream_id=stream_id, version=version, kind=kind, object_id=object_id)
        for version, kind, object_id in parts
    ]


def between(spans: Collection[Span]) -> dict[Span, list[Change]]:
    """The changes in each of these spans, in version order. One query."""
    if not spans:
        return {}
    columns: dict[str, Type] = {"stream_id": "bigint", "since": "bigint", "until": "bigint"}
    wanted, parameters = relation("wanted", columns, list(spans))
    told = _told("c.stream_id = wanted.stream_id AND c.version > wanted.since AND c.version <= wanted.until")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT wanted.stream_id, wanted.since, wanted.until, ({told}) FROM {wanted}",  # noqa: S608 - constants only
            parameters,
        )
        return {Span(*span): _changes(span[0], texts(told)) for *span, told in cursor.fetchall()}


def newest_of_each(changes: Sequence[Change]) -> list[Change]:
    """The last change of each object, in version order.

    The object is shown as it is now, so earlier ones say nothing more.
    """
    last = {(_subject(change), change.object_id): change for change in changes}
    return sorted(last.values(), key=lambda change: change.version)


def render(changes: Iterable[Change]) -> dict[tuple[str, int], Rendered]:
    """The objects of these changes as they are now.

    {(subject, object id): Rendered}. A constant number of queries a subject.
    """
    by_subject: dict[str, dict[int, Change]] = defaultdict(dict)
    for change in changes:
        by_subject[_subject(change)][change.object_id] = change
    rendered: dict[tuple[str, int], Rendered] = {}
    for subject, its_changes in by_subject.items():
        if (renderer := registry.renderers.get(subject)) is not None:
            found = renderer(list(its_changes.values()))
            rendered.update({(subject, object_id): item for object_id, item in found.items()})
    return rendered


def shown(changes: Iterable[Change], objects: Mapping[tuple[str, int], Rendered]) -> list[tuple[Change, Rendered]]:
    """The changes that have something to show, with it."""
    found = ((change, objects.get((_subject(change), change.object_id))) for change in changes)
    return [(change, rendered) for change, rendered in found if rendered is not None]


def _subject(change: Change) -> str:
    return change.kind.partition(".")[0]
