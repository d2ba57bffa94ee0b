"""What the hub is told, from whichever thread, until it looks."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

from realtime.connection import Connection
from realtime.gate import Knock, Refusal
from realtime.hints import Hint
from realtime.presence import State
from realtime.streams import Stream

log = logging.getLogger(__name__)
WHISPERS = 10_000  # typing and presence beyond this are dropped


@dataclass(slots=True)
class Arrival:
    """Somebody at the door, and where the answer is awaited."""

    knock: Knock
    answer: Future[Connection | Refusal] = field(default_factory=Future)

    def turn_away(self, code: int) -> None:
        """Close, unless the door was answered already."""
        with suppress(InvalidStateError):
            self.answer.set_result(Refusal(code))


@dataclass(slots=True)
class Mail:
    """All that came since the last look."""

    moved: dict[Stream, int] = field(default_factory=dict)
    whispers: list[Hint] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    departed: list[Connection] = field(default_factory=list)
    lost: set[Connection] = field(default_factory=set)
    turned: list[Connection] = field(default_factory=list)
    stands: dict[int, State] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(
            self.moved or self.whispers or self.arrivals or self.departed or self.lost or self.turned or self.stands
        )


class Mailbox:
    """Thread-safe; `wait` sleeps until there is mail, or a time has come."""

    def __init__(self) -> None:
        self._mail = Mail()
        self._news = threading.Condition()
        self._is_open = True

    def open(self) -> None:
        """Take mail (again)."""
        with self._news:
            self._is_open = True

    def close(self) -> None:
        """Let `wait` end."""
        with self._news:
            self._is_open = False
            self._news.notify()

    def hint(self, hint: Hint) -> None:
        """A stream moved, somebody types, somebody came or went."""
        with self._news:
            for name, version in hint.get("moved", {}).items():
                try:
                    stream = Stream.parse(name)
                except ValueError:
                    # A process of another release may know kinds of streams that this one doesn't.
                    log.warning("hint_not_understood", extra={"stream": name})
                    continue
                self._mail.moved[stream] = max(version, self._mail.moved.get(stream, 0))
            if "moved" not in hint and len(self._mail.whispers) < WHISPERS:
                self._mail.whispers.append(hint)
            self._news.notify()

    def arrive(self, arrival: Arrival) -> None:
        """Somebody knocks."""
        with self._news:
            self._mail.arrivals.append(arrival)
            self._news.notify()

    def leave(self, gone: Connection) -> None:
        """A socket is gone."""
        with self._news:
            self._mail.departed.append(gone)
            self._news.notify()

    def lose(self, lost: Connection) -> None:
        """A client counts other heads than it was told."""
        with self._news:
            self._mail.lost.add(lost)
            self._news.notify()

    def turn(self, screen: Connection) -> None:
        """Somebody looks at a screen, or has turned away from it."""
        with self._news:
            self._mail.turned.append(screen)
            self._news.notify()

    def stand(self, states: dict[int, State]) -> None:
        """People stand otherwise than was shown."""
        with self._news:
            self._mail.stands.update(states)
            self._news.notify()

    def put_back(self, moved: dict[Stream, int], lost: set[Connection]) -> None:
        """What could not be delivered or answered is still to be."""
        with self._news:
            self._mail.lost |= lost
            for stream, version in moved.items():
                self._mail.moved[stream] = max(version, self._mail.moved.get(stream, 0))

    def wait(self, *, until: float) -> bool:
        """Sleep until there is mail or `until` (monotonic seconds) has come. False once the box is closed."""
        with self._news:
            while self._is_open and not self._mail and (left := until - time.monotonic()) > 0:
                self._news.wait(left)
            return self._is_open

    def take(self) -> Mail:
        """All mail; the box is empty afterwards."""
        with self._news:
            mail, self._mail = self._mail, Mail()
            return mail
