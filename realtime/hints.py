"""Hints: "stream X now stands at version V". They carry no content, may be lost, doubled or late, and nobody waits for them.

In one process they go straight to the hub. With Redis they leave through a background sender (coalesced per stream,
with a timeout of 1 s) to one channel, which every web process listens to; the own hub is told at once.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import redis
from django.conf import settings

log = logging.getLogger(__name__)
CHANNEL = "lakeside:hints"
PATIENCE = 1.0  # seconds that one conversation with Redis may take

Hint = dict[str, Any]
Receive = Callable[[Hint], None]
_local: Receive | None = None


def listen(receive: Receive | None) -> None:
    """The hub of this process asks to be told, from whichever thread.

    Directly of what this process does, through Redis of the others. None ends it.
    """
    global _local
    _local = receive
    if settings.REDIS_URL and receive is not None:
        _listeners.append(Listener(settings.REDIS_URL, receive))
    elif receive is None:
        while _listeners:
            _listeners.pop().stop()


def state() -> str:
    """`in process`, or whether Redis took the last hint: `ok` or `unreachable`."""
    if not settings.REDIS_URL:
        return "in process"
    return "ok" if _sender().is_heard else "unreachable"


def moved(versions: Mapping[str, int]) -> None:
    """Called after a commit: these streams, by name (`conversation:7`), stand at these versions."""
    send({"moved": dict(versions)})


def send(hint: Hint) -> None:
    """Tell this process's hub, and through Redis everybody else's. Never blocks, never raises."""
    if _local is not None:
        _local(hint)
    if settings.REDIS_URL:
        _sender().put(hint)


class Sender:
    """A thread that hands hints to Redis.

    Waiting ones of the same stream become one; of other kinds it keeps a bounded number.
    """

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None)
        self.name = uuid4().hex
        self.is_heard = True
        self.moved: dict[str, int] = {}
        self.others: list[Hint] = []
        self.wake = threading.Condition()
        threading.Thread(target=self._run, name="hints", daemon=True).start()

    def put(self, hint: Hint) -> None:
        with self.wake:
            for stream, version in hint.get("moved", {}).items():
                self.moved[stream] = max(version, self.moved.get(stream, 0))
            if "moved" not in hint and len(self.others) < 1_000:
                self.others.append(hint)
            self.wake.notify()

    def _run(self) -> None:
        while True:
            with self.wake:
                while not self.moved and not self.others:
                    self.wake.wait()
                batch = [*self.others, *([{"moved": self.moved}] if self.moved else [])]
                self.moved, self.others = {}, []
            try:
                self.client.publish(CHANNEL, json.dumps({"from": self.name, "hints": batch}))
                self.is_heard = True
            except (redis.RedisError, OSError) as error:
                # Losing them costs at most a heartbeat.
                self.is_heard = False
                log.warning("hints_lost", extra={"count": len(batch), "error": type(error).__name__})


class Listener:
    """A thread that hears what other processes hint.

    Silence is normal; a connection that doesn't answer a ping is made anew.
    """

    def __init__(self, url: str, receive: Receive) -> None:
        self.url = url
        self.receive = receive
        self.stopping = threading.Event()
        threading.Thread(target=self._run, name="hints-listener", daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except (redis.RedisError, OSError) as error:
                log.warning("hints_unheard", extra={"error": type(error).__name__})
                self.stopping.wait(1)
            except Exception:
                # One hint that can't be read must not make this process deaf.
                log.exception("hint_not_understood")

    def _listen(self) -> None:
        client = redis.Redis.from_url(self.url, socket_timeout=5, socket_connect_timeout=PATIENCE, retry=None)
        with client.pubsub() as subscription:
            subscription.subscribe(CHANNEL)
            heard_at = time.monotonic()
            while not self.stopping.is_set():
                message = subscription.get_message(timeout=1)
                if message is not None:
                    heard_at = time.monotonic()
                    if message["type"] == "message":
                        self._hear(message["data"])
                elif time.monotonic() - heard_at > 30:
                    raise redis.TimeoutError("no answer to a ping")
                elif time.monotonic() - heard_at > 10:
                    subscription.ping()

    def _hear(self, data: bytes) -> None:
        told = json.loads(data)
        if told["from"] != _sender().name:
            for hint in told["hints"]:
                self.receive(hint)


_listeners: list[Listener] = []
_senders: dict[int, Sender] = {}
_making = threading.Lock()


def _sender() -> Sender:
    """This process's sender; a worker that was forked makes its own."""
    pid = os.getpid()
    with _making:
        if pid not in _senders:
            _senders.clear()
            _senders[pid] = Sender(settings.REDIS_URL)
        return _senders[pid]
