"""PostgreSQL goes, and comes back: whoever asks from then on is answered, however many connections died with it."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.house import House, Web, kill_service, standing

AT_ONCE = 16  # requests, and so connections
# Attempts at ever longer intervals, after 1, 3, 7 and 15 seconds, would leave the next one for long after that.
OUTAGE = 17
pytestmark = pytest.mark.slow


class Asker:
    """Somebody with an access token, who reads who they are."""

    def __init__(self, web: Web, token: str) -> None:
        self.web, self.token = web, token

    def ask(self, _time: int = 0) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=30)
        try:
            line.request("GET", "/api/v1/me", headers={"Authorization": f"Bearer {self.token}"})
            return line.getresponse().status
        finally:
            line.close()

    def say(self, path: str, body: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=30)
        try:
            about = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            line.request("POST", path, body=body.encode(), headers=about)
            return line.getresponse().status
        finally:
            line.close()

    def ask_at_once(self, times: int) -> list[int]:
        """The statuses of so many requests, AT_ONCE of them at a time."""
        with ThreadPoolExecutor(AT_ONCE) as askers:
            return list(askers.map(self.ask, range(times)))


@pytest.fixture(scope="module")
def house() -> Iterator[tuple[House, Asker]]:
    with standing() as house:
        company: dict[str, Any] = house.prepare({"people": 1})
        web = house.webs[0]
        web.start()
        house.wait_until_ready()
        yield house, Asker(web, company["tokens"][0])


def test_connections_that_died_unused_are_not_handed_out(house: tuple[House, Asker]) -> None:
    running, asker = house
    assert set(asker.ask_at_once(3 * AT_ONCE)) == {200}
    kill_service(running.postgres)
    running.postgres.start()
    assert [asker.ask() for _ in range(AT_ONCE)] == [200] * AT_ONCE
    assert set(asker.ask_at_once(AT_ONCE)) == {200}


def test_after_a_long_time_without_it_nobody_waits_for_a_late_attempt(house: tuple[House, Asker]) -> None:
    running, asker = house
    kill_service(running.postgres)
    until = time.monotonic() + OUTAGE
    assert max(asker.ask_at_once(AT_ONCE)) >= 500
    time.sleep(max(0, until - time.monotonic()))
    running.postgres.start()
    assert [asker.ask() for _ in range(AT_ONCE)] == [200] * AT_ONCE
    assert set(asker.ask_at_once(AT_ONCE)) == {200}
