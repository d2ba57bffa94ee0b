"""One who sends much waits for themselves."""

import threading

from django.db import OperationalError

from realtime.gate import Pass
from realtime.intake import Intake
from realtime.registry import FrameKind


def test_frames_are_taken_in_turn_and_each_senders_in_order() -> None:
    busy, calm = Pass(1, 1, 1, "session:1"), Pass(1, 2, 2, "session:2")
    batches: list[list[str]] = []
    hold, done = threading.Event(), threading.Event()

    def answer(frames):  # type: ignore[no-untyped-def]
        hold.wait(5)
        batches.append([frame["text"] for _identity, frame in frames])
        return [(201, {})] * len(frames)

    intake = Intake(FrameKind(answer, at_most=4))
    left = [12]

    def answered(_status: int, _body: object) -> None:
        left[0] -= 1
        if not left[0]:
            done.set()

    for number in range(10):
        intake.put((busy, {"text": f"busy {number}"}, answered))
    for number in range(2):
        intake.put((calm, {"text": f"calm {number}"}, answered))
    hold.set()
    assert done.wait(5)
    said = [text for batch in batches for text in batch]
    assert [text for text in said if text.startswith("busy")] == [f"busy {number}" for number in range(10)]
    assert said.index("calm 1") < said.index("busy 8")


def test_a_handler_that_answers_too_few_is_asked_again_one_by_one() -> None:
    statuses: list[int] = []
    hold, done = threading.Event(), threading.Event()

    def answer(frames):  # type: ignore[no-untyped-def]
        hold.wait(5)
        return [(201, {})] if len(frames) == 1 else []

    def answered(status: int, _body: object) -> None:
        statuses.append(status)
        if len(statuses) == 4:
            done.set()

    intake = Intake(FrameKind(answer))
    for number in range(4):
        intake.put((Pass(1, 1, 1, f"session:{number}"), {}, answered))
    hold.set()
    assert done.wait(5)
    assert statuses == [201] * 4


def test_nobody_fills_the_queue_for_all_by_however_many_tokens() -> None:
    taken, hold, done = threading.Event(), threading.Event(), threading.Event()

    def answer(frames):  # type: ignore[no-untyped-def]
        taken.set()
        hold.wait(5)
        return [(201, "{}")] * len(frames)

    def answered(_status: int, _body: object) -> None:
        pass

    intake = Intake(FrameKind(answer, at_most=1))
    assert intake.put((Pass(1, 3, 3, "token:0"), {}, answered))
    assert taken.wait(5)
    flood = [intake.put((Pass(1, 1, 1, f"token:{number % 9}"), {}, answered)) for number in range(6_000)]
    assert flood == [True] * 1_000 + [False] * 5_000
    assert intake.put((Pass(1, 2, 2, "session:1"), {}, lambda _status, _body: done.set()))
    hold.set()
    assert done.wait(5)


def test_when_the_database_is_away_nobody_waits_behind_the_others() -> None:
    statuses: list[int] = []
    tried: list[int] = []
    hold, done = threading.Event(), threading.Event()

    def answer(frames):  # type: ignore[no-untyped-def]
        hold.wait(5)
        tried.append(len(frames))
        raise OperationalError("connection refused")

    def answered(status: int, _body: object) -> None:
        statuses.append(status)
        if len(statuses) == 5:
            done.set()

    intake = Intake(FrameKind(answer))
    for number in range(5):
        intake.put((Pass(1, 1, number, f"session:{number}"), {}, answered))
    hold.set()
    assert done.wait(5)
    assert statuses == [503] * 5
    assert sum(tried) == 5
