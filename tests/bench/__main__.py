"""`make bench`: every row of docs/benchmarks/README.md, beside a bare broadcast in the same run.

Prints each row with its ratio to that limit and to the last kept run, and its target; keeps a line of JSON in docs/benchmarks/runs.jsonl.
Exit status 0 even where a target is missed: a noisy machine must not look like a broken house.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import platform
import subprocess
import sys
import time
from typing import Any

import uvloop

from tests.bench import chats, connections, fanout, page, reading
from tests.bench.ground import PAIRS, PEOPLE, Ground, bare_broadcast, on_core
from tests.bench.rows import Row, keep, last_kept, table
from tests.house import ROOT, standing, stopping_cleanly

PATIENCE = 240  # seconds that one part may take
PARTS = {"fanout": fanout, "connections": connections, "chats": chats, "page": page, "reading": reading}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="measure some parts; not kept")
    asked = parser.parse_args()
    rows: list[Row] = []
    began, busy = time.monotonic(), os.getloadavg()[0]
    with stopping_cleanly(), contextlib.ExitStack() as stack:
        with on_core(0):
            house = stack.enter_context(standing())
            print(f"Preparing a company of {PEOPLE} people …", flush=True)
            company = house.prepare(plan(asked.only))
            house.open()
            limit_port, limit_process = stack.enter_context(bare_broadcast())
        stack.enter_context(on_core(-1))
        ground = Ground(house, company, limit_port, limit_process)
        gc.disable()
        for name in asked.only:
            print(f"Measuring {name} …", flush=True)
            rows += uvloop.run(asyncio.wait_for(PARTS[name].measure(ground), PATIENCE))
    print(f"\n{table(rows, last_kept())}\n")
    if busy > 1:
        print(f"The machine was busy before it began (load {busy:.1f}): only CPU-seconds and ratios count.\n")
    if asked.only == list(PARTS):
        keep(rows, method(seconds=time.monotonic() - began, busy=busy))
    return 0


def plan(parts: list[str]) -> dict[str, Any]:
    """Everybody in one group; pairs of those who chat; a second group for the long conversation; one person who knows everybody."""
    everybody = list(range(PEOPLE))
    pairs = [[number, number + PAIRS] for number in range(PAIRS)]
    if "reading" in parts:
        pairs += [[0, number] for number in everybody[1:] if number != PAIRS]
    return {"people": PEOPLE, "groups": [everybody, everybody[:20]], "pairs": pairs}


def method(*, seconds: float, busy: float) -> dict[str, Any]:
    """How it was measured, without naming the machine."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "commit": commit.stdout.strip(),
        "seconds": round(seconds),
        "busy": round(busy, 1),
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": "servers (web, relay, worker, PostgreSQL, Redis) on one, load generator on another",
        "house": "one web process; PostgreSQL with fsync and synchronous commit; Redis; relay; worker; every feature on, default limits",
        "limit": "bare `websockets` broadcast, no deflate, uvloop, same core, same load generator, same run",
        **{name: part.METHOD for name, part in PARTS.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
