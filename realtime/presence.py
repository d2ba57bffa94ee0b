"""Who is here, away or gone. Only a hint, like everything in Redis: without it each process knows its own sockets.

With Redis, a member's key holds a field for each process they are connected to, with the time of the last heartbeat;
a process that died stops counting after `FRESH` seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterable
from typing import Literal
from uuid import uuid4

import redis
from django.conf import settings

from realtime import hints

log = logging.getLogger(__name__)
State = Literal["online", "away", "offline"]
FRESH = 50  # seconds
# Somebody who reloads the page hasn't gone.
GRACE = 5.0


class Presence:
    """Local states, and what other processes told of theirs."""

    def __init__(self) -> None:
        self.process = uuid4().hex[:12]
        self.local: dict[int, State] = {}
        self.elsewhere: dict[int, State] = {}
        self.lock = threading.Lock()
        self._client: redis.Redis | None = None

    def here(self, organization_id: int, member_id: int, state: State) -> None:
        """The member is connected here, looking (`online`) or not (`away`)."""
        with self.lock:
            is_news = self.local.get(member_id) != state
            self.local[member_id] = state
        if is_news:
            self._tell(organization_id, member_id, state)

    def gone(self, organization_id: int, member_id: int) -> None:
        """The member's last socket here closed; after a moment of grace they are offline, unless they came back."""
        with self.lock:
            self.local.pop(member_id, None)
        timer = threading.Timer(GRACE, self._gone_for_good, (organization_id, member_id))
        timer.daemon = True
        timer.start()

    def _gone_for_good(self, organization_id: int, member_id: int) -> None:
        with self.lock:
            if member_id in self.local:
                return
        self._tell(organization_id, member_id, "offline")

    def _tell(self, organization_id: int, member_id: int, state: State) -> None:
        hints.send({"presence": [organization_id, member_id, state], "process": self.process})

    def heard(self, organization_id: int, member_id: int, told: State) -> State:
        """Some process told of a member. Answers how they stand: gone elsewhere is not gone if they are here."""
        with self.lock:
            here = self.local.get(member_id)
            if told == "offline":
                self.elsewhere.pop(member_id, None)
            else:
                self.elsewhere[member_id] = told
        if told == "offline" and here is not None:
            self._tell(organization_id, member_id, here)
            return here
        return told

    def refresh(self, member_ids: Iterable[int]) -> None:
        """With each heartbeat: these members are still here."""
        if settings.REDIS_URL:
            with self.lock:
                states = {member_id: self.local.get(member_id, "online") for member_id in member_ids}
            threading.Thread(target=self._refresh, args=(states,), name="presence", daemon=True).start()

    def _refresh(self, states: dict[int, State]) -> None:
        now = int(time.time())
        try:
            pipeline = self._redis().pipeline(transaction=False)
            for member_id, state in states.items():
                pipeline.hset(_key(member_id), self.process, f"{state} {now}")
                pipeline.expire(_key(member_id), FRESH)
            pipeline.execute()
        except (redis.RedisError, OSError) as error:
            log.warning("presence_lost", extra={"error": type(error).__name__})

    def states(self, member_ids: Collection[int]) -> dict[int, State]:
        """How these members stand, as far as this process knows or Redis answers within a second."""
        with self.lock:
            known: dict[int, State] = {
                member_id: self.local.get(member_id) or self.elsewhere.get(member_id, "offline")
                for member_id in member_ids
            }
        if settings.REDIS_URL:
            known |= self._asked([member_id for member_id, state in known.items() if state == "offline"])
        return known

    def _asked(self, member_ids: list[int]) -> dict[int, State]:
        try:
            pipeline = self._redis().pipeline(transaction=False)
            for member_id in member_ids:
                pipeline.hvals(_key(member_id))
            answers = pipeline.execute() if member_ids else []
        except (redis.RedisError, OSError) as error:
            log.warning("presence_lost", extra={"error": type(error).__name__})
            return {}
        fresh = time.time() - FRESH
        found: dict[int, State] = {}
        for member_id, values in zip(member_ids, answers, strict=True):
            states = {value.decode().split(" ")[0] for value in values if int(value.decode().split(" ")[1]) > fresh}
            if states:
                found[member_id] = "online" if "online" in states else "away"
        return found

    def _redis(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=hints.PATIENCE, socket_connect_timeout=hints.PATIENCE, retry=None
            )
        return self._client


def _key(member_id: int) -> str:
    return f"lakeside:presence:{member_id}"
