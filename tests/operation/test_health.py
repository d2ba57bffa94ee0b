"""What tells an operator how the house is."""

from __future__ import annotations

import time
from datetime import timedelta
from unittest.mock import patch

import httpx
import pytest
import redis
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from orgchart.models import Member
from outbox.models import DueRow
from realtime import hints
from tests.cast import browser_of
from tests.conftest import Server

ELSEWHERE = "203.0.113.7"


def test_a_process_that_answers_is_healthy_whatever_the_database_does(db: None) -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_when_the_database_answers_and_nothing_waits_too_long(db: None) -> None:
    DueRow.objects.create(kind="message.fan_out", payload={}, due_at=timezone.now() - timedelta(seconds=30))
    answer = Client().get("/readyz")
    report = answer.json()
    assert (answer.status_code, report["status"], report["database"]) == (200, "ready", "ok")
    assert 29 < report["oldest_due_seconds"] < 60


def test_it_is_not_ready_when_nobody_works_the_due_rows_off(db: None) -> None:
    DueRow.objects.create(kind="message.fan_out", payload={}, due_at=timezone.now() - timedelta(minutes=6))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unready")


def test_it_is_not_ready_when_rows_are_taken_and_never_done(db: None) -> None:
    DueRow.objects.create(
        kind="message.fan_out",
        payload={},
        due_at=timezone.now() - timedelta(minutes=6),
        lease_until=timezone.now() + timedelta(seconds=30),
        lease_number=6,
    )
    assert Client().get("/readyz").status_code == 503


def test_due_work_is_counted_by_how_it_stands(db: None) -> None:
    now = timezone.now()
    rows = [{"due_at": now - timedelta(seconds=90)}, {"due_at": now - timedelta(seconds=1), "lease_until": now}]
    rows += [{"due_at": now + timedelta(hours=1), "last_error": "SMTPException", "attempts": 3}]
    rows += [{"due_at": now, "dead_at": now}, {"due_at": now + timedelta(days=1)}]
    for row in rows:
        DueRow.objects.create(kind="message.fan_out", payload={}, **row)
    figures = Client().get("/metrics").content.decode()
    for state, count in (("late", 2), ("failed", 1), ("dead", 1)):
        assert f'lakeside_due_rows{{state="{state}"}} {count}.0' in figures
    assert 89 < float(figures.partition("\nlakeside_due_seconds_late ")[2].split()[0]) < 120


def test_figures_are_told_without_the_database_as_not_known(db: None) -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError):
        answer = Client(REMOTE_ADDR="127.0.0.1").get("/metrics")
    assert answer.status_code == 200
    assert "lakeside_due_seconds_late NaN" in answer.content.decode()


def test_a_row_that_is_dead_or_not_due_yet_keeps_nobody_waiting(db: None) -> None:
    long_ago = timezone.now() - timedelta(days=1)
    DueRow.objects.create(kind="message.fan_out", payload={}, due_at=long_ago, dead_at=long_ago)
    DueRow.objects.create(kind="message.fan_out", payload={}, due_at=timezone.now() + timedelta(days=1))
    assert Client().get("/readyz").json()["oldest_due_seconds"] == 0


def test_it_is_not_ready_without_the_database(db: None) -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError("secret of the connection")):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unready", "database": "unreachable"})


def test_it_is_ready_without_redis(db: None) -> None:
    with patch.object(redis.Redis, "publish", side_effect=redis.ConnectionError):
        hints.moved({"organization:1": 1})
        deadline = time.monotonic() + 5
        while hints.state() == "ok" and time.monotonic() < deadline:
            time.sleep(0.01)
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["hints"]) == (200, "unreachable")


def test_figures_are_for_operators_and_the_machine_itself(lin: Member) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR=ELSEWHERE).get("/metrics").status_code == 404
    # A proxy on this machine speaks for somebody else.
    assert Client().get("/metrics", headers={"X-Forwarded-For": ELSEWHERE}).status_code == 404
    lin.user.is_operator = True
    lin.user.save()
    assert browser_of(lin, REMOTE_ADDR=ELSEWHERE).get("/metrics").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "lakeside_requests_total",
        "lakeside_request_seconds_bucket",
        "lakeside_sockets",
        "lakeside_deliveries_total",
        "lakeside_hub_pass_seconds_bucket",
        "lakeside_due_seconds_late",
    ],
)
def test_figures_name_what_matters(server: Server, name: str) -> None:
    httpx.get(f"{server.url}/healthz", trust_env=False)
    assert f"\n{name}" in httpx.get(f"{server.url}/metrics", trust_env=False).text


def test_figures_are_by_route_and_grow_by_no_invention(lin: Member) -> None:
    browser = browser_of(lin)
    browser.get(f"/api/v1/orgs/lakeside/members/{lin.pk}")
    browser.generic("BREW", "/healthz")
    browser.get("/no/such/page/as/this")
    figures = Client().get("/metrics").content.decode()
    assert 'route="api/v1/orgs/<slug:org>/members/<id:member>"' in figures
    assert 'method="other",route="healthz",status="405"' in figures
    assert "BREW" not in figures and "such/page" not in figures and f"members/{lin.pk}" not in figures
