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
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from django.db import Error, close_old_connections, connection
from prometheus_client import Counter, Gauge, Histogram

from realtime import hints, reading
from realtime.connection import Connection
from realtime.gate import Knock, Refusal, gate
from realtime.presence import Presence, State
from realtime.reading import StreamChanges
from realtime.registry import Sight, registry
from realtime.streams import Stream
from wire.json import encode

log = logging.getLogger(__name__)

HEARTBEAT = 20.0  # seconds
AT_MOST = 200  # changes of one stream in a pass; who lacks more, syncs
# A stream that nobody here followed until now is read from this far back.
LOOK_BACK = 16
PAUSE_AFTER_ERROR = 0.5

CONNECTIONS = Gauge("lakeside_sockets", "Open sockets of this process.")
DELIVERIES = Counter("lakeside_deliveries_total", "Frames put into sockets' queues.")
PASS_SECONDS = Histogram(
    "lakeside_hub_pass_seconds", "One pass of the hub.", buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
)

Pushes = list[tuple[list[Connection], str]]


class Hub:
    """All local sockets by member, and up to where each of their streams was delivered."""

    def __init__(self) -> None:
        self.wake = threading.Condition()
        self.hinted: dict[str, int] = {}
        self.whispers: list[dict[str, Any]] = []
        self.arrivals: list[tuple[Knock, Future[Connection | Refusal]]] = []
        self.lost: list[Connection] = []
        self.is_running = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self.thread: threading.Thread | None = None
        self.presence = Presence()
        # From here on touched by the hub's thread only; departures are told under `wake`.
        self.departed: list[Connection] = []
        self.connections: dict[int, set[Connection]] = defaultdict(set)
        self.delivered: dict[Stream, int] = {}
        self.beaten: dict[Stream, int] = {}
        self.epoch = 1
        self.next_beat = 0.0

    # ── told from outside, by any thread ──

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen and deliver. Sockets are written on this loop."""
        self.loop = loop
        self.is_running = True
        self.next_beat = time.monotonic() + HEARTBEAT
        self.thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self.thread.start()
        hints.listen(self.hint)

    def stop(self) -> None:
        """Stop listening and wait for the thread to end, at most 5 s."""
        hints.listen(None)
        with self.wake:
            self.is_running = False
            self.wake.notify()
        if self.thread is not None:
            self.thread.join(5)

    def hint(self, hint: dict[str, Any]) -> None:
        """A stream moved, somebody types, somebody came or went. Content is never in it."""
        with self.wake:
            for stream, version in hint.get("moved", {}).items():
                self.hinted[stream] = max(version, self.hinted.get(stream, 0))
            if "moved" not in hint and len(self.whispers) < 10_000:
                self.whispers.append(hint)
            self.wake.notify()

    async def arrive(self, knock: Knock) -> Connection | Refusal:
        """Let somebody in: prove who they are, and greet them with the heads of all their streams."""
        future: Future[Connection | Refusal] = Future()
        with self.wake:
            self.arrivals.append((knock, future))
            self.wake.notify()
        return await asyncio.wrap_future(future)

    def greet_again(self, connection_: Connection) -> None:
        """The client counts other heads than the heartbeat said: tell it all of them."""
        with self.wake:
            self.lost.append(connection_)
            self.wake.notify()

    def best_presence(self, member_id: int) -> State:
        """Online if any of the member's screens here is looked at."""
        return "online" if any(c.presence == "online" for c in list(self.connections.get(member_id, ()))) else "away"

    def leave(self, connection_: Connection) -> None:
        """The socket is gone."""
        with self.wake:
            self.departed.append(connection_)
            self.wake.notify()

    # ── the hub's thread ──

    def _run(self) -> None:
        while self._is_due():
            with self.wake:
                hinted, self.hinted = self.hinted, {}
                whispers, self.whispers = self.whispers, []
                arrivals, self.arrivals = self.arrivals, []
                lost, self.lost = self.lost, []
                departed, self.departed = self.departed, []
            try:
                with PASS_SECONDS.time():
                    self._forget(departed)
                    self._admit(arrivals)
                    if time.monotonic() >= self.next_beat:
                        self._beat()
                    if hinted:
                        self._deliver({Stream.parse(stream): version for stream, version in hinted.items()})
                    if whispers:
                        self._whisper(whispers)
                    if lost:
                        self._greet_again(lost)
            except Error as error:
                # The database is away: keep what was hinted, turn newcomers away (they try again), and mend the
                # connection.
                log.warning("hub_pass_failed", extra={"error": type(error).__name__})
                connection.close()
                for _, future in arrivals:
                    if not future.done():
                        future.set_result(Refusal(1012))
                with self.wake:
                    for stream, version in hinted.items():
                        self.hinted[stream] = max(version, self.hinted.get(stream, 0))
                time.sleep(PAUSE_AFTER_ERROR)
            except Exception:
                # A defect in one pass must not silence every screen of this process; heartbeats heal what it lost.
                log.exception("hub_pass_defect")
                for _, future in arrivals:
                    if not future.done():
                        future.set_result(Refusal(1011))
        connection.close()

    def _is_due(self) -> bool:
        with self.wake:
            while self.is_running and not (self.hinted or self.whispers or self.arrivals or self.lost or self.departed):
                left = self.next_beat - time.monotonic()
                if left <= 0:
                    break
                self.wake.wait(left)
            return self.is_running

    def _forget(self, departed: Iterable[Connection]) -> None:
        for connection_ in departed:
            member_id = connection_.identity.member_id
            if connection_ in (mine := self.connections.get(member_id, set())):
                mine.discard(connection_)
                CONNECTIONS.dec()
            if not mine:
                self.connections.pop(member_id, None)
                self.presence.gone(connection_.identity.organization_id, member_id)

    def _admit(self, arrivals: list[tuple[Knock, Future[Connection | Refusal]]]) -> None:
        if not arrivals:
            return
        close_old_connections()
        answers = gate.admit([knock for knock, _ in arrivals])
        newcomers: list[tuple[Connection, Future[Connection | Refusal]]] = []
        for (_, future), answer in zip(arrivals, answers, strict=True):
            if isinstance(answer, Refusal):
                future.set_result(answer)
            else:
                newcomers.append((Connection(answer), future))
        for connection_, _ in newcomers:
            self.connections[connection_.identity.member_id].add(connection_)
            CONNECTIONS.inc()
        self.epoch = reading.epoch()
        streams = self._followed_by({connection_.identity.member_id for connection_, _ in newcomers})
        heads = reading.heads({stream for mine in streams.values() for stream in mine})
        for stream, version in heads.items():
            self.delivered.setdefault(stream, version)
        for connection_, future in newcomers:
            member_id = connection_.identity.member_id
            connection_.push(
                self._hello(
                    connection_, {stream: heads[stream] for stream in streams.get(member_id, ()) if stream in heads}
                )
            )
            future.set_result(connection_)
            self.presence.here(connection_.identity.organization_id, member_id, "online")

    def _followed_by(self, member_ids: set[int]) -> dict[int, list[Stream]]:
        streams: dict[int, list[Stream]] = defaultdict(list)
        for kind in registry.streams.values():
            for member_id, object_id in kind.followed_by(member_ids):
                streams[member_id].append(Stream(kind.name, object_id))
        return streams

    def _deliver(self, hinted: dict[Stream, int]) -> None:
        """Everything after what was delivered, of the hinted streams, to those who may see it."""
        self._prove_members({stream.object_id for stream in hinted if stream.kind == "member"})
        since = {
            stream: self.delivered.get(stream, max(0, version - LOOK_BACK))
            for stream, version in hinted.items()
            if version > self.delivered.get(stream, -1) and (stream in self.delivered or self.connections)
        }
        moved = reading.after(since, at_most=AT_MOST)
        newest = {item.stream: reading.newest_of_each(item.changes) for item in moved}
        objects = reading.render(change for changes in newest.values() for change in changes)
        pushes: Pushes = []
        followers = self._followers([item.stream for item in moved])
        for item in moved:
            pushes.extend(self._frames(item, newest[item.stream], objects, followers.get(item.stream, {})))
        self._push(pushes, prove=True)
        for item in moved:
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

    def _frames(
        self, item: StreamChanges, changes: list[Any], objects: dict[Any, Any], followers: dict[int, Sight]
    ) -> Pushes:
        """The same text for all who see the same; in most passes that is everybody."""
        if not followers:
            return []
        texts: list[tuple[int | None, str]] = []
        for change in changes:
            rendered = objects.get((change.kind.partition(".")[0], change.object_id))
            if rendered is not None:
                texts.append(
                    (rendered.seq, encode({"kind": change.kind, "version": change.version, "object": rendered.object}))
                )
        resets = any(change.kind in registry.resetting for change in item.changes)
        lowest = min((seq for seq, _ in texts if seq is not None), default=None)
        everything = (True,) * len(texts)
        by_view: dict[tuple[bool, ...], list[Connection]] = defaultdict(list)
        for member_id, sight in followers.items():
            view = everything if sight.sees_on_from(lowest) else tuple(sight.sees(seq) for seq, _ in texts)
            by_view[view].extend(self.connections.get(member_id, ()))
        head = f'{{"type":"changes","stream":"{item.stream}","epoch":{self.epoch},"from":{item.since},"to":{item.version},"reset":{encode(resets)},"changes":['
        return [
            (
                connections,
                head + ",".join(text for (_, text), is_seen in zip(texts, view, strict=True) if is_seen) + "]}",
            )
            for view, connections in by_view.items()
        ]

    def _push(self, pushes: Pushes, *, prove: bool) -> None:
        """Hand the texts to the event loop; before that, the last word on who may still hear anything."""
        if prove and pushes:
            good = gate.still_good({connection_.identity for connections, _ in pushes for connection_ in connections})
            bad = {
                connection_
                for connections, _ in pushes
                for connection_ in connections
                if connection_.identity not in good
            }
            if bad:
                self._close(bad, 4001)
                pushes = [
                    ([connection_ for connection_ in connections if connection_ not in bad], text)
                    for connections, text in pushes
                ]
        DELIVERIES.inc(sum(len(connections) for connections, _ in pushes))
        self._on_loop(_push_all, pushes)

    def _prove_members(self, member_ids: set[int]) -> None:
        """Something happened to these members; if it was their right to be here, their sockets close at once."""
        here = {connection_ for member_id in member_ids for connection_ in self.connections.get(member_id, ())}
        if here:
            good = gate.still_good({connection_.identity for connection_ in here})
            self._close({connection_ for connection_ in here if connection_.identity not in good}, 4001)

    def _close(self, connections: set[Connection], code: int) -> None:
        if connections:
            self._forget(connections)
            self._on_loop(_close_all, connections, code)

    def _beat(self) -> None:
        """Compare all local heads and all passes, deliver what hints lost, and tell every socket where its streams
        stand.
        """
        close_old_connections()
        self.next_beat = time.monotonic() + HEARTBEAT
        self.epoch = reading.epoch()
        everybody = {connection_ for connections in self.connections.values() for connection_ in connections}
        good = gate.still_good({connection_.identity for connection_ in everybody})
        self._close({connection_ for connection_ in everybody if connection_.identity not in good}, 4001)
        streams = self._followed_by(set(self.connections))
        heads = reading.heads({stream for mine in streams.values() for stream in mine})
        self.delivered = {
            stream: self.delivered.get(stream, max(0, version - LOOK_BACK)) for stream, version in heads.items()
        }
        # A restore can set heads back; what was "delivered" beyond them never happened.
        self.delivered = {stream: min(version, heads[stream]) for stream, version in self.delivered.items()}
        self._deliver({stream: version for stream, version in heads.items() if version > self.delivered[stream]})
        pushes: Pushes = []
        for member_id, connections in self.connections.items():
            mine = [stream for stream in streams.get(member_id, ()) if stream in heads]
            beat = {
                "type": "heartbeat",
                "epoch": self.epoch,
                "heads": {str(stream): heads[stream] for stream in mine if heads[stream] != self.beaten.get(stream)},
                "count": len(mine),
                "sum": sum(heads[stream] for stream in mine),
            }
            pushes.append((list(connections), encode(beat)))
        self.beaten = heads
        # Each pass was proved a moment ago.
        self._push(pushes, prove=False)
        self.presence.refresh(
            {connection_.identity for connections in self.connections.values() for connection_ in connections}
        )

    def _whisper(self, whispers: list[dict[str, Any]]) -> None:
        """Typing and presence: for those who look at the conversation, or at the person, right now."""
        pushes: Pushes = []
        typing = {
            (hint["typing"]["conversation"], hint["typing"]["member"]): hint["typing"]["is_typing"]
            for hint in whispers
            if "typing" in hint
        }
        if typing and (kind := registry.streams.get("conversation")):
            looking: dict[int, list[Connection]] = defaultdict(list)
            for connections in self.connections.values():
                for connection_ in connections:
                    if connection_.open_conversation is not None:
                        looking[connection_.open_conversation].append(connection_)
            rooms = {room for room, _ in typing}
            asked = {connection_.identity.member_id for room in rooms for connection_ in looking[room]} | {
                member for _, member in typing
            }
            sights = kind.followers(rooms, asked)
            for (room, member), is_typing in typing.items():
                may = sights.get(room, {})
                if member in may:
                    text = encode({"type": "typing", "conversation": room, "member": member, "is_typing": is_typing})
                    pushes.append(
                        (
                            [
                                c
                                for c in looking[room]
                                if c.identity.member_id in may and c.identity.member_id != member
                            ],
                            text,
                        )
                    )
        for hint in whispers:
            if "presence" in hint:
                organization_id, member_id, state = hint["presence"]
                self.presence.heard(member_id, state)
                watching = [
                    c
                    for cs in self.connections.values()
                    for c in cs
                    if member_id in c.watched and c.identity.organization_id == organization_id
                ]
                if watching:
                    pushes.append((watching, encode({"type": "presence", "members": {str(member_id): state}})))
        self._push(pushes, prove=True)

    def _greet_again(self, lost: list[Connection]) -> None:
        streams = self._followed_by({connection_.identity.member_id for connection_ in lost})
        heads = reading.heads({stream for mine in streams.values() for stream in mine})
        hellos = [
            (
                [connection_],
                self._hello(
                    connection_,
                    {
                        stream: heads[stream]
                        for stream in streams.get(connection_.identity.member_id, ())
                        if stream in heads
                    },
                ),
            )
            for connection_ in lost
        ]
        self._push(hellos, prove=True)

    def _hello(self, connection_: Connection, heads: dict[Stream, int]) -> str:
        return encode(
            {
                "type": "hello",
                "member": connection_.identity.member_id,
                "organization": connection_.identity.organization_id,
                "epoch": self.epoch,
                "heads": {str(stream): version for stream, version in heads.items()},
                "heartbeat_seconds": int(HEARTBEAT),
            }
        )

    def _on_loop(self, call: Callable[..., None], *arguments: Any) -> None:
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(call, *arguments)


def _push_all(pushes: Pushes) -> None:
    for connections, text in pushes:
        for connection_ in connections:
            connection_.push(text)


def _close_all(connections: Iterable[Connection], code: int) -> None:
    for connection_ in connections:
        connection_.close(code)


hub = Hub()
