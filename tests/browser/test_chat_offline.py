"""Away and back: what was missed is there, in its order, as if one had never left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import remove_participant
from chat.models import Conversation, Message
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.browser.screen import Screen
from tests.chat.talk import say

pytestmark = [pytest.mark.browser, pytest.mark.embedded]


def go_away(screen: Screen) -> None:
    screen.context.set_offline(True)
    expect(screen.page.locator("html[data-line='offline']")).to_be_attached()


def come_back(screen: Screen) -> None:
    screen.context.set_offline(False)
    screen.is_connected()


def shown(screen: Screen) -> list[tuple[int, str]]:
    """Number and words of each row."""
    return [(row["seq"], row["words"]) for row in screen.rows()]


def told(screen: Screen, conversation: Conversation) -> list[tuple[int, str]]:
    """The same rows by what the API says."""
    page = screen.api(f"conversations/{conversation.pk}/messages?limit=200")
    assert not page["has_before"]
    return [(message["seq"], words_of(message)) for message in page["messages"]]


def words_of(message: dict[str, Any]) -> str:
    """How lin reads it."""
    if message["kind"] == "system":
        people = ", ".join(person["name"] for person in message["event"]["people"])
        return {
            "conversation.created": f"You made this group with {people}",
            "participant.removed": f"You removed {people}",
        }[message["event"]["kind"]]
    if message["recalled_at"]:
        return f"{message['sender']['name']} recalled a message"
    return f"{message['text']} edited" if message["edited_at"] else str(message["text"])


def test_what_was_missed_is_there_again(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member, group: Conversation
) -> None:
    earlier = [say(group, wei, f"earlier {number}") for number in range(10)]
    screen = screen_of(lin).come_in(group)
    expect(screen.message("earlier 9")).to_be_visible()
    go_away(screen)
    missed = [say(group, zhao if number % 3 else wei, f"missed {number}") for number in range(50)]
    edit_message(conversation=group, message_id=earlier[3].pk, by=wei, text="earlier 3, put right")
    recall_message(conversation=group, message_id=missed[7].pk, by=zhao)
    remove_participant(conversation=group, member=zhao, by=lin)
    expect(screen.message("earlier 9")).to_be_visible()
    assert len(screen.rows()) == 11
    come_back(screen)
    expect(screen.message("missed 49")).to_be_attached()
    expect(screen.page.locator(".system", has_text="removed")).to_be_attached()
    assert len(told(screen, group)) == 62
    assert shown(screen) == told(screen, group)
    expect(screen.page.locator("[data-part=meta]").first).to_have_text("Group · 2 people")


def test_who_comes_back_catches_up_by_the_socket(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    screen = screen_of(lin).come_in(pair)
    by_rest: list[str] = []
    asked: list[dict[str, Any]] = []
    screen.page.on("request", lambda request: by_rest.append(request.url) if "/sync/" in request.url else None)
    screen.page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda text: asked.append(json.loads(text))),
    )
    go_away(screen)
    say(pair, wei, "missed")
    come_back(screen)
    expect(screen.message("missed")).to_be_visible()
    assert [frame["stream"] for frame in asked if frame["type"] == "stream.sync"] == [str(pair.stream)]
    assert by_rest == []


def test_a_socket_that_answers_nothing_does_not_keep_what_was_missed(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    screen = screen_of(lin).come_in(pair)
    go_away(screen)
    say(pair, wei, "missed")
    # What asks for an answer gets none, and each wait is over at once.
    screen.page.evaluate("""() => {
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (text) { if (!text.includes('"id"')) send.call(this, text); };
      const wait = window.setTimeout;
      window.setTimeout = (act, milliseconds) => wait(act, milliseconds === 10000 ? 0 : milliseconds);
    }""")
    come_back(screen)
    expect(screen.message("missed")).to_be_visible()


def test_a_conversation_that_is_not_open_has_its_count_again(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    screen = screen_of(lin).come_in(group)
    go_away(screen)
    last = [say(pair, wei, f"missed {number}") for number in range(5)][-1]
    recall_message(conversation=pair, message_id=last.pk, by=wei)
    come_back(screen)
    expect(screen.line_of("魏然").locator(".badge")).to_contain_text("4")
    expect(screen.line_of("魏然")).to_contain_text("魏然 recalled a message")


def test_whoever_was_removed_meanwhile_finds_the_conversation_gone(
    screen_of: LookIn, lin: Member, wei: Member, group: Conversation
) -> None:
    screen = screen_of(wei).come_in(group)
    go_away(screen)
    remove_participant(conversation=group, member=wei, by=lin)
    come_back(screen)
    expect(screen.line_of("发布值班")).to_have_count(0)
    expect(screen.page.locator("#conversation")).to_be_hidden()
    assert screen.page.url.endswith(screen.home)


def test_what_is_written_offline_waits_and_leaves_once(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    screen = screen_of(lin).come_in(pair)
    go_away(screen)
    for text in ("one", "two", "three"):
        screen.say(text)
    expect(screen.page.locator(".message--pending")).to_have_count(3)
    expect(screen.page.locator("connection-banner")).to_contain_text("3 messages waiting")
    say(pair, wei, "meanwhile")
    come_back(screen)
    expect(screen.page.locator(".message--pending")).to_have_count(0)
    expect(screen.message("meanwhile")).to_be_visible()
    assert screen.words() == ["meanwhile", "one", "two", "three"]
    assert (
        list(Message.objects.filter(conversation=pair).order_by("seq").values_list("text", flat=True)) == screen.words()
    )


def test_what_waits_survives_a_reload(screen_of: LookIn, lin: Member, pair: Conversation) -> None:
    screen = screen_of(lin).come_in(pair)
    # The server does not answer posts: neither socket nor REST gets through.
    screen.context.route(
        "**/messages", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    screen.page.evaluate("WebSocket.prototype.send = () => {}")
    screen.say("do not lose me")
    expect(screen.page.locator(".message--pending")).to_have_count(1)
    screen.context.unroute_all()
    screen.page.reload()
    screen.is_connected()
    expect(screen.message("do not lose me")).to_be_visible()
    expect(screen.page.locator(".message--pending")).to_have_count(0)
    assert Message.objects.filter(conversation=pair).count() == 1


def test_what_can_not_be_had_offline_is_said_and_comes_later(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    say(pair, wei, "said before")
    screen = screen_of(lin).come_in(group)
    online = screen.page.locator("#conversation-head [data-part=meta]")
    go_away(screen)
    screen.line_of(wei.name).click()
    expect(screen.page.get_by_text("These messages come when you are online again.")).to_be_visible()
    expect(screen.page.locator("message-list [data-part=skeleton]")).to_be_hidden()
    # Nobody knows now how somebody is.
    expect(online).to_have_text("")
    come_back(screen)
    expect(screen.message("said before")).to_be_visible()
    expect(screen.page.get_by_text("These messages come when you are online again.")).to_be_hidden()
    expect(online).not_to_have_text("")
