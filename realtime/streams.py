"""The one way to move a stream: lock its head, look, write, note what changed, commit, then hint.

    with locked(conversation.stream) as heads:
        head = heads[conversation.stream]
        ...                                   # look again: nothing seen before the lock counts
        message = Message.objects.create(seq=head.next_seq(), version=head.next_version(), …)
        head.note("message.posted", message.version, message.pk)

Numbers are handed out in memory and written with the changes in two set-based statements before the commit. The
lock is the row itself (`FOR NO KEY UPDATE`); on SQLite the IMMEDIATE transaction is the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from realtime import failpoints, hints
from realtime.models import StreamHead
from realtime.relation import Type, many, one_of, relation

# In this order, and ascending inside each kind, heads are locked. Unordered between kinds, 179 of 240 transactions
# ended in a deadlock.
KINDS = ("organization", "conversation", "member")


class Stream(NamedTuple):
    """Whose changes: `conversation:7`, `member:3`, `organization:1`."""

    kind: str
    object_id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"

    @classmethod
    def parse(cls, text: str) -> Stream:
        """The stream named by `kind:id`. Raises ValueError for anything else."""
        kind, colon, number = text.partition(":")
        if kind not in KINDS or not colon or not number.isascii() or not number.isdigit() or len(number) > 18:
            raise ValueError(f"not a stream: {text!r}")
        return cls(kind, int(number))


class MissingStream(LookupError):
    """A stream without a head was to be moved."""


@dataclass(slots=True, eq=False)
class Head:
    """A locked head row, with the changes noted so far."""

    id: int
    stream: Stream
    organization_id: int
    seq: int
    version: int
    is_moved: bool = False
    changes: list[tuple[int, int, str, int]] = field(default_factory=list)

    def next_seq(self) -> int:
        """The next message number."""
        self.seq += 1
        self.is_moved = True
        return self.seq

    def next_version(self) -> int:
        """The next change number; give it to the object that changes, then `note` it."""
        self.version += 1
        self.is_moved = True
        return self.version

    def note(self, kind: str, version: int, object_id: int) -> None:
        """Tell the followers that as change number `version` this happened to the object."""
        self.changes.append((self.id, version, kind, object_id))

    def change(self, kind: str, object_id: int) -> int:
        """`next_version` and `note` in one, for objects that are there already. Answers the version."""
        version = self.next_version()
        self.note(kind, version, object_id)
        return version


class Heads(Mapping[Stream, Head]):
    """The heads that this transaction locked."""

    def __init__(self, heads: dict[Stream, Head]) -> None:
        self._heads = heads

    def __getitem__(self, stream: Stream) -> Head:
        return self._heads[stream]

    def __iter__(self) -> Iterator[Stream]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)

    def open(self, stream: Stream, *, organization_id: int) -> Head:
        """Begin a new stream, of an object that this transaction has just made."""
        row = StreamHead.objects.create(kind=stream.kind, object_id=stream.object_id, organization_id=organization_id)
        head = Head(row.pk, stream, organization_id, 0, 0)
        self._heads[stream] = head
        return head


_here = threading.local()


@contextmanager
def locked(*streams: Stream, missing_ok: bool = False) -> Iterator[Heads]:
    """A transaction that may move these streams, and no others.

    Raises TransactionManagementError if one is open on this thread already (a second lock breaks the order and can
    deadlock), Django's RuntimeError if any other transaction is (the locks would outlast the block), and MissingStream
    if a stream has no head; with `missing_ok` it is just not among the heads. Hints leave after the commit; nobody
    waits for them.
    """
    if getattr(_here, "is_locked", False):
        raise TransactionManagementError("locked() is called once per transaction, with all streams that it will move")
    _here.is_locked = True
    try:
        with transaction.atomic(durable=not getattr(_here, "is_enclosed", False)):
            heads = Heads(_lock(streams, missing_ok=missing_ok))
            yield heads
            _write(heads.values())
            failpoints.reach("before_commit")
    finally:
        _here.is_locked = False


@contextmanager
def enclosed() -> Iterator[None]:
    """Here `locked()` may stand inside of a larger transaction, and its locks last as long as that.

    For what nobody else is touched by: a demo company that is made as a whole or not at all, a test that is undone.
    """
    _here.is_enclosed = True
    try:
        yield
    finally:
        _here.is_enclosed = False


def _lock(streams: Iterable[Stream], *, missing_ok: bool) -> dict[Stream, Head]:
    wanted = sorted(set(streams), key=lambda stream: (KINDS.index(stream.kind), stream.object_id))
    heads: dict[Stream, Head] = {}
    lock = "FOR NO KEY UPDATE" if connection.features.has_select_for_no_key_update else ""
    for kind in KINDS:
        ids = [stream.object_id for stream in wanted if stream.kind == kind]
        if not ids:
            continue
        # By ORM the lock took a quarter of what a single message costs this process, by its profile.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, object_id, organization_id, seq, version FROM realtime_streamhead "  # noqa: S608 - constants only
                f"WHERE kind = %s AND object_id {one_of()} ORDER BY object_id {lock}",
                [kind, many(ids)],
            )
            for id, object_id, organization_id, seq, version in cursor.fetchall():
                stream = Stream(kind, object_id)
                heads[stream] = Head(id, stream, organization_id, seq, version)
    if not missing_ok and (missing := [stream for stream in wanted if stream not in heads]):
        raise MissingStream(str(missing[0]))
    return heads


def _write(heads: Iterable[Head]) -> None:
    moved = [head for head in heads if head.is_moved]
    if not moved:
        return
    columns: dict[str, Type] = {"id": "bigint", "seq": "bigint", "version": "bigint"}
    numbers, parameters = relation("moved", columns, [(head.id, head.seq, head.version) for head in moved])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE realtime_streamhead SET seq = moved.seq, version = moved.version "  # noqa: S608 - constants only
            f"FROM {numbers} WHERE realtime_streamhead.id = moved.id",
            parameters,
        )
        columns = {"stream_id": "bigint", "version": "bigint", "kind": "text", "object_id": "bigint"}
        changes, parameters = relation("noted", columns, [change for head in moved for change in head.changes])
        cursor.execute(
            "INSERT INTO realtime_change (stream_id, version, kind, object_id) "  # noqa: S608 - constants only
            f"SELECT stream_id, version, kind, object_id FROM {changes}",
            parameters,
        )
    transaction.on_commit(partial(hints.moved, {str(head.stream): head.version for head in moved}))
