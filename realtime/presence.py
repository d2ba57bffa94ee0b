"""Who is here, away or gone. Only a hint, like everything in Redis: without it each process knows its own sockets.

Each process speaks for its own sockets only, by its name: in hints, and with Redis in a field of the member's key, with
the time of its last heartbeat. What a process said stops counting after `FRESH` seconds, so one that was killed takes
its people with it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, cast
from uuid import uuid4

import redis
from django.conf import settings

from realtime import hints

log = logging.getLogger(__name__)
State = Literal["online", "away", "offline"]
FRESH = 50.0  # seconds
# Somebody who reloads the page hasn't gone.
GRACE = 5.0


class Presence:
    """Local states, and what other processes told of theirs. Any thread may call."""

    def __init__(self) -> None:
        self.process = uuid4().hex[:12]
        self.local: dict[int, State] = {}
        # Who has no socket here any more, and until when that may be a page that is loaded again.
        self.leaving: dict[int, float] = {}
        self.is_waiting = False
        # {member: {process: (state, when it was told)}}
        self.elsewhere: dict[int, dict[str, tuple[State, float]]] = defaultdict(dict)
        self.shown: dict[int, State] = {}
        self.lock = threading.Lock()
        # One thread talks to Redis: what is told stays in order, and nobody else waits for it.
        self.courier = ThreadPoolExecutor(1, "presence")
        self._client: redis.Redis | None = None

    def here(self, member_id: int, state: State) -> None:
        """The member is connected here, looking (`online`) or not (`away`)."""
        with self.lock:
            is_news = self.local.get(member_id) != state
            self.local[member_id] = state
            self.leaving.pop(member_id, None)
        if is_news:
            self._tell(member_id, state)

    def gone(self, member_id: int) -> None:
        """The member's last socket here closed; after a moment of grace they are gone, unless they came back."""
        with self.lock:
            self.leaving[member_id] = time.monotonic() + GRACE
            self._wait()

    def _wait(self) -> None:
        """Under the lock: one timer for all, however many come and go."""
        if self.leaving and not self.is_waiting:
            self.is_waiting = True
            timer = threading.Timer(max(0.0, min(self.leaving.values()) - time.monotonic()), self._see_off)
            timer.daemon = True
            timer.start()

    def _see_off(self) -> None:
        with self.lock:
            now = time.monotonic()
            gone = [member_id for member_id, until in self.leaving.items() if until <= now]
            for member_id in gone:
                del self.leaving[member_id]
                self.local.pop(member_id, None)
            self.is_waiting = False
            self._wait()
        for member_id in gone:
            self._tell(member_id, "offline")

    def _tell(self, member_id: int, state: State) -> None:
        hints.send({"presence": {"member": member_id, "process": self.process, "state": state}})
        if settings.REDIS_URL:
            self.courier.submit(self._write, {member_id: state})

    def heard(self, member_id: int, process: str, state: State) -> State:
        """Some process told of its sockets. Answers how the member stands, all processes taken together."""
        with self.lock:
            if process != self.process:
                self.elsewhere[member_id][process] = (state, time.monotonic())
            return self._show(member_id)

    def states(self, member_ids: Collection[int]) -> dict[int, State]:
        """How these members stand, as far as this process knows or Redis answers within a second."""
        if settings.REDIS_URL:
            self._ask(member_ids)
        with self.lock:
            return {member_id: self._show(member_id) for member_id in member_ids}

    def refresh(self, watched: Collection[int], changed: Callable[[dict[int, State]], None]) -> None:
        """With each heartbeat: say again who is here, and tell `changed` who of the watched stands otherwise than shown."""
        self.courier.submit(self._refresh, set(watched), changed)

    def _refresh(self, watched: set[int], changed: Callable[[dict[int, State]], None]) -> None:
        if settings.REDIS_URL:
            with self.lock:
                here = dict(self.local)
            self._write(here)
            self._ask(watched)
        with self.lock:
            before = {member_id: self.shown.get(member_id) for member_id in watched}
            after = {member_id: self._show(member_id) for member_id in watched}
            self.shown = {member_id: state for member_id, state in self.shown.items() if member_id in watched}
        if news := {member_id: state for member_id, state in after.items() if state != before[member_id]}:
            changed(news)

    def _show(self, member_id: int) -> State:
        """Under the lock: the best of what is known, looking before away."""
        stale = time.monotonic() - FRESH
        told = self.elsewhere.get(member_id, {})
        for process in [process for process, (state, at) in told.items() if at < stale or state == "offline"]:
            del told[process]
        if not told:
            self.elsewhere.pop(member_id, None)
        known = {state for state, _at in told.values()} | {self.local.get(member_id, "offline")}
        shown: State = "online" if "online" in known else "away" if "away" in known else "offline"
        self.shown[member_id] = shown
        return shown

    def _write(self, states: dict[int, State]) -> None:
        now = int(time.time())
        try:
            pipeline = self._redis().pipeline(transaction=False)
            for member_id, state in states.items():
                if state == "offline":
                    pipeline.hdel(_key(member_id), self.process)
                else:
                    pipeline.hset(_key(member_id), self.process, f"{state} {now}")
                    pipeline.expire(_key(member_id), int(FRESH))
            pipeline.execute()
        except (redis.RedisError, OSError) as error:
            log.warning("presence_lost", extra={"error": type(error).__name__})

    def _ask(self, member_ids: Iterable[int]) -> None:
        """Take what Redis knows of these members for what other processes told."""
        asked = list(member_ids)
        try:
            pipeline = self._redis().pipeline(transaction=False)
            for member_id in asked:
                pipeline.hgetall(_key(member_id))
            answers = pipeline.execute() if asked else []
        except (redis.RedisError, OSError) as error:
            log.warning("presence_lost", extra={"error": type(error).__name__})
            return
        now, clock = time.time(), time.monotonic()
        with self.lock:
            for member_id, fields in zip(asked, answers, strict=True):
                for process, field in fields.items():
                    state, _space, at = field.decode().partition(" ")
                    if process.decode() != self.process:
                        told = (cast(State, state), clock - (now - int(at)))
                        self.elsewhere[member_id][process.decode()] = told

    def _redis(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=hints.PATIENCE, socket_connect_timeout=hints.PATIENCE, retry=None
            )
        return self._client


def _key(member_id: int) -> str:
    return f"lakeside:presence:{member_id}"
