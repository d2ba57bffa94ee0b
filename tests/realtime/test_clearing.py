"""Old changes are cleared away, and nobody misses anything by it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import F, Value

from chat.models import Conversation
from orgchart.models import Member
from outbox import relay
from outbox.models import DueRow
from outbox.queue import begin_recurring
from outbox.sweep import claim, run
from realtime import clearing, failpoints, reading
from realtime.clearing import clear_old_changes
from realtime.cursors import Cursor
from realtime.models import Change, StreamHead
from realtime.streams import Stream
from tests.cast import program_of
from tests.chat.talk import head_of, say, say_many
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def age(days: float, *, stream: Stream | None = None) -> None:
    """Let everything that was noted so far be so many days older."""
    changes = Change.objects.all()
    if stream is not None:
        changes = changes.filter(stream__kind=stream.kind, stream__object_id=stream.object_id)
    changes.update(created_at=F("created_at") - Value(timedelta(days=days)))


def kept(stream: Stream) -> list[int]:
    changes = Change.objects.filter(stream__kind=stream.kind, stream__object_id=stream.object_id)
    return list(changes.order_by("version").values_list("version", flat=True))


def floor_of(stream: Stream) -> int:
    return StreamHead.objects.get(kind=stream.kind, object_id=stream.object_id).floor


def sync(stream: Stream, member: Member, cursor: str = "") -> dict[str, Any]:
    query = {"cursor": cursor} if cursor else {}
    return program_of(member).get(f"/api/v1/orgs/{member.organization.handle}/sync/{stream}", query).json()


def texts(answer: dict[str, Any]) -> list[str]:
    return [change["object"]["text"] for change in answer["changes"] if change["object"]["type"] == "message"]


# ── what goes and what stays ──


def test_changes_of_more_than_thirty_days_go_and_younger_ones_stay(pair: Conversation, lin: Member) -> None:
    say_many(pair, lin, 3)
    age(2)
    middle = head_of(pair.stream)[1]
    say_many(pair, lin, 2)
    age(29)
    assert clear_old_changes() == clearing.EVERY
    head = head_of(pair.stream)[1]
    assert floor_of(pair.stream) == middle
    assert kept(pair.stream) == list(range(middle + 1, head + 1))


def test_a_stream_without_old_changes_is_left_alone(pair: Conversation, group: Conversation, lin: Member) -> None:
    age(31, stream=pair.stream)
    before = kept(group.stream)
    assert clear_old_changes() == clearing.EVERY
    assert (floor_of(group.stream), kept(group.stream)) == (0, before)
    assert (floor_of(pair.stream), kept(pair.stream)) == (head_of(pair.stream)[1], [])


def test_a_stream_goes_on_where_it_stood(pair: Conversation, lin: Member) -> None:
    seq, version = head_of(pair.stream)
    age(31)
    clear_old_changes()
    message = say(pair, lin)
    assert (message.seq, message.version) == (seq + 1, version + 1)
    assert kept(pair.stream) == [message.version]


def test_much_is_cleared_in_small_bites(pair: Conversation, lin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "CHANGES_AT_ONCE", 4)
    say_many(pair, lin, 10)
    age(31, stream=pair.stream)
    left = len(kept(pair.stream))
    while left >= 4:
        left -= 4
        assert clear_old_changes() == timedelta(0)
        assert len(kept(pair.stream)) == left
    assert clear_old_changes() == clearing.EVERY
    assert kept(pair.stream) == []


def test_a_run_takes_a_few_streams_and_the_next_one_the_rest(
    pair: Conversation, group: Conversation, lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clearing, "STREAMS_A_RUN", 1)
    age(31)
    streams = Change.objects.values("stream").distinct().count()
    for left in reversed(range(streams)):
        assert clear_old_changes() == timedelta(0)
        assert Change.objects.values("stream").distinct().count() == left
    assert clear_old_changes() == clearing.EVERY


def test_a_crash_before_the_commit_leaves_floor_and_changes_as_they_were(pair: Conversation, lin: Member) -> None:
    age(31, stream=pair.stream)
    before = kept(pair.stream)

    def crash() -> None:
        raise DatabaseError

    with failpoints.armed("before_commit", crash), pytest.raises(DatabaseError):
        clear_old_changes()
    assert (floor_of(pair.stream), kept(pair.stream)) == (0, before)


# ── who follows ──


def test_who_stands_above_the_floor_goes_on_and_who_stands_below_starts_over(
    pair: Conversation, lin: Member, wei: Member
) -> None:
    below = sync(pair.stream, wei)["cursor"]
    say(pair, lin, "一")
    at = sync(pair.stream, wei)["cursor"]
    age(31)
    say(pair, lin, "二")
    above = sync(pair.stream, wei)["cursor"]
    say(pair, lin, "三")
    clear_old_changes()
    assert Cursor.parse(at).version == floor_of(pair.stream)
    for cursor, missed in ((at, ["二", "三"]), (above, ["三"])):
        answer = sync(pair.stream, wei, cursor)
        assert (answer["reset"], texts(answer)) == (False, missed)
    answer = sync(pair.stream, wei, below)
    assert (answer["reset"], texts(answer)) == (True, ["一", "二", "三"])
    assert not sync(pair.stream, wei, answer["cursor"])["reset"]


def test_a_clearing_while_the_answer_is_put_together_leaves_no_hole_in_it(
    pair: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the head and the reading of the changes they are cleared away."""
    cursor = sync(pair.stream, wei)["cursor"]
    say(pair, lin, "long ago")
    age(31)
    say(pair, lin, "just now")
    kind = reading.registry.streams["conversation"]
    look = kind.followers
    turns = iter([True])

    def followers(*arguments: Any) -> Any:
        if next(turns, False):
            clear_old_changes()
        return look(*arguments)

    monkeypatch.setattr(kind, "followers", followers)
    assert texts(sync(pair.stream, wei, cursor)) == ["long ago", "just now"]


def test_the_hub_claims_nothing_that_was_cleared(pair: Conversation, lin: Member) -> None:
    """Who stands below the floor must find that a frame begins after the place where they stand."""
    before = head_of(pair.stream)[1]
    say(pair, lin, "long ago")
    age(31)
    message = say(pair, lin, "just now")
    clear_old_changes()
    [found] = reading.after({pair.stream: before}, at_most=200)
    assert (found.since, found.version) == (message.version - 1, message.version)


# ── when ──


def test_it_begins_by_itself_and_is_due_again_the_next_day(pair: Conversation, lin: Member) -> None:
    age(31)
    begin_recurring()
    [row] = [row for row in claim() if row.kind == "changes.clear"]
    assert run(row)
    assert kept(pair.stream) == []
    again = DueRow.objects.get(kind="changes.clear")
    assert again.due_at - row.due_at >= clearing.EVERY


@pytest.mark.django_db(transaction=True)
def test_a_relay_clears_beside_people_who_talk(pair: Conversation, lin: Member, wei: Member) -> None:
    """On threads of their own, as in a company: what is said meanwhile has its number, and its change."""
    say_many(pair, lin, 20)
    age(31)
    floor = head_of(pair.stream)[1]
    stop = threading.Event()

    def clear() -> None:
        relay.work_off(stop)

    def talk() -> None:
        for number in range(20):
            say(pair, wei, str(number))
        while floor_of(pair.stream) < floor and not stop.wait(0.05):
            pass
        stop.set()

    together(clear, talk)
    assert floor_of(pair.stream) == floor
    assert kept(pair.stream) == list(range(floor + 1, floor + 21))
