"""Presence across processes: each speaks for its own sockets, and what a dead one said stops counting."""

import threading
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
def test_a_process_that_starts_later_asks_who_is_there(asleep: Callable[[float], None]) -> None:
    here, later = Presence(), Presence()
    here.here(7, "away")
    settled(here)
    assert later.states([7, 8]) == {7: "away", 8: "offline"}
    here.gone(7)
    asleep(presence.GRACE + 1)
    here._see_off()
    settled(here)
    assert Presence().states([7]) == {7: "offline"}


def test_who_comes_and_goes_is_no_news_and_makes_no_threads(
    asleep: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, told = Presence(), list[tuple[int, State]]()
    monkeypatch.setattr(here, "_tell", lambda member_id, state: told.append((member_id, state)))
    before = threading.active_count()
    for _visit in range(50):
        for member_id in (7, 8):
            here.here(member_id, "online")
            here.gone(member_id)
    assert threading.active_count() <= before + 1
    here.here(8, "online")
    assert told == [(7, "online"), (8, "online")]
    asleep(presence.GRACE + 1)
    here._see_off()
    assert told[2:] == [(7, "offline")]
    with here.lock:
        assert (here._show(7), here._show(8)) == ("offline", "online")
