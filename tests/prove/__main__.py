"""`make prove`: 20 people write and 10 watch while everything is killed; then whatever was acknowledged must be there, once, in order.

Counts from the senders' own journals. Exit status 0 if nothing was lost, doubled, altered or out of order and all observers show what
the server says; 1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.client import BROKEN, JSON, Api, Refused, Screen
from tests.house import House, standing, stopping_cleanly
from tests.prove.accounting import Account, account, differs
from tests.prove.journal import Journal, entries
from tests.prove.kills import Kills
from tests.prove.people import Sender

SENDERS, OBSERVERS = 20, 10
PEOPLE = SENDERS + OBSERVERS
# Three rooms with all observers in them, and a pair for each sender and their neighbour: hot streams and quiet ones.
GROUPS = [[*range(PEOPLE)], [*range(0, SENDERS, 2), *range(SENDERS, PEOPLE)], [*range(5), *range(SENDERS, PEOPLE)]]
PAIRS = [[number, SENDERS + number % OBSERVERS] for number in range(SENDERS)]

# After the last kill: what senders have begun is acknowledged, and every screen has heard a heartbeat and caught up.
SENDERS_PATIENCE = 60.0
HEALED_WITHIN = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long everything is killed (60)")
    parser.add_argument("--seed", type=int, default=None, help="of the dice; printed, to throw the same again")
    asked = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    with (
        stopping_cleanly(),
        tempfile.TemporaryDirectory(prefix="lakeside-prove-") as journals,
        standing(web_count=2) as house,
    ):
        print(f"Preparing a company of {PEOPLE} people (seed {seed}) …", flush=True)
        company = house.prepare({"people": PEOPLE, "groups": GROUPS, "pairs": PAIRS})
        house.open()
        print(f"{SENDERS} write, {OBSERVERS} watch, everything is killed, for {asked.seconds:.0f} s …", flush=True)
        return asyncio.run(prove(house, company, Path(journals), seconds=asked.seconds, seed=seed))


async def prove(house: House, company: dict[str, Any], folder: Path, *, seconds: float, seed: int) -> int:
    """One run; the exit status."""
    apis = [[Api(web.url, token, timeout=5) for web in house.webs] for token in company["tokens"]]
    rooms = conversations_of(company)
    screens = [Screen(*apis[number], longest_pause=3) for number in range(SENDERS, PEOPLE)]
    watching = [asyncio.create_task(screen.run()) for screen in screens]
    senders = [
        Sender(apis[number], conversations=rooms[number], journal=Journal(folder / f"{number:02}"), seed=seed + number)
        for number in range(SENDERS)
    ]
    kills, stop = Kills(house, seed=seed), threading.Event()
    try:
        until = time.monotonic() + seconds
        killing = asyncio.create_task(asyncio.to_thread(kills.go_on_until, stop))
        writing = asyncio.gather(
            *(sender.write(until=until, give_up_at=until + SENDERS_PATIENCE) for sender in senders)
        )
        await asyncio.sleep(seconds)
        stop.set()
        await killing
        await writing
        histories, healing = await healed(apis, rooms, screens, watching)
    finally:
        stop.set()
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        for sender in senders:
            sender.journal.close()
        for api in (api for ways in apis for api in ways):
            await api.close()
    found = account([list(entries(path)) for path in (sender.journal.path for sender in senders)], histories)
    equal = sum(is_equal(screen, rooms[SENDERS + number], histories) for number, screen in enumerate(screens))
    report(found, equal=equal, kills=kills, senders=senders, screens=screens, healing=healing)
    is_proved = found.is_clean and found.unanswered == 0 and equal == OBSERVERS and found.acknowledged > 0
    print("\nProved." if is_proved else "\nNOT proved.")
    return 0 if is_proved else 1


def conversations_of(company: dict[str, Any]) -> list[list[int]]:
    """By person, the conversations they take part in."""
    rooms: list[list[int]] = [[] for _ in range(PEOPLE)]
    for ids, plan in ((company["groups"], GROUPS), (company["pairs"], PAIRS)):
        for id, people in zip(ids, plan, strict=True):
            for number in people:
                rooms[number].append(id)
    return rooms


async def healed(
    apis: list[list[Api]], rooms: list[list[int]], screens: list[Screen], watching: Sequence[asyncio.Task[None]]
) -> tuple[dict[int, list[JSON]], float]:
    """The final histories, as soon as every screen shows them, or when the time for that is up; and how many seconds it took."""
    began = time.monotonic()
    histories: dict[int, list[JSON]] = {}
    while time.monotonic() - began < HEALED_WITHIN:
        if ended := [task for task in watching if task.done()]:
            # An observer ends by a defect only; its exception says which.
            await asyncio.gather(*ended)
        with contextlib.suppress(*BROKEN, Refused):
            for number in range(SENDERS, PEOPLE):
                for room in set(rooms[number]) - histories.keys():
                    histories[room] = await apis[number][0].history(room)
            if all(is_equal(screen, rooms[SENDERS + number], histories) for number, screen in enumerate(screens)):
                break
        await asyncio.sleep(0.25)
    return histories, time.monotonic() - began


def is_equal(screen: Screen, rooms: list[int], histories: dict[int, list[JSON]]) -> bool:
    return all(room in histories and not differs(screen.messages(room), histories[room]) for room in rooms)


def report(
    found: Account, *, equal: int, kills: Kills, senders: list[Sender], screens: list[Screen], healing: float
) -> None:
    per_kind = ", ".join(f"{kind} {count}" for kind, count in sorted(kills.count.items()))
    attempts, acknowledged = sum(s.attempts for s in senders), sum(s.acknowledged for s in senders)
    reconnects, syncs = sum(s.greetings - 1 for s in screens), sum(s.syncs for s in screens)
    print(f"  acknowledged     {found.acknowledged} messages; {acknowledged} acts in {attempts} attempts")
    print(f"  present          {found.present}")
    print(f"  unanswered       {found.unanswered}")
    for name in ("lost", "doubled", "out_of_order", "altered", "gaps", "strangers"):
        faults: list[str] = getattr(found, name)
        print(f"  {name.replace('_', ' '):16} {len(faults)}{': ' + '; '.join(faults[:5]) if faults else ''}")
    print(
        f"  observers equal  {equal} of {len(screens)}, {healing:.1f} s after the last message ({reconnects} reconnects, {syncs} syncs)"
    )
    print(f"  kills            {sum(kills.count.values())}: {per_kind}")


if __name__ == "__main__":
    sys.exit(main())
