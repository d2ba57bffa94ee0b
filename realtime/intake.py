"""Frames that are answered, in natural batches: what arrived while the last one was worked off goes into the next.

One thread a kind of frame: few writers beat many (a commit per message by 30 connections made 1,266 a second, 20
messages a commit 41,000), the order in which a socket sent stays the order in which it is stored, and who reads
does not wait for who writes.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress

from django.db import Error, close_old_connections, connection
from django.utils.translation import gettext_lazy as _

from realtime.frames import refusal
from realtime.gate import Pass
from realtime.registry import JSON, FrameKind, registry
from wire.problems import Problem

log = logging.getLogger(__name__)
Answer = Callable[[int, str], None]
Frame = tuple[Pass, JSON, Answer]
WAITING = 5_000
WAITING_OF_ONE = 1_000  # of one person, by however many tokens and sockets: nobody fills the queue for all


class Intake:
    """The queue of one kind of frame, and the thread that empties it."""

    def __init__(self, kind: FrameKind) -> None:
        self.kind = kind
        # In turn by who sent them: one who sends much waits for themselves, not everybody for them.
        self.queues: dict[str, deque[Frame]] = {}
        self.waiting = 0
        self.of_one: Counter[int] = Counter()
        self.wake = threading.Condition()
        threading.Thread(target=self._run, name="intake", daemon=True).start()

    def put(self, frame: Frame) -> bool:
        """Queue a frame. False if too many wait already, of all or of who sent it."""
        person = frame[0].user_id
        with self.wake:
            if self.waiting >= WAITING or self.of_one[person] >= WAITING_OF_ONE:
                return False
            self.waiting += 1
            self.of_one[person] += 1
            self.queues.setdefault(frame[0].credential, deque()).append(frame)
            self.wake.notify()
        return True

    def _take(self) -> list[Frame]:
        """The next batch: one frame of each sender in turn, each sender's in their order."""
        batch: list[Frame] = []
        with self.wake:
            while not self.queues:
                self.wake.wait()
            while self.queues and len(batch) < self.kind.at_most:
                sender = next(iter(self.queues))
                queue = self.queues.pop(sender)
                batch.append(queue.popleft())
                if queue:
                    # Behind the others.
                    self.queues[sender] = queue
            self.waiting -= len(batch)
            for identity, _frame, _answer in batch:
                self.of_one[identity.user_id] -= 1
                if not self.of_one[identity.user_id]:
                    del self.of_one[identity.user_id]
        return batch

    def _run(self) -> None:
        while True:
            batch = self._take()
            for (_identity, _frame, answer), (status, body) in zip(batch, self._answers(batch), strict=True):
                # A loop that is closed belongs to a server that stopped: nobody there waits for an answer.
                with suppress(RuntimeError):
                    answer(status, body)

    def _answers(self, batch: list[Frame]) -> list[tuple[int, str]]:
        try:
            close_old_connections()
            answers = list(self.kind.answer([(identity, frame) for identity, frame, _answer in batch]))
            if len(answers) != len(batch):
                raise RuntimeError(f"{len(batch)} frames got {len(answers)} answers")
            return answers
        except Exception as error:  # noqa: BLE001 - one bad frame must not take the others with it
            # Where the database is away, trying one after the other would keep all that come behind waiting.
            is_away = isinstance(error, Error) and not connection.is_usable()
            if len(batch) > 1 and not is_away:
                log.warning("batch_failed", extra={"count": len(batch), "error": type(error).__name__})
                return [self._answers([frame])[0] for frame in batch]
            return [_apologize(error, identity) for identity, _frame, _answer in batch]


def _apologize(error: Exception, identity: Pass) -> tuple[int, str]:
    if isinstance(error, Error):
        connection.close()
        log.warning("frame_not_answered", extra={"error": type(error).__name__})
        detail = _("The database did not answer. Send the same frame again.")
        problem = Problem(503, "unavailable", detail=detail, retry_after=1)
    else:
        log.exception("frame_defect", exc_info=error)
        problem = Problem(500, "defect", detail=_("Something is broken here. Send the same frame again."))
    return refusal(problem, identity)


_intakes: dict[str, Intake] = {}
_making = threading.Lock()


def intake(name: str) -> Intake | None:
    """The intake of frames of this type, or None if no room answers them."""
    kind = registry.frames.get(name)
    if kind is None:
        return None
    with _making:
        if name not in _intakes:
            _intakes[name] = Intake(kind)
        return _intakes[name]
