from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from chat.models import Conversation
from orgchart.models import Member
from realtime import hints
from realtime.models import Change, StreamHead
from realtime.streams import KINDS, MissingStream, Stream, enclosed, locked
from tests.chat.talk import head_of, kinds_since

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_numbers_are_handed_out_under_the_lock_and_written_with_their_changes(pair: Conversation) -> None:
    seq, version = head_of(pair.stream)
    with locked(pair.stream) as heads:
        head = heads[pair.stream]
        assert head.next_seq() == seq + 1
        first, second = head.change("message.posted", 1), head.change("message.edited", 1)
    assert (first, second) == (version + 1, version + 2)
    assert head_of(pair.stream) == (seq + 1, version + 2)
    assert kinds_since(pair.stream, version) == ["message.posted", "message.edited"]


def test_an_act_that_fails_leaves_no_trace_and_burns_no_number(pair: Conversation) -> None:
    before, changes = head_of(pair.stream), Change.objects.count()
    with suppress(ZeroDivisionError), locked(pair.stream) as heads:
        heads[pair.stream].next_seq()
        heads[pair.stream].change("message.posted", 1)
        raise ZeroDivisionError
    assert (head_of(pair.stream), Change.objects.count()) == (before, changes)


def test_looking_without_moving_writes_nothing(pair: Conversation) -> None:
    with CaptureQueriesContext(connection) as queries, locked(pair.stream):
        pass
    assert [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT", "WITH"))] == []


def test_a_second_lock_in_the_same_transaction_is_refused(pair: Conversation, lin: Member) -> None:
    with (
        locked(pair.stream),
        pytest.raises(TransactionManagementError, match="once per transaction"),
        locked(lin.stream),
    ):
        pass
    with locked(lin.stream):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_lock_inside_of_somebodys_transaction_is_refused(lin: Member) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), locked(lin.stream):
        pass
    with transaction.atomic(), enclosed(), locked(lin.stream):
        pass
    with locked(lin.stream):
        pass


def test_a_failed_act_gives_the_thread_its_lock_back(pair: Conversation) -> None:
    with pytest.raises(MissingStream), locked(Stream("conversation", 2**62)):
        pass
    with locked(pair.stream) as heads:
        assert list(heads) == [pair.stream]


def test_a_stream_without_a_head_may_be_asked_for_leniently(pair: Conversation) -> None:
    nowhere = Stream("conversation", 2**62)
    with locked(pair.stream, nowhere, missing_ok=True) as heads:
        assert nowhere not in heads
        assert pair.stream in heads


def test_kinds_are_locked_in_their_order_and_ascending_inside_each(
    pair: Conversation, group: Conversation, lin: Member, wei: Member
) -> None:
    if not connection.features.has_select_for_update:
        pytest.skip("on SQLite the transaction is the lock")
    wanted = [wei.stream, group.stream, lin.stream, lin.organization.stream, pair.stream]
    with CaptureQueriesContext(connection) as queries, locked(*wanted) as heads:
        order = list(heads)
    assert order == sorted(order, key=lambda stream: (KINDS.index(stream.kind), stream.object_id))
    taken = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert [next(kind for kind in KINDS if f"'{kind}'" in sql) for sql in taken] == list(KINDS)
    assert all("ORDER BY" in sql for sql in taken)


def test_a_hint_leaves_after_the_commit_and_only_then(
    pair: Conversation, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[hints.Hint] = []
    monkeypatch.setattr(hints, "send", told.append)
    with django_capture_on_commit_callbacks(execute=True), locked(pair.stream) as heads:
        version = heads[pair.stream].change("message.posted", 1)
        assert told == []
    assert told == [{"moved": {str(pair.stream): version}}]


def test_two_heads_of_one_stream_are_refused_by_the_database(pair: Conversation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        StreamHead.objects.create(kind="conversation", object_id=pair.pk, organization_id=pair.organization_id)


def test_a_head_never_stands_below_what_was_cleared_away(pair: Conversation) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        StreamHead.objects.filter(kind="conversation", object_id=pair.pk).update(floor=10_000)


@given(st.sampled_from(KINDS), st.integers(0, 10**18 - 1))
def test_a_stream_is_read_as_it_is_written(kind: str, object_id: int) -> None:
    assert Stream.parse(str(Stream(kind, object_id))) == Stream(kind, object_id)


@pytest.mark.parametrize(
    "text", ["", "member", "member:", "member:-1", "member:x", "robot:1", "member:１", "member:" + "9" * 19]
)
def test_what_is_no_stream_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a stream"):
        Stream.parse(text)
