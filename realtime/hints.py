"""Hints: "stream X now stands at version V". They carry no content, may be lost, doubled or late, and nobody waits for them.

In one process they go straight to the hub. With Redis they leave through a background sender (coalesced per stream, 1 s timeout)
to one channel, which every web process listens to; the own hub is told at once.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings

if TYPE_CHECKING:
    from realtime.streams import Stream

log = logging.getLogger(__name__)
CHANNEL = "lakeside:hints"
PATIENCE = 1.0  # seconds that one conversation with Redis may take

_local: Callable[[dict[str, Any]], None] | None = None


def listen_locally(receive: Callable[[dict[str, Any]], None] | None) -> None:
    """The hub of this process asks to be told directly, from whichever thread."""
    global _local
    _local = receive


def moved(streams: Iterable[tuple[Stream, int]]) -> None:
    """Called after a commit: these streams stand at these versions."""
    send({"moved": {str(stream): version for stream, version in streams}})


def send(hint: dict[str, Any]) -> None:
    """Tell this process's hub, and through Redis everybody else's. Never blocks, never raises."""
    if _local is not None:
        _local(hint)
    if settings.REDIS_URL:
        _sender().put(hint)


class Sender:
    """A thread that hands hints to Redis. Waiting ones of the same stream become one; of other kinds it keeps the newest few."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None)
        self.moved: dict[str, int] = {}
        self.others: list[dict[str, Any]] = []
        self.wake = threading.Condition()
        threading.Thread(target=self.run, name="hints", daemon=True).start()

    def put(self, hint: dict[str, Any]) -> None:
        with self.wake:
            for stream, version in hint.get("moved", {}).items():
                self.moved[stream] = max(version, self.moved.get(stream, 0))
            if "moved" not in hint and len(self.others) < 1_000:
                self.others.append(hint)
            self.wake.notify()

    def run(self) -> None:
        while True:
            with self.wake:
                while not self.moved and not self.others:
                    self.wake.wait()
                batch = [*self.others, *([{"moved": self.moved}] if self.moved else [])]
                self.moved, self.others = {}, []
            try:
                self.client.publish(CHANNEL, json.dumps({"from": os.getpid(), "hints": batch}))
            except (redis.RedisError, OSError) as error:
                # Losing them costs at most a heartbeat.
                log.warning("hints_lost", extra={"count": len(batch), "error": type(error).__name__})


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
