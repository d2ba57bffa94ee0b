"""The hub's order of looking: content first, rights last, so that nobody is handed what was taken from them meanwhile."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import Session
from chat.actions.participants import remove_participant
from chat.models import Conversation
from chat.tasks import fan_out
from orgchart.models import Member
from realtime import hints, hub, reading
from realtime.connection import Connection
from realtime.gate import Knock, Refusal
from realtime.mailbox import Arrival
from tests.cast import browser_of
from tests.chat.talk import head_of, say, say_many
from tests.delivery.machine import AtOnce, Unseen

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> hub.Hub:
    """A hub without its thread: it does at once what it is told."""
    monkeypatch.setattr(hub, "close_old_connections", lambda: None)
    house = hub.Hub()
    house.loop, house.presence = AtOnce(), Unseen()  # type: ignore[assignment]
    return house


def screen_of(house: hub.Hub, member: Member) -> Connection:
    arrival = Arrival(Knock(browser_of(member).cookies["lakeside_session"].value, None, "lakeside"))
    house._admit([arrival])
    screen = arrival.answer.result()
    assert not isinstance(screen, Refusal)
    screen.take()
    return screen


def changes_in(screen: Connection) -> list[dict[str, Any]]:
    frames = [json.loads(line) for line in screen.take().split("\n") if line]
    return [change for frame in frames for change in frame.get("changes", ())]


def after_rendering(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Do something between the reading of the content and the question of who may see it."""
    render = reading.render

    def rendered(changes: Any) -> Any:
        objects = render(changes)
        act()
        return objects

    monkeypatch.setattr(reading, "render", rendered)


def test_a_removal_after_the_content_was_read_keeps_it_from_them(
    house: hub.Hub, group: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, removed = screen_of(house, lin), screen_of(house, wei)
    message = say(group, lin, "secret")
    after_rendering(monkeypatch, lambda: remove_participant(conversation=group, member=wei, by=lin))
    house._deliver({group.stream: message.version})
    assert [change["object"]["text"] for change in changes_in(owner)] == ["secret"]
    assert changes_in(removed) == []


def test_a_sign_out_after_the_content_was_read_closes_instead(
    house: hub.Hub, group: Conversation, lin: Member, wei: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = screen_of(house, wei)
    message = say(group, lin, "secret")
    after_rendering(monkeypatch, Session.objects.filter(user=wei.user).delete)
    house._deliver({group.stream: message.version})
    assert changes_in(screen) == []
    assert screen.close_code == 4001


def test_an_object_is_rendered_once_for_everybody_and_shown_as_it_is_now(
    house: hub.Hub, group: Conversation, lin: Member, wei: Member, zhao: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens = [screen_of(house, member) for member in (lin, wei, zhao, wei)]
    counted = []
    after_rendering(monkeypatch, lambda: counted.append(1))
    say_many(group, lin, 3)
    house._deliver({group.stream: head_of(group.stream)[1]})
    assert len(counted) == 1
    texts = [screen.take() for screen in screens]
    assert len(set(texts)) == 1


def test_what_was_delivered_once_is_not_delivered_again(house: hub.Hub, group: Conversation, lin: Member) -> None:
    screen = screen_of(house, lin)
    message = say(group, lin)
    for _ in range(3):
        house._deliver({group.stream: message.version})
    assert len(changes_in(screen)) == 1


def test_a_newcomer_s_greeting_does_not_skip_what_others_still_wait_for(
    house: hub.Hub, group: Conversation, lin: Member, wei: Member
) -> None:
    first = screen_of(house, lin)
    message = say(group, lin, "early")
    screen_of(house, wei)
    house._deliver({group.stream: message.version})
    assert [change["object"]["text"] for change in changes_in(first)] == ["early"]


def test_where_more_happened_than_a_frame_holds_the_frame_shows_the_gap(
    house: hub.Hub, group: Conversation, lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "AT_MOST", 2)
    screen = screen_of(house, lin)
    version = head_of(group.stream)[1]
    say_many(group, lin, 5)
    house._deliver({group.stream: version + 5})
    frame = json.loads(screen.take())
    assert (frame["from"], frame["to"], len(frame["changes"])) == (version + 3, version + 5, 2)


def test_a_fan_out_is_a_second_hint(group: Conversation, lin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that posted may have died between its commit and its hint."""
    told: list[hints.Hint] = []
    monkeypatch.setattr(hints, "send", told.append)
    message = say(group, lin)
    fan_out([{"spans": [[group.pk, message.seq, message.seq]]}])
    assert told[-1] == {"moved": {str(group.stream): message.version}}
