"""What a person waits for: the list, a place in a long conversation, the directory. One at a time, on a quiet server."""

from __future__ import annotations

import asyncio
import json
import random
import time

from tests.bench.ground import Ground
from tests.bench.lines import http
from tests.bench.rows import Row, percentile

CONVERSATIONS = 500
MESSAGES = 1_000_000
COLLEAGUES, DEPARTMENTS = 10_000, 500
TIMES = 60

METHOD = (
    f"from the request's first byte to the answer's last, over REST on the same machine, after 5 that don't count; {TIMES} times; "
    f"list: {CONVERSATIONS} conversations in one page; opening: 50 messages around random numbers of {MESSAGES:,}, in a group that "
    f"shows its history from joining on; tree: {DEPARTMENTS} departments of {COLLEAGUES:,} people, each counted once"
)


async def measure(ground: Ground) -> list[Row]:
    told = await asyncio.to_thread(_furnish, ground)
    owner, dice = ground.tokens[0], random.Random(1)
    long = f"{ground.api}/conversations/{ground.company['groups'][1]}/messages"
    listing = await _times(ground, owner, lambda: f"{ground.api}/conversations?limit={CONVERSATIONS}")
    opening = await _times(ground, owner, lambda: f"{long}?around={dice.randrange(1, MESSAGES)}")
    newest = await _times(ground, owner, lambda: long)
    tree = await _times(ground, told["token"], lambda: "/api/v1/orgs/northwind/departments")
    few, many = told["queries"]["50"], told["queries"]["500"]
    return [
        Row("list of 500 conversations p50", percentile(listing, 0.5), "ms", 30, 15),
        Row("list of 500 conversations: queries", many, "", target=few),
        Row("opening 1,000,000 messages anywhere p50", percentile(opening, 0.5), "ms", 20, 10),
        Row("opening 1,000,000 messages anywhere p95", percentile(opening, 0.95), "ms"),
        Row("opening 1,000,000 messages at the end p50", percentile(newest, 0.5), "ms", 20, 10),
        Row("tree of 10,000 people, 500 departments p50", percentile(tree, 0.5), "ms", 150, 50),
    ]


def _furnish(ground: Ground) -> dict:
    asked = {
        "talkative": ground.company["members"][0],
        "token": ground.tokens[0],
        "conversation": ground.company["groups"][1],
        "messages": MESSAGES,
        "people": COLLEAGUES,
        "departments": DEPARTMENTS,
    }
    return json.loads(ground.house.run("-m", "tests.bench.furnish", sent=json.dumps(asked)))


async def _times(ground: Ground, token: str, path) -> list[float]:
    connection = await http(ground.port)
    times: list[float] = []
    for number in range(-5, TIMES):
        began = time.perf_counter()
        await connection.get(path(), token)
        if number >= 0:
            times.append((time.perf_counter() - began) * 1e3)
    connection.transport.close()
    return times
