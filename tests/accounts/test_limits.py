"""Limits that hold in a rush: tries that can guess something, and requests of one credential."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.actions.attempts import Limit, count_attempt, forget_attempts
from accounts.models import Attempts
from orgchart.models import Member
from tests.cast import browser_of, program_of
from tests.threads import together
from wire.problems import Problem

FIVE = Limit("test", 5, timedelta(minutes=1))
MANY = Limit("many", 1000, timedelta(minutes=1))


@pytest.mark.embedded
def test_a_rush_of_tries_is_counted_exactly(transactional_db: None) -> None:
    at_once = threading.Barrier(20)
    allowed: list[int] = []
    refused: list[int] = []

    def guess() -> None:
        at_once.wait()
        try:
            allowed.append(count_attempt(FIVE, "lin@lakeside.example"))
        except Problem as problem:
            refused.append(problem.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [429] * 15
    assert sorted(allowed) == [0, 1, 2, 3, 4]
    assert Attempts.objects.get().count == 20


@pytest.mark.embedded
def test_a_rush_of_tries_goes_on_while_others_succeed(transactional_db: None) -> None:
    def try_and_succeed() -> None:
        for _ in range(25):
            count_attempt(MANY, "lin@lakeside.example")
            forget_attempts(MANY, "lin@lakeside.example")

    together(*[try_and_succeed] * 8)
    assert not Attempts.objects.exists()


def test_a_new_window_begins_when_the_last_one_ended(db: None) -> None:
    for _ in range(5):
        count_attempt(FIVE, "lin@lakeside.example")
    Attempts.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert count_attempt(FIVE, "lin@lakeside.example") == 4


def test_addresses_that_were_tried_are_not_kept(db: None) -> None:
    count_attempt(FIVE, "lin@lakeside.example")
    assert "lin" not in Attempts.objects.get().key


def test_windows_that_ended_are_cleared_away(db: None) -> None:
    count_attempt(Limit("old", 5, timedelta(seconds=-1)), "a")
    count_attempt(FIVE, "b")
    assert Attempts.objects.count() == 1


def test_a_credential_that_asks_too_much_is_told_when_to_come_back(lin: Member, settings: Settings) -> None:
    caches["process"].clear()
    settings.API_RATE = "3/min"
    browser = browser_of(lin)
    assert [browser.get("/api/v1/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = browser.get("/api/v1/me")
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert refused["Content-Type"] == "application/problem+json"


def test_each_credential_has_its_own_measure(lin: Member, wei: Member, settings: Settings) -> None:
    caches["process"].clear()
    settings.API_RATE = "1/min"
    for client in (browser_of(lin), program_of(lin), browser_of(wei)):
        assert client.get("/api/v1/me").status_code == 200
        assert client.get("/api/v1/me").status_code == 429
