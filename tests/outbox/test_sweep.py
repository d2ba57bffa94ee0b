from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import F, Value
from django.db.models.functions import Now

from outbox import kinds, relay
from outbox.models import DueRow
from outbox.sweep import claim, give_back, put_off, redrive, run, run_all
from outbox.tasks import run_rows
from tests.threads import together
from workspace.celery import app as celery

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

Lamps = list[int]
SECONDS_OF_A_DEAD_SERVER = 10  # EMAIL_TIMEOUT, once EMAIL_URL is set


@pytest.fixture
def lit() -> Iterator[Lamps]:
    """The lamps that were lit, in order. Lamp 13 cannot be. Lamps above 1000 take longer than the lease, and somebody sweeps meanwhile."""
    lamps: Lamps = []

    def light(*, lamp: int) -> None:
        if lamp > 1000:
            let_pass(31)
            claim()
        if lamp % 1000 == 13:
            raise ConnectionError("no bulb for alice@example.com")
        lamps.append(lamp)

    kinds.register("lamp.light", light, attempts=3, lease_seconds=30)
    yield lamps
    del kinds._kinds["lamp.light"]


def put(*lamps: int) -> list[DueRow]:
    DueRow.objects.all().delete()
    return DueRow.objects.bulk_create([DueRow(kind="lamp.light", payload={"lamp": lamp}) for lamp in lamps])


def let_pass(seconds: float) -> None:
    """Everything stands as if so much time had passed."""
    # SQLite compares times as text: within its millisecond, 48.728000 comes after 48.728.
    span = Value(timedelta(seconds=seconds, milliseconds=1))
    DueRow.objects.update(due_at=F("due_at") - span, lease_until=F("lease_until") - span)


def due_in(row: DueRow) -> float:
    again = DueRow.objects.annotate(now=Now()).get(pk=row.pk)
    return (again.due_at - again.now).total_seconds()


def test_a_claimed_row_is_worked_off_and_gone(lit: Lamps) -> None:
    put(1)
    [row] = claim()
    assert run(row)
    assert lit == [1]
    assert not DueRow.objects.exists()


def test_the_oldest_come_first_and_no_more_than_asked_for(lit: Lamps) -> None:
    rows = put(1, 2, 3)
    DueRow.objects.filter(pk=rows[2].pk).update(due_at=Now() - Value(timedelta(hours=1)))
    assert [row.payload["lamp"] for row in claim(at_most=2)] == [3, 1]


def test_a_leased_row_is_found_again_only_when_the_lease_ran_out(lit: Lamps) -> None:
    put(1)
    [first] = claim()
    assert claim() == []
    let_pass(29)
    assert claim() == []
    let_pass(2)
    [second] = claim()
    assert (second.pk, second.attempts) == (first.pk, 2)


def test_a_worker_that_died_between_the_work_and_the_deletion_is_followed_by_another(lit: Lamps) -> None:
    put(1)
    [row] = claim()
    kinds.kind(row.kind).handle(**row.payload)
    let_pass(31)
    assert all(run(again) for again in claim())
    assert lit == [1, 1]
    assert not DueRow.objects.exists()


def test_a_worker_that_lost_its_lease_does_not_take_the_row_from_who_has_it_now(lit: Lamps) -> None:
    put(1001)
    [slow] = claim()
    assert run(slow)
    assert DueRow.objects.get().attempts == 2


def test_who_fails_after_losing_the_lease_does_not_disturb_either(lit: Lamps) -> None:
    put(1013)
    [slow] = claim()
    assert not run(slow)
    again = DueRow.objects.get()
    assert (again.attempts, again.last_error) == (2, "")
    assert again.lease_until is not None


def test_what_was_taken_by_another_before_it_was_begun_is_the_others(lit: Lamps) -> None:
    put(1)
    [slow] = claim()
    let_pass(31)
    [quick] = claim()
    assert not run(slow)
    assert lit == []
    assert run(quick)
    assert lit == [1]


def test_a_row_that_waited_behind_others_is_held_for_a_whole_lease_again(lit: Lamps) -> None:
    put(1, 1002, 3)
    first, slow, last = claim()
    let_pass(29)
    assert run(first)
    # While the second one works, the third one's lease runs out and a sweep takes it.
    assert run(slow)
    assert not run(last)
    assert lit == [1, 1002]
    assert DueRow.objects.get(pk=last.pk).attempts == 2


def test_a_failure_waits_twice_as_long_each_time_and_keeps_its_kind_not_its_words(lit: Lamps) -> None:
    [row] = put(13)
    for wait in (2, 4):
        [claimed] = claim()
        assert not run(claimed)
        assert wait - 1 < due_in(row) <= wait
        assert claim() == []
        let_pass(wait)
    row.refresh_from_db()
    assert row.last_error == "ConnectionError"
    assert row.dead_at is None


def test_after_the_last_attempt_a_row_is_dead_until_somebody_redrives_it(lit: Lamps) -> None:
    [row] = put(13)
    for _attempt in range(3):
        [claimed] = claim()
        assert not run(claimed)
        let_pass(3600)
    assert claim() == []
    assert list(DueRow.objects.dead()) == [row]
    assert redrive([row.pk, 10_000]) == 1
    [again] = claim()
    assert again.attempts == 1
    assert redrive([row.pk]) == 0


def test_who_had_a_row_in_an_earlier_life_does_not_end_its_present_one(lit: Lamps) -> None:
    """The first attempt hangs; the row fails on without it, dies and is redriven, and is in its first attempt again."""
    [row] = put(13)
    [late] = claim()
    let_pass(31)
    for _attempt in range(2):
        [claimed] = claim()
        assert not run(claimed)
        let_pass(3600)
    assert redrive([row.pk]) == 1
    DueRow.objects.update(payload={"lamp": 1})
    [present] = claim()
    assert present.attempts == late.attempts
    assert not run(late)
    put_off(late, TimeoutError())
    assert DueRow.objects.get().last_error == "ConnectionError"
    assert run(present)
    assert lit == [1]


def test_a_row_that_was_given_back_is_held_by_nobody_who_had_it_before(lit: Lamps) -> None:
    """The broker's error came after it had taken the message: a worker is told of a lease that was given back, and of the next."""
    put(1)
    early = claim()
    give_back(early)
    [present] = claim()
    assert present.attempts == early[0].attempts
    run_rows([(row.pk, row.lease_number) for row in early])
    assert lit == []
    assert run(present)
    assert lit == [1]


def test_a_message_that_comes_twice_does_not_cut_the_wait_after_a_failure_short(lit: Lamps) -> None:
    put(13)
    claims = [(row.pk, row.lease_number) for row in claim()]
    run_rows(claims)
    DueRow.objects.update(payload={"lamp": 1})
    run_rows(claims)
    assert lit == []


def test_no_wait_is_longer_than_an_hour(lit: Lamps) -> None:
    kinds.register("lamp.light", kinds.kind("lamp.light").handle, attempts=100)
    [row] = put(13)
    DueRow.objects.update(attempts=40)
    [claimed] = claim()
    assert not run(claimed)
    assert 3590 < due_in(row) <= 3600


def test_one_that_fails_does_not_hold_up_the_others(lit: Lamps) -> None:
    put(1, 13, 2)
    assert [run(row) for row in claim()] == [True, False, True]
    assert lit == [1, 2]


def test_a_row_of_a_newer_release_waits_for_who_knows_it(lit: Lamps) -> None:
    DueRow.objects.all().delete()
    DueRow.objects.create(kind="lamp.from_tomorrow", payload={})
    [row] = claim()
    assert not run(row)
    row.refresh_from_db()
    assert (row.last_error, row.dead_at) == ("LookupError", None)


# ── workers ──


def test_a_worker_runs_the_rows_it_was_told_of_and_finds_others_gone(lit: Lamps) -> None:
    put(1, 2)
    claims = [(row.pk, row.lease_number) for row in claim()]
    run_rows(claims)
    run_rows(claims)
    assert lit == [1, 2]


def test_rows_whose_lease_ran_out_behind_a_slow_one_are_done_once(lit: Lamps) -> None:
    """The slow one's sweep claims all three again; another worker is told of them while the first still has its list."""
    put(1001, 2, 3)
    claims = [(row.pk, row.lease_number) for row in claim()]
    run_rows(claims)
    assert lit == [1001]
    run_rows([(id, number + 1) for id, number in claims[1:]])
    run_rows(claims)
    assert lit == [1001, 2, 3]


def test_a_dead_mail_server_can_t_hold_a_task_beyond_its_time(lit: Lamps, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds.register("lamp.light", kinds.kind("lamp.light").handle, queue="mail")
    sent: list[int] = []
    monkeypatch.setattr(run_rows, "apply_async", lambda args, **_options: sent.append(len(args[0])))
    put(*range(100, 110))
    relay._hand_over(claim())
    assert sum(sent) == 10
    assert max(sent) * SECONDS_OF_A_DEAD_SERVER < celery.conf.task_soft_time_limit


def test_the_relay_hands_ids_over_by_queue_and_nothing_else(lit: Lamps, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds.register("lamp.oil", lambda **_ids: None, queue="mail")
    sent: list[tuple[str, list[tuple[int, int]]]] = []
    monkeypatch.setattr(run_rows, "apply_async", lambda args, queue, **_options: sent.append((queue, args[0])))
    light, light_too = put(1, 2)
    oil = DueRow.objects.create(kind="lamp.oil", payload={})
    assert relay._hand_over(claim()) == 3
    assert sorted(sent) == [("mail", [(oil.pk, 1)]), ("soon", [(light.pk, 1), (light_too.pk, 1)])]
    del kinds._kinds["lamp.oil"]


def test_without_a_broker_the_rows_stay_and_their_attempts_are_not_used_up(
    lit: Lamps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_message: Any) -> None:
        raise OSError("no broker")

    kinds.register("lamp.oil", lambda **_ids: None, queue="mail")
    monkeypatch.setattr(run_rows, "apply_async", unreachable)
    put(1, 13)
    DueRow.objects.create(kind="lamp.oil", payload={})
    for _sweep in range(5):
        assert relay._hand_over(claim()) == 0
    assert [run(row) for row in claim()] == [True, False, True]
    assert lit == [1]
    assert not DueRow.objects.dead().exists()
    del kinds._kinds["lamp.oil"]


# ── several at once ──


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_never_hold_the_same_row(lit: Lamps) -> None:
    put(*range(100, 300))
    claimed: Counter[int] = Counter()
    noting = threading.Lock()

    def sweep() -> None:
        while rows := claim(at_most=7):
            with noting:
                claimed.update(row.pk for row in rows)

    together(sweep, sweep, sweep, sweep)
    assert len(claimed) == 200
    assert set(claimed.values()) == {1}


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_work_everything_off_once(lit: Lamps) -> None:
    put(*range(100, 200))

    def work() -> None:
        while rows := claim(at_most=5):
            for row in rows:
                assert run(row)

    together(work, work)
    assert sorted(lit) == list(range(100, 200))
    assert not DueRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_embedded_sweep_works_off_what_is_due_and_ends_when_told(lit: Lamps) -> None:
    put(*range(100, 150))
    stop = threading.Event()
    sweeping = threading.Thread(target=relay.work_off, args=(stop,))
    sweeping.start()
    for _ in range(100):
        if len(lit) == 50:
            break
        stop.wait(0.05)
    stop.set()
    sweeping.join(5)
    assert not sweeping.is_alive()
    assert lit == list(range(100, 150))


def test_a_defect_in_a_sweep_is_told_and_the_next_one_comes(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    monkeypatch.setattr(relay, "PAUSE", 0)
    monkeypatch.setattr(relay, "connection", SimpleNamespace(close=lambda: None))
    outcomes = iter([ZeroDivisionError, OperationalError, None])

    def sweep() -> int:
        if outcome := next(outcomes):
            raise outcome
        stop.set()
        return 1

    relay._until(stop, sweep)
    told = [record.message for record in caplog.records if record.name == relay.__name__]
    assert told == ["sweep_defect", "sweep_failed"]


@pytest.fixture
def rung() -> Iterator[list[list[int]]]:
    """The bells as they were rung, together. Bell 13 is cracked. Where bell 1000 rings, another takes what lease ran out."""
    peals: list[list[int]] = []

    def ring(ropes: list[dict[str, int]]) -> None:
        bells = [rope["bell"] for rope in ropes]
        if 13 in bells:
            raise RuntimeError("cracked")
        peals.append(bells)
        if 1000 in bells:
            let_pass(61)
            claim()

    kinds.register_gathering("bell.ring", ring)
    yield peals
    del kinds._kinds["bell.ring"]


def hang(*bells: int) -> None:
    DueRow.objects.all().delete()
    DueRow.objects.bulk_create([DueRow(kind="bell.ring", payload={"bell": bell}) for bell in bells])


def test_rows_of_a_kind_that_gathers_are_done_at_once_in_as_many_queries_as_one(
    rung: list[list[int]], django_assert_num_queries: Any
) -> None:
    hang(*range(10))
    rows = claim()
    with django_assert_num_queries(2):
        run_all(rows)
    assert rung == [[*range(10)]]
    assert not DueRow.objects.exists()


def test_one_that_fails_among_gathered_ones_is_put_off_alone(rung: list[list[int]]) -> None:
    hang(1, 13, 2)
    run_all(claim())
    assert rung == [[1], [2]]
    left = DueRow.objects.get()
    assert (left.payload, left.last_error) == ({"bell": 13}, "RuntimeError")


def test_gathered_rows_that_another_took_are_the_others(rung: list[list[int]]) -> None:
    hang(1, 2, 3)
    rows = claim()
    DueRow.objects.filter(payload__bell=2).update(lease_number=F("lease_number") + 1)
    run_all(rows)
    assert rung == [[1, 3]]
    assert DueRow.objects.get().payload == {"bell": 2}
    hang(1000, 4)
    rows = claim()
    run_all(rows)
    # Done, but somebody else holds them by now, and will do them again.
    assert DueRow.objects.count() == 2
    # Of those that all belong to others nothing is done.
    run_all(rows)
    assert rung == [[1, 3], [1000, 4]]


@pytest.mark.parametrize(
    ("sweeping", "at_most"), [(relay.hand_over, relay.CLAIMED), (relay.work_off, relay.WORKED_OFF)]
)
def test_a_sweep_that_took_all_it_could_is_followed_at_once_and_any_other_by_a_rest(
    monkeypatch: pytest.MonkeyPatch, sweeping: Any, at_most: int
) -> None:
    counts, rests = iter([at_most, at_most, at_most - 1, 0]), list[int]()
    left = [4]

    def claim(*, at_most: int) -> list[None]:
        left[0] -= 1
        return [None] * next(counts)

    class Stop(threading.Event):
        def is_set(self) -> bool:
            return left[0] == 0

        def wait(self, timeout: float | None = None) -> bool:
            rests.append(left[0])
            return False

    monkeypatch.setattr(relay, "claim", claim)
    monkeypatch.setattr(relay, "begin_recurring", lambda: None)
    monkeypatch.setattr(relay, "close_old_connections", lambda: None)
    monkeypatch.setattr(relay, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(relay, "_batches", lambda rows: [])
    monkeypatch.setattr(relay, "run_all", lambda rows: None)
    sweeping(Stop())
    # Behind the third and the fourth.
    assert rests == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_what_comes_while_the_relay_rests_is_handed_over_together(
    rung: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(1)
    stop, told = threading.Event(), []
    monkeypatch.setattr(relay, "PAUSE", 0.2)
    monkeypatch.setattr(relay, "begin_recurring", lambda: None)

    def hand(args: list[list[tuple[int, int]]], **_options: Any) -> None:
        told.append(len(args[0]))
        if len(told) == 1:
            # What is put down right behind a sweep waits for the next one.
            DueRow.objects.bulk_create([DueRow(kind="bell.ring", payload={"bell": bell}) for bell in (2, 3)])
        else:
            stop.set()

    monkeypatch.setattr(run_rows, "apply_async", hand)
    too_long = threading.Timer(10, stop.set)
    too_long.start()
    began = time.monotonic()
    relay.hand_over(stop)
    too_long.cancel()
    assert told == [1, 2]
    assert time.monotonic() - began > 0.2
