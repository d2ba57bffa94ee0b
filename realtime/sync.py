"""Catching up: what happened in a stream since a cursor, or the newest window where the cursor can't be continued.

Asked by many at once after a restart, and mostly the same: what is read is read for all of them together, and who asks
and sees the same gets the same text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from realtime import failpoints, reading
from realtime.cursors import Cursor
from realtime.frames import change_of
from realtime.models import Change
from realtime.reading import Span, Stand
from realtime.registry import Rendered, Sight, View, registry
from realtime.streams import Stream
from wire.json import encode
from wire.problems import Problem, missing

PAGE = 200  # changes an answer
# Of a page of changes or a conversation's window, unless its only object is longer: several must fit into a socket's queue.
CHARACTERS = 256_000


class Question(NamedTuple):
    """What a member missed in a stream since a cursor, or without one."""

    stream: Stream
    member_id: int
    cursor: Cursor | None


class _Case(NamedTuple):
    """What an answer depends on: many questions may be the same case."""

    stream: Stream
    sight: Sight
    floor: int
    cursor: Cursor | None


def sync(stream: Stream, *, member_id: int, cursor: Cursor | None) -> str:
    """`sync_all` for one question. Raises the Problem."""
    [answer] = sync_all([Question(stream, member_id, cursor)])
    if isinstance(answer, Problem):
        raise answer
    return answer


def sync_all(questions: Sequence[Question]) -> list[str | Problem]:
    """One page each, as JSON: {stream, changes, cursor, more, reset}, in version order.

    Resets if there is no cursor, its epoch or its sight is not the present one (restored; joined, left, history
    switched), it is ahead of the head, or older changes were cleared away. Problem 404 if the member may not
    follow the stream, existing or not. A constant number of queries, however many ask.
    """
    stands = _stands(questions)
    cases = _cases(questions, stands)
    if not cases:
        return [missing() for _question in questions]
    pages = _pages(set(cases.values()), stands)
    failpoints.reach("content_read")
    # Once more, after the content was read: a removal that came in between takes the whole answer back, and what was
    # cleared away in between is missing in it.
    now = _cases(questions, _stands(questions))
    answers: dict[int, str | Problem] = {
        number: pages[case] for number, case in cases.items() if now.get(number) == case
    }
    again = [number for number in cases if number not in answers]
    if again:
        answers.update(zip(again, sync_all([questions[number] for number in again]), strict=True))
    return [answers.get(number) or missing() for number in range(len(questions))]


def _stands(questions: Sequence[Question]) -> dict[Stream, Stand]:
    return reading.stands({question.stream for question in questions})


def _cases(questions: Sequence[Question], stands: Mapping[Stream, Stand]) -> dict[int, _Case]:
    """The cases of those of the questions that may be answered, by their number."""
    sights = _sights(questions)
    return {
        number: _Case(stream, sight, stands[stream].floor, cursor)
        for number, (stream, member_id, cursor) in enumerate(questions)
        if stream in stands and (sight := sights.get((stream, member_id))) is not None
    }


def _sights(questions: Sequence[Question]) -> dict[tuple[Stream, int], Sight]:
    """What the asking members see of the streams that they asked for; one query a kind and at most one more."""
    object_ids: dict[str, set[int]] = defaultdict(set)
    member_ids: dict[str, set[int]] = defaultdict(set)
    for stream, member_id, _cursor in questions:
        object_ids[stream.kind].add(stream.object_id)
        member_ids[stream.kind].add(member_id)
    return {
        (Stream(kind, object_id), member_id): sight
        for kind, ids in object_ids.items()
        for object_id, followers in registry.streams[kind].followers(ids, member_ids[kind]).items()
        for member_id, sight in followers.items()
    }


def _pages(cases: Collection[_Case], stands: Mapping[Stream, Stand]) -> dict[_Case, str]:
    epoch = reading.epoch()
    going_on: dict[_Case, tuple[Cursor, Span]] = {}
    anew: dict[_Case, _Case] = {}
    for case in cases:
        stand = stands[case.stream]
        if case.cursor is not None and _walks_again(case.cursor, stand):
            going_on[case] = case.cursor, _span(stand, since=0)
        elif case.cursor is not None and _continues(case.cursor, case, epoch=epoch, head=stand.version):
            going_on[case] = case.cursor, _span(stand, since=case.cursor.version)
        else:
            anew[case] = case._replace(cursor=None)
    windows = _windows(set(anew.values()), stands, epoch=epoch)
    return _continued(going_on, stands) | {case: windows[same] for case, same in anew.items()}


def _continues(cursor: Cursor, case: _Case, *, epoch: int, head: int) -> bool:
    if failpoints.is_armed("epoch_ignored"):
        return cursor.generation == case.sight.generation
    if failpoints.is_armed("no_visibility_reset"):
        return cursor.epoch == epoch and case.floor <= cursor.version <= head
    return (
        cursor.epoch == epoch
        and cursor.generation == case.sight.generation
        and max(case.floor, case.sight.floor) <= cursor.version <= head
    )


def _walks_again(cursor: Cursor, stand: Stand) -> bool:
    """A failpoint's way to start over: whenever the history was switched since, from the beginning."""
    if not failpoints.is_armed("reset_by_ver"):
        return False
    later = Change.objects.filter(stream_id=stand.id, version__gt=cursor.version)
    return later.filter(kind__in=registry.resetting).exists()


def _windows(cases: Collection[_Case], stands: Mapping[Stream, Stand], *, epoch: int) -> dict[_Case, str]:
    wanted: dict[str, set[View]] = defaultdict(set)
    for case in cases:
        wanted[case.stream.kind].add((case.stream.object_id, case.sight))
    found = {kind: registry.streams[kind].windows(views) for kind, views in wanted.items()}
    pages: dict[_Case, str] = {}
    for case in cases:
        version = stands[case.stream].version
        window = found[case.stream.kind][case.stream.object_id, case.sight]
        shown = ",".join(change_of("snapshot", version, rendered) for rendered in window)
        pages[case] = _page(case, shown, Cursor(epoch, case.sight.generation, version), more=False, reset=True)
    return pages


def _span(stand: Stand, *, since: int) -> Span:
    # Versions have no gaps: so many of them are so many changes.
    is_whole = failpoints.is_armed("page_by_seq")
    return Span(stand.id, since, stand.version if is_whole else min(since + PAGE, stand.version))


def _continued(going_on: Mapping[_Case, tuple[Cursor, Span]], stands: Mapping[Stream, Stand]) -> dict[_Case, str]:
    changes = reading.between({span for _cursor, span in going_on.values()})
    found = {span: _newest(span, its_changes) for span, its_changes in changes.items()}
    objects = reading.render(change for newest, _until in found.values() for change in newest)
    shown = {span: reading.shown(newest, objects) for span, (newest, _until) in found.items()}
    lowest = {
        span: min((rendered.seq for _change, rendered in its if rendered.seq is not None), default=None)
        for span, its in shown.items()
    }
    texts: dict[tuple[Span, int, str, Sight | None], str] = {}
    pages: dict[_Case, str] = {}
    for case, (cursor, span) in going_on.items():
        # In most batches that is one text for everybody, whenever they joined.
        sight = None if case.sight.sees_on_from(lowest[span]) else case.sight
        same = span, cursor.epoch, case.sight.generation, sight
        if same not in texts:
            fitting, reached = _fitting(shown[span], case.sight, until=found[span][1])
            stand = stands[case.stream]
            moved = Cursor(cursor.epoch, case.sight.generation, reached)
            more, reset = reached < stand.version, _walks_again(cursor, stand)
            texts[same] = _page(case, fitting, moved, more=more, reset=reset)
        pages[case] = texts[same]
    return pages


def _newest(span: Span, changes: list[Change]) -> tuple[list[Change], int]:
    """The last change of each object, and the version up to which these are all."""
    until = span.until
    if failpoints.is_armed("page_by_seq") and len(changes) > PAGE:
        changes = sorted(changes, key=lambda change: (change.object_id, change.version))[:PAGE]
        until = changes[-1].version
    if failpoints.is_armed("seq_cursor"):
        changes = [change for change in changes if change.kind == "message.posted"]
    return reading.newest_of_each(changes), until


def _fitting(shown: Iterable[tuple[Change, Rendered]], sight: Sight, *, until: int) -> tuple[str, int]:
    """As much of it as an answer may hold, and the version that is reached by it."""
    seen = [(change, rendered) for change, rendered in shown if sight.sees(rendered.seq)]
    count = fitting([rendered for _change, rendered in seen])
    text = ",".join(change_of(change.kind, change.version, rendered) for change, rendered in seen[:count])
    return text, until if count == len(seen) else seen[count][0].version - 1


def fitting(objects: Sequence[Rendered]) -> int:
    """How many of these, from the first on, an answer may hold: one at least, however long it is."""
    sizes = accumulate(len(rendered.text) for rendered in objects)
    return max(min(1, len(objects)), sum(1 for size in sizes if size <= CHARACTERS))


def _page(case: _Case, changes: str, cursor: Cursor, *, more: bool, reset: bool) -> str:
    return (
        f'{{"stream":"{case.stream}","changes":[{changes}],"cursor":"{cursor}",'
        f'"more":{encode(more)},"reset":{encode(reset)}}}'
    )
