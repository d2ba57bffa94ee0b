"""The hub: one per process, with a thread and a database connection of its own.

It answers all hints that came during its last read by one read of changes, one of their objects and one of rights (in
this order: rights are the last thing that is asked), renders each object once, and puts the same text into the queue
of every local socket that may see it. Nothing here waits for a socket, and nothing waits for the hub.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from django.db import Error, close_old_connections, connection
from prometheus_client import Counter, Gauge, Histogram

from realtime import failpoints, frames, hints, reading, whispers
from realtime.connection import Connection, Pushes, frame
from realtime.gate import Knock, Pass, Refusal, gate
from realtime.mailbox import Arrival, Mail, Mailbox
from realtime.presence import Presence
from realtime.registry import Sight, registry
from realtime.streams import Stream

log = logging.getLogger(__name__)

HEARTBEAT = 20.0  # seconds
AT_MOST = 200  # changes of one stream in a pass; who lacks more, syncs
SOCKETS_AT_MOST = 50  # of one session or token: all tabs of a browser share one session
LOOK_BACK = 16  # changes: how far back a stream is read that nobody here followed until now
PAUSE_AFTER_ERROR = 0.5  # seconds

CONNECTIONS = Gauge("lakeside_sockets", "Open sockets of this process.")
DELIVERIES = Counter("lakeside_deliveries_total", "Frames put into sockets' queues.")
PASS_SECONDS = Histogram(
    "lakeside_hub_pass_seconds", "One pass of the hub.", buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
)


class Hub:
    """All local sockets by member, and up to where each of their streams was delivered."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.presence = Presence()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.thread: threading.Thread | None = None
        # From here on touched by the hub's thread only.
        self.connections: dict[int, set[Connection]] = defaultdict(set)
        self.delivered: dict[Stream, int] = {}
        self.beaten: dict[Stream, int] = {}
        self.epoch = 1
        self.next_beat = 0.0

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen and deliver. Sockets are written on this loop."""
        self.loop = loop
        self.presence = Presence()
        self.connections.clear()
        self.delivered, self.beaten = {}, {}
        self.mailbox.open()
        self.next_beat = time.monotonic() + HEARTBEAT
        self.thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self.thread.start()
        hints.listen(self.mailbox.hint)

    def stop(self) -> None:
        """Stop listening and wait for the thread to end, at most 5 s."""
        hints.listen(None)
        self.mailbox.close()
        if self.thread is not None:
            self.thread.join(5)

    async def arrive(self, knock: Knock) -> Connection | Refusal:
        """Let somebody in: prove who they are, and greet them with the heads of all their streams."""
        arrival = Arrival(knock)
        self.mailbox.arrive(arrival)
        try:
            return await asyncio.wrap_future(arrival.answer)
        except asyncio.CancelledError:
            arrival.answer.add_done_callback(self._see_off)
            raise

    def _see_off(self, answer: Future[Connection | Refusal]) -> None:
        """Whoever went while the door was opened must not stay among the connections."""
        if not answer.cancelled() and isinstance(admitted := answer.result(), Connection):
            self.mailbox.leave(admitted)

    def _run(self) -> None:
        while self.mailbox.wait(until=self.next_beat):
            mail = self.mailbox.take()
            try:
                with PASS_SECONDS.time():
                    self._work_off(mail)
            except Error as error:
                # The database is away: newcomers try again later, what moved is still to be delivered.
                log.warning("hub_pass_failed", extra={"error": type(error).__name__})
                connection.close()
                for arrival in mail.arrivals:
                    arrival.turn_away(1012)
                self.mailbox.put_back(mail.moved, mail.lost)
                # Whatever else this pass lost, a heartbeat finds as soon as the database is back.
                self.next_beat = time.monotonic()
                time.sleep(PAUSE_AFTER_ERROR)
            except Exception:
                # A defect in one pass must not silence every screen of this process; heartbeats heal what it lost.
                log.exception("hub_pass_defect")
                for arrival in mail.arrivals:
                    arrival.turn_away(1011)
        for arrival in self.mailbox.take().arrivals:
            arrival.turn_away(1012)
        for screens in list(self.connections.values()):
            self._close(set(screens), 1012)
        connection.close()

    def _work_off(self, mail: Mail) -> None:
        self._forget(mail.departed)
        if mail.arrivals:
            self._admit(mail.arrivals)
        if time.monotonic() >= self.next_beat:
            self._beat()
        if mail.moved:
            self._deliver(mail.moved)
        for screen in mail.turned:
            self._show(screen.identity.member_id)
        if mail.whispers or mail.stands:
            self._whisper(mail)
        if mail.lost:
            self._greet_again(mail.lost)

    def _forget(self, departed: Iterable[Connection]) -> None:
        for gone in departed:
            member_id = gone.identity.member_id
            screens = self.connections.get(member_id, set())
            if gone not in screens:
                continue
            screens.discard(gone)
            CONNECTIONS.dec()
            self._show(member_id)
            if not screens:
                del self.connections[member_id]
                self.presence.gone(member_id)

    def _show(self, member_id: int) -> None:
        """The member is online if one of their screens here is looked at."""
        if screens := self.connections.get(member_id):
            is_looking = any(screen.presence == "online" for screen in screens)
            self.presence.here(member_id, "online" if is_looking else "away")

    # ── coming ──

    def _admit(self, arrivals: list[Arrival]) -> None:
        close_old_connections()
        arrivals = [arrival for arrival in arrivals if arrival.answer.set_running_or_notify_cancel()]
        newcomers: list[tuple[Connection, Arrival]] = []
        for arrival, answer in zip(arrivals, gate.admit([arrival.knock for arrival in arrivals]), strict=True):
            if isinstance(answer, Refusal):
                arrival.answer.set_result(answer)
            else:
                newcomers.append((Connection(answer), arrival))
        self._note_epoch()
        streams, heads = self._heads_of({newcomer.identity.member_id for newcomer, _ in newcomers})
        for stream, version in heads.items():
            self.delivered.setdefault(stream, version)
        for newcomer, arrival in newcomers:
            member_id = newcomer.identity.member_id
            newcomer.push(self._hello(newcomer, streams, heads))
            self.connections[member_id].add(newcomer)
            CONNECTIONS.inc()
            arrival.answer.set_result(newcomer)
            self._show(member_id)
            self._make_room(newcomer)

    def _make_room(self, newcomer: Connection) -> None:
        """Where one session or token has too many sockets, the one that is missed least gives way to the newest.

        Refusing the newest would be wrong for both who come to the limit. In a browser it is the tab that somebody just
        opened; a program that lost its line knocks while its old sockets still look open, and would stay out until
        they are found dead. So what nobody looks at goes first, then what is oldest. Each credential is counted for
        itself: a program gone wild costs its owner no tab.
        """
        identity = newcomer.identity
        peers = [
            peer for peer in self.connections[identity.member_id] if peer.identity.credential == identity.credential
        ]
        if len(peers) > SOCKETS_AT_MOST:
            self._close({min(peers, key=lambda peer: (peer.presence == "online", peer.opened_at))}, 4010)

    def _greet_again(self, lost: set[Connection]) -> None:
        streams, heads = self._heads_of({screen.identity.member_id for screen in lost})
        self._push([([screen], self._hello(screen, streams, heads)) for screen in lost], prove=True)

    def _note_epoch(self) -> None:
        """After a restore the same numbers mean other changes: nothing counts as delivered or told."""
        if (epoch := reading.epoch()) != self.epoch:
            self.epoch, self.delivered, self.beaten = epoch, {}, {}

    def _heads_of(self, member_ids: set[int]) -> tuple[dict[int, list[Stream]], dict[Stream, int]]:
        """The streams that each of these members may follow, and where all of them stand."""
        streams: dict[int, list[Stream]] = defaultdict(list)
        for kind in registry.streams.values():
            for member_id, object_id in kind.followed_by(member_ids):
                streams[member_id].append(Stream(kind.name, object_id))
        return streams, reading.heads({stream for mine in streams.values() for stream in mine})

    def _hello(self, screen: Connection, streams: dict[int, list[Stream]], heads: dict[Stream, int]) -> str:
        mine = _heads_for(screen.identity, streams, heads)
        return frames.hello(screen.identity, epoch=self.epoch, heads=mine, heartbeat_seconds=HEARTBEAT)

    # ── delivering ──

    def _deliver(self, moved: dict[Stream, int]) -> None:
        """Everything after what was delivered, of the streams that moved, to those who may see it."""
        self._prove_members({stream.object_id for stream in moved if stream.kind == "member"})
        if not self.connections:
            return
        # Of a stream that nobody here followed, ask first whether that has changed: reading costs more than asking.
        new = self._followers([stream for stream in moved if stream not in self.delivered])
        since = {
            stream: self.delivered.get(stream, max(0, version - LOOK_BACK))
            for stream, version in moved.items()
            if version > self.delivered.get(stream, -1) and (stream in self.delivered or new.get(stream))
        }
        found = reading.after(since, at_most=AT_MOST)
        newest = {item.stream: reading.newest_of_each(item.changes) for item in found}
        objects = reading.render(change for changes in newest.values() for change in changes)
        followers = self._followers([item.stream for item in found])
        pushes: Pushes = []
        for item in found:
            sights = followers.get(item.stream)
            if sights:
                for text, members in frames.changes(item, newest[item.stream], objects, sights, epoch=self.epoch):
                    screens = [screen for member in members for screen in self.connections[member]]
                    pushes.append(([s for s in screens if item.stream.kind not in s.identity.barred], text))
        self._push(pushes, prove=True)
        for item in found:
            self.delivered[item.stream] = max(item.version, self.delivered.get(item.stream, 0))

    def _followers(self, streams: list[Stream]) -> dict[Stream, dict[int, Sight]]:
        by_kind: dict[str, list[int]] = defaultdict(list)
        for stream in streams:
            by_kind[stream.kind].append(stream.object_id)
        found: dict[Stream, dict[int, Sight]] = {}
        for kind, ids in by_kind.items():
            for object_id, sights in registry.streams[kind].followers(ids, self.connections.keys()).items():
                found[Stream(kind, object_id)] = dict(sights)
        return found

    def _push(self, pushes: Pushes, *, prove: bool) -> None:
        """Hand the texts to the event loop; before that, the last word on who may still hear anything."""
        if prove and pushes:
            reached = {screen for screens, _ in pushes for screen in screens}
            good = gate.still_good({screen.identity for screen in reached})
            bad = {screen for screen in reached if screen.identity not in good}
            if bad:
                self._close(bad, 4001)
                pushes = [([screen for screen in screens if screen not in bad], text) for screens, text in pushes]
        DELIVERIES.inc(sum(len(screens) for screens, _ in pushes))
        self._on_loop(_push_all, pushes)

    def _prove_members(self, member_ids: set[int]) -> None:
        """Something happened to these members; if it was their right to be here, their sockets close at once."""
        here = {screen for member_id in member_ids for screen in self.connections.get(member_id, ())}
        if here:
            good = gate.still_good({screen.identity for screen in here})
            self._close({screen for screen in here if screen.identity not in good}, 4001)

    def _close(self, screens: set[Connection], code: int) -> None:
        if screens:
            self._forget(screens)
            self._on_loop(_close_all, screens, code)

    # ── the heartbeat ──

    def _beat(self) -> None:
        """Compare all local heads and all passes, deliver what hints lost, and tell every socket where it stands."""
        close_old_connections()
        self.next_beat = time.monotonic() + HEARTBEAT
        self._note_epoch()
        everybody = self._screens()
        good = gate.still_good({screen.identity for screen in everybody})
        self._close({screen for screen in everybody if screen.identity not in good}, 4001)
        if failpoints.is_armed("no_heads_in_heartbeat"):
            return
        streams, heads = self._heads_of(set(self.connections))
        # Only what somebody here follows is remembered. A restore can set heads back: what was delivered beyond
        # them never happened.
        self.delivered = {
            stream: min(version, self.delivered.get(stream, max(0, version - LOOK_BACK)))
            for stream, version in heads.items()
        }
        self._deliver({stream: version for stream, version in heads.items() if version > self.delivered[stream]})
        # What was delivered just now may be newer than what was read before; told heads never fall behind told changes.
        heads = {stream: max(version, self.delivered.get(stream, 0)) for stream, version in heads.items()}
        pushes: Pushes = []
        alike: dict[tuple[int, frozenset[str]], list[Connection]] = defaultdict(list)
        for screen in self._screens():
            alike[screen.identity.member_id, screen.identity.barred].append(screen)
        for screens in alike.values():
            mine = _heads_for(screens[0].identity, streams, heads)
            moved = {stream: version for stream, version in mine.items() if version != self.beaten.get(stream)}
            text = frames.heartbeat(epoch=self.epoch, moved=moved, versions=list(mine.values()))
            pushes.append((screens, text))
        self.beaten = heads
        # Each pass was proved a moment ago.
        self._push(pushes, prove=False)
        self.presence.refresh({who for screen in self._screens() for who in screen.watched}, self.mailbox.stand)

    def _whisper(self, mail: Mail) -> None:
        screens = self._screens()
        pushes = whispers.typing([hint for hint in mail.whispers if "typing" in hint], screens)
        told = [hint for hint in mail.whispers if "presence" in hint]
        pushes += whispers.presence(told, self.presence, screens)
        pushes += whispers.stands(mail.stands, screens)
        self._push(pushes, prove=True)

    def _screens(self) -> list[Connection]:
        return [screen for screens in self.connections.values() for screen in screens]

    def _on_loop(self, call: Callable[..., None], *arguments: Any) -> None:
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(call, *arguments)


def _heads_for(identity: Pass, streams: Mapping[int, list[Stream]], heads: Mapping[Stream, int]) -> dict[Stream, int]:
    """Where those streams stand that this pass lets one follow."""
    mine = (stream for stream in streams.get(identity.member_id, ()) if stream.kind not in identity.barred)
    return {stream: heads[stream] for stream in mine if stream in heads}


def _push_all(pushes: Pushes) -> None:
    for screens, text in pushes:
        framed = frame(text)
        for screen in screens:
            screen.push(text, framed)


def _close_all(screens: Iterable[Connection], code: int) -> None:
    for screen in screens:
        screen.close(code)


hub = Hub()
