"""Work that is done again and again: one row that is always there, on a new installation and on one that was upgraded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models import F, Value
from django.db.models.functions import Now

from outbox import kinds, relay
from outbox.models import DueRow
from outbox.queue import begin_recurring
from outbox.sweep import claim, run
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

Rounds = list[str]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rounds]:
    """The rounds that the watchman made, every hour. He is the only one here who does anything again and again."""
    made: Rounds = []

    def watch() -> timedelta:
        made.append("all is well")
        return timedelta(hours=1)

    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register_recurring("lamp.watch", watch)
    DueRow.objects.all().delete()
    return made


def let_pass(span: timedelta) -> None:
    """Everything stands as if so much time had passed."""
    # SQLite compares times as text: within its millisecond, 48.728000 comes after 48.728.
    span += timedelta(milliseconds=1)
    DueRow.objects.update(due_at=F("due_at") - Value(span), lease_until=F("lease_until") - Value(span))


def test_it_is_there_from_the_first_sweep_on_and_only_once(rounds: Rounds) -> None:
    begin_recurring()
    begin_recurring()
    [row] = claim()
    assert (row.kind, row.payload) == ("lamp.watch", {})


def test_the_database_lets_nobody_put_down_a_second_one(rounds: Rounds) -> None:
    begin_recurring()
    with pytest.raises(IntegrityError):
        DueRow.objects.create(kind="lamp.watch", key="lamp.watch")


def test_after_a_run_it_waits_for_its_next_time(rounds: Rounds) -> None:
    begin_recurring()
    for _hour in range(3):
        [row] = claim()
        assert run(row)
        assert claim() == []
        let_pass(timedelta(minutes=59))
        assert claim() == []
        let_pass(timedelta(minutes=1))
    assert len(rounds) == 3
    assert DueRow.objects.get().attempts == 0


def test_whoever_dies_on_the_way_is_followed_by_another(rounds: Rounds) -> None:
    begin_recurring()
    [dead] = claim()
    let_pass(timedelta(seconds=61))
    [row] = claim()
    assert run(row)
    assert not run(dead)
    assert len(rounds) == 1


def test_it_is_put_off_when_it_fails_and_never_dead(rounds: Rounds) -> None:
    def stumble() -> timedelta:
        raise ConnectionError

    watch = kinds.kind("lamp.watch").handle
    kinds.register_recurring("lamp.watch", stumble)
    begin_recurring()
    for _attempt in range(25):
        [row] = claim()
        assert not run(row)
        assert claim() == []
        let_pass(timedelta(hours=1))
    assert not DueRow.objects.dead().exists()
    kinds.register_recurring("lamp.watch", watch)
    [row] = claim()
    assert run(row)
    row = DueRow.objects.get()
    assert (row.attempts, row.last_error, rounds) == (0, "", ["all is well"])


def test_one_of_a_newer_release_waits_for_it_however_long(rounds: Rounds) -> None:
    begin_recurring()
    kinds._kinds.clear()
    for _attempt in range(25):
        [row] = claim()
        assert not run(row)
        let_pass(timedelta(hours=1))
    assert not DueRow.objects.dead().exists()


def test_what_begins_does_not_make_a_waiting_one_due(rounds: Rounds) -> None:
    begin_recurring()
    DueRow.objects.update(due_at=Now() + Value(timedelta(minutes=30)))
    begin_recurring()
    assert claim() == []


@pytest.mark.django_db(transaction=True)
def test_many_that_begin_at_once_make_one(rounds: Rounds) -> None:
    together(*[begin_recurring] * 4)
    assert DueRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_sweep_begins_it_also_if_the_database_comes_late(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    begin = relay.begin_recurring
    outcomes = iter([IntegrityError])

    def fail_first() -> None:
        if error := next(outcomes, None):
            raise error
        begin()

    def watch() -> timedelta:
        stop.set()
        return timedelta(hours=1)

    monkeypatch.setattr(relay, "begin_recurring", fail_first)
    monkeypatch.setattr(relay, "PAUSE", 0.01)
    kinds.register_recurring("lamp.watch", watch)
    together(lambda: relay.work_off(stop))
    assert stop.is_set()
