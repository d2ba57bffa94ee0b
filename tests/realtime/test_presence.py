"""Presence across processes: each speaks for its own sockets, and what a dead one said stops counting."""

from collections.abc import Callable

import pytest
from django.conf import settings

from realtime import presence
from realtime.presence import Presence, State

needs_redis = pytest.mark.skipif(not settings.REDIS_URL, reason="one process asks nobody")


def settled(*processes: Presence) -> None:
    """All that they had to tell Redis is told."""
    for process in processes:
        process.courier.submit(lambda: None).result(5)


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass for the clock that presence reads."""
    real, passed = presence.time.monotonic, [0.0]
    monkeypatch.setattr(presence.time, "monotonic", lambda: real() + passed[0])
    return lambda seconds: passed.__setitem__(0, passed[0] + seconds)


def test_gone_from_one_process_is_not_gone_while_another_has_them() -> None:
    here = Presence()
    assert here.heard(7, "east", "online") == "online"
    assert here.heard(7, "west", "away") == "online"
    assert here.heard(7, "east", "offline") == "away"
    here.local[7] = "online"
    assert here.heard(7, "west", "offline") == "online"


def test_what_a_killed_process_said_stops_counting(asleep: Callable[[float], None]) -> None:
    here = Presence()
    here.heard(7, "killed", "online")
    asleep(presence.FRESH + 1)
    if settings.REDIS_URL:
        here._ask([7])
    with here.lock:
        assert here._show(7) == "offline"


def test_a_heartbeat_tells_who_stands_otherwise_than_shown(asleep: Callable[[float], None]) -> None:
    here, news = Presence(), list[dict[int, State]]()
    here.heard(7, "killed", "online")
    here.heard(8, "killed", "offline")
    asleep(presence.FRESH + 1)
    here.refresh([7, 8], news.append)
    settled(here)
    here.refresh([7, 8], news.append)
    settled(here)
    assert news == [{7: "offline"}]


@needs_redis
def test_a_process_that_starts_later_asks_who_is_there() -> None:
    here, later = Presence(), Presence()
    here.here(7, "away")
    settled(here)
    assert later.states([7, 8]) == {7: "away", 8: "offline"}
    here.gone(7)
    here._gone_for_good(7)
    settled(here)
    assert Presence().states([7]) == {7: "offline"}
