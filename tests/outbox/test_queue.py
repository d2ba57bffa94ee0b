from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.db.transaction import TransactionManagementError

from outbox import kinds, queue
from outbox.models import DueRow

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture(autouse=True)
def lamp() -> Iterator[None]:
    """A kind of due work of these tests."""
    kinds.register("lamp.light", lambda **_ids: None, queue="mail")
    yield
    del kinds._kinds["lamp.light"]


def test_what_is_put_down_waits_with_its_ids(db: None) -> None:
    queue.add("lamp.light", organization_id=7, lamp=3)
    row = DueRow.objects.get()
    assert (row.kind, row.organization_id, row.payload, row.attempts, row.dead_at) == (
        "lamp.light", 7, {"lamp": 3}, 0, None,
    )  # fmt: skip
    assert DueRow.objects.due().filter(pk=row.pk).exists()


def test_it_may_wait_for_its_hour_by_the_database_s_clock(db: None) -> None:
    queue.add("lamp.light", after=timedelta(hours=1), lamp=3)
    assert not DueRow.objects.due().exists()
    row = DueRow.objects.annotate(now=Now()).get()
    assert timedelta(minutes=59) < row.due_at - row.now <= timedelta(hours=1)


def test_a_kind_that_nobody_knows_is_refused_before_it_waits_for_nobody(db: None) -> None:
    with pytest.raises(LookupError, match=r"lamp\.blow_out"):
        queue.add("lamp.blow_out", lamp=3)


def test_it_falls_with_the_act_that_asked_for_it(db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue.add("lamp.light", lamp=1 // 0)
    with pytest.raises(RuntimeError):
        light_and_fail()
    assert not DueRow.objects.exists()


def light_and_fail() -> None:
    with transaction.atomic():
        queue.add("lamp.light", lamp=3)
        raise RuntimeError("the act failed after it had asked for its effect")


@pytest.mark.django_db(transaction=True)
def test_outside_of_an_act_nothing_is_put_down() -> None:
    with pytest.raises(TransactionManagementError):
        queue.add("lamp.light", lamp=3)
