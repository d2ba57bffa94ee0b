"""Redis gone, frozen or emptied, the database's connections cut: sends go on as fast, and screens heal with a heartbeat."""

from __future__ import annotations

import os
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.db import connection
from pytest_django.fixtures import Settings
from websockets.exceptions import ConnectionClosed

from chat.models import Conversation
from orgchart.models import Member
from realtime import hints, hub, presence
from tests.chat.talk import say
from tests.conftest import Server, serving
from tests.realtime.line import Line, opened
from tests.services import Redis, service_account

pytestmark = pytest.mark.django_db(transaction=True)

HEARTBEAT = 1.0


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A Redis that may be killed."""
    with tempfile.TemporaryDirectory(prefix="lakeside-redis-", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            os.chown(name, service_account().pw_uid, service_account().pw_gid)
        service = Redis(Path(name))
        service.start()
        yield service
        service.kill()


@pytest.fixture
def server(
    transactional_db: None, own_redis: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server on that Redis, with a quick heartbeat. Acts of the test tell it of them through Redis only, as those of
    another process do."""
    monkeypatch.setattr(hub, "HEARTBEAT", HEARTBEAT)
    monkeypatch.setattr(presence, "GRACE", 0.05)
    settings.REDIS_URL = own_redis.url
    monkeypatch.setattr(hints, "_senders", {})
    elsewhere = hints.Sender(own_redis.url)
    monkeypatch.setattr(hints, "send", elsewhere.put)
    with serving() as running:
        wait_for(lambda: subscribers(own_redis) > 0)
        yield running


def subscribers(service: Redis) -> int:
    with redis.Redis.from_url(service.url) as client:
        return int(client.pubsub_numsub(hints.CHANNEL)[0][1])


def wait_for(is_so: Callable[[], bool], timeout: float = 10) -> None:
    deadline = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.02)


def kill(service: Redis) -> None:
    service.kill()


def freeze(service: Redis) -> None:
    assert service.process is not None
    service.process.send_signal(signal.SIGSTOP)


def empty(service: Redis) -> None:
    with redis.Redis.from_url(service.url) as client:
        client.flushall()


FAULTS = [kill, freeze, empty]


def seconds_to_send(line: Line, conversation: Conversation, times: int = 25) -> float:
    """The median time from a post to its answer."""
    took = []
    for number in range(times):
        began = time.monotonic()
        assert line.post(conversation.pk, f"{number}")["status"] == 201
        took.append(time.monotonic() - began)
    return statistics.median(took)


def test_an_act_of_another_process_is_heard_through_redis(
    server: Server, pair: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(server, wei) as line:
        for number in range(5):
            say(pair, lin, f"{number}")
            assert line.change("message.posted", timeout=HEARTBEAT * 0.9)["object"]["text"] == f"{number}"


@pytest.mark.parametrize("break_it", FAULTS, ids=lambda fault: fault.__name__)
def test_whatever_happens_to_redis_sends_are_as_fast_and_screens_heal(
    server: Server, own_redis: Redis, pair: Conversation, lin: Member, wei: Member, break_it: Callable[[Redis], None]
) -> None:
    with opened(server, lin) as sender, opened(server, wei) as screen:
        before = seconds_to_send(sender, pair)
        break_it(own_redis)
        after = seconds_to_send(sender, pair)
        assert after < 3 * before + 0.02, f"{before * 1000:.1f} ms before, {after * 1000:.1f} ms after"
        message = say(pair, lin, "heard in the end")
        screen.until(
            lambda frame: any(change["object"].get("id") == message.pk for change in frame.get("changes", ())),
            timeout=HEARTBEAT + 2,
        )


def test_looking_at_people_does_not_hold_up_what_one_says_while_redis_is_frozen(
    server: Server, own_redis: Redis, pair: Conversation, lin: Member, wei: Member
) -> None:
    freeze(own_redis)
    with opened(server, lin) as line:
        began = time.monotonic()
        line.send(type="presence.watch", members=[wei.pk])
        assert line.post(pair.pk, "早")["status"] == 201
        assert time.monotonic() - began < 0.8


def test_a_frozen_redis_does_not_keep_anybody_out(
    server: Server, own_redis: Redis, pair: Conversation, lin: Member, wei: Member
) -> None:
    freeze(own_redis)
    began = time.monotonic()
    for _ in range(5):
        with opened(server, lin):
            pass
    assert time.monotonic() - began < 3


def test_redis_comes_back_and_is_listened_to_again(
    server: Server, own_redis: Redis, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, wei) as line:
        kill(own_redis)
        time.sleep(0.3)
        own_redis.start()
        wait_for(lambda: subscribers(own_redis) > 0)
        say(pair, lin, "early")
        line.change("message.posted")
        began = time.monotonic()
        say(pair, lin, "again at once")
        line.change("message.posted")
        assert time.monotonic() - began < HEARTBEAT * 0.9


@pytest.fixture
def spoiled_pool() -> Iterator[None]:
    """The cut connections must not reach the next test."""
    yield
    connection.close()
    connection.close_pool()


def test_cut_connections_of_the_database_heal_by_themselves(
    spoiled_pool: None, server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, lin) as sender, opened(server, wei) as line:
        assert sender.post(pair.pk, "before")["status"] == 201
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        wait_for(lambda: sender.post(pair.pk, "after")["status"] == 201)
        line.until(
            lambda frame: any(change["object"].get("text") == "after" for change in frame.get("changes", ())),
            timeout=HEARTBEAT + 4,
        )
        # Whoever comes while the hub mends its connection is asked to come again (1012).
        wait_for(lambda: is_greeted(server, wei))
        message = say(pair, lin, "and now")
        line.until(
            lambda frame: any(change["object"].get("id") == message.pk for change in frame.get("changes", ())),
            timeout=HEARTBEAT + 4,
        )


def is_greeted(server: Server, member: Member) -> bool:
    with suppress(ConnectionClosed), opened(server, member):
        return True
    return False


@pytest.mark.slow
def test_an_idle_socket_stays_open_for_more_than_a_minute(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    """Libraries for Redis and sockets like to end what is silent."""
    with opened(server, wei) as line:
        until = time.monotonic() + 65
        while time.monotonic() < until:
            assert {frame["type"] for frame in line.hears_within(5)} <= {"heartbeat"}
        began = time.monotonic()
        say(pair, lin, "still there?")
        line.change("message.posted")
        assert time.monotonic() - began < HEARTBEAT * 0.9
