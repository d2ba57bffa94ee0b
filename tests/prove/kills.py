"""What is killed, when, and for how long it stays away."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

from tests.house import House, kill_service


class Kills:
    """Kills one part of the house after the other, in changing order, and starts it again a moment later. SIGKILL, always."""

    def __init__(self, house: House, *, seed: int) -> None:
        self.house = house
        self.random = random.Random(seed)
        self.count: Counter[str] = Counter()

    def go_on_until(self, stop: threading.Event) -> None:
        """Round after round over everything there is, until told to stop; then everything runs."""
        while not stop.is_set():
            for kind, kill, start in self.random.sample(self._parts(), k=len(self._parts())):
                if stop.wait(self.random.uniform(0.8, 2.5)):
                    return
                kill()
                self.count[kind] += 1
                stop.wait(self.random.uniform(0, 1.5))
                start()

    def _parts(self) -> list[tuple[str, Callable[[], None], Callable[[], None]]]:
        house = self.house
        return [
            *(("web", web.kill, web.start) for web in house.webs),
            ("relay", house.relay.kill, house.relay.start),
            ("worker", house.worker.kill, house.worker.start),
            ("redis", lambda: kill_service(house.redis), house.redis.start),
            ("postgres", lambda: kill_service(house.postgres), house.postgres.start),
        ]
