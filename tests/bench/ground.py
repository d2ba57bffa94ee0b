"""What is measured on: servers on one core, the load generator on the other, and what each server burnt."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil

from tests.house import ROOT, House

PEOPLE = 500
PAIRS = 100


@contextlib.contextmanager
def on_core(number: int) -> Iterator[None]:
    """What is started in this block stays on one core (0 the servers', -1 the load generator's), where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(before)[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def burnt(process: int) -> float:
    """CPU-seconds that a process and its children, dead ones included, have used."""
    seconds = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(process)
        for one in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


@dataclass
class Cost:
    """CPU-seconds of an interval, by who used them."""

    web: float
    database: float
    background: float

    @property
    def total(self) -> float:
        """Of server and database. Relay, worker and Redis are told apart: they do not hold anybody up."""
        return self.web + self.database


class Meter:
    """Measures the house between `begin` and `end`."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.before = Cost(0, 0, 0)

    def begin(self) -> None:
        self.before = self._now()

    def end(self) -> Cost:
        now, before = self._now(), self.before
        return Cost(now.web - before.web, now.database - before.database, now.background - before.background)

    def _now(self) -> Cost:
        house = self.house

        def of(*parts: Any) -> float:
            return sum(burnt(part.process.pid) for part in parts if part.process is not None)

        return Cost(of(*house.webs), of(house.postgres), of(house.relay, house.worker, house.redis))


@dataclass
class Ground:
    """The house with its company, and the limit beside it."""

    house: House
    company: dict[str, Any]
    limit_port: int
    limit_process: int

    @property
    def port(self) -> int:
        return self.house.webs[0].port

    @property
    def socket(self) -> str:
        return f"/ws/v1/orgs/{self.company['handle']}/"

    @property
    def api(self) -> str:
        return f"/api/v1/orgs/{self.company['handle']}"

    @property
    def tokens(self) -> list[str]:
        return self.company["tokens"]


@contextlib.contextmanager
def bare_broadcast() -> Iterator[tuple[int, int]]:
    """The limit's server: its port and its process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.limit"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid
    finally:
        process.kill()
        process.communicate()
