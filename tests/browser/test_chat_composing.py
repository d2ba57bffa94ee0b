"""Writing: input methods, drafts, lines, and what happens when a message is not taken."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chat.actions.participants import remove_participant
from chat.models import Conversation, Message
from orgchart.models import Member
from tests.browser.conftest import LookIn

pytestmark = pytest.mark.browser


def test_enter_while_composing_never_sends(screen_of: LookIn, lin: Member, pair: Conversation) -> None:
    screen = screen_of(lin).come_in(pair)
    screen.composer.focus()
    keyboard = screen.context.new_cdp_session(screen.page)
    keyboard.send("Input.imeSetComposition", {"text": "zao", "selectionStart": 3, "selectionEnd": 3})
    keyboard.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    keyboard.send("Input.imeSetComposition", {"text": "zao", "selectionStart": 3, "selectionEnd": 3})
    expect(screen.composer).to_have_value("zao")
    # Safari ends the composition first and marks the key by its code alone.
    screen.composer.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
    )
    screen.composer.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert screen.rows() == []
    keyboard.send("Input.insertText", {"text": "早"})
    expect(screen.composer).to_have_value("早")
    screen.composer.press("Enter")
    expect(screen.message("早")).to_be_visible()
    expect(screen.page.locator(".message--pending")).to_have_count(0)
    assert Message.objects.get(conversation=pair).text == "早"


def test_escape_while_composing_stays_in_the_composer(screen_of: LookIn, lin: Member, pair: Conversation) -> None:
    screen = screen_of(lin).come_in(pair)
    screen.composer.focus()
    escape = (
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', isComposing: %s, bubbles: true}))"
    )
    screen.composer.evaluate(escape % "true")
    expect(screen.composer).to_be_focused()
    screen.composer.evaluate(escape % "false")
    expect(screen.line_of("魏然").locator("a")).to_be_focused()


def test_shift_enter_makes_a_line_and_the_field_grows_to_a_limit(
    screen_of: LookIn, lin: Member, pair: Conversation
) -> None:
    screen = screen_of(lin).come_in(pair)
    heights = []
    screen.composer.focus()
    for number in range(30):
        screen.page.keyboard.type(f"line {number}")
        screen.page.keyboard.press("Shift+Enter")
        box = screen.composer.bounding_box()
        assert box
        heights.append(box["height"])
    assert heights[3] > heights[0]
    assert heights[-1] == heights[-5] == 192
    assert screen.rows() == []
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator(".message br")).to_have_count(29)
    box = screen.composer.bounding_box()
    assert box
    assert box["height"] < 60


def test_drafts_wait_in_their_conversations(
    screen_of: LookIn, lin: Member, pair: Conversation, group: Conversation
) -> None:
    screen = screen_of(lin).come_in(pair)
    screen.composer.fill("half a thought")
    screen.line_of("发布值班").click()
    expect(screen.composer).to_have_value("")
    expect(screen.line_of("魏然")).to_contain_text("Draft half a thought")
    screen.composer.fill("another")
    screen.line_of("魏然").click()
    expect(screen.composer).to_have_value("half a thought")
    screen.page.reload()
    expect(screen.composer).to_have_value("half a thought")
    screen.composer.press("Enter")
    expect(screen.message("half a thought")).to_be_visible()
    screen.line_of("发布值班").click()
    expect(screen.composer).to_have_value("another")
    expect(screen.line_of("魏然")).to_contain_text("You: half a thought")


def test_a_refused_message_says_why_and_can_be_tried_again(screen_of: LookIn, lin: Member, pair: Conversation) -> None:
    screen = screen_of(lin).come_in(pair)
    screen.composer.fill("x" * 20_001)
    screen.composer.press("Enter")
    failed = screen.page.locator(".message--failed")
    expect(failed.locator(".fault")).to_contain_text("Not sent: ")
    screen.say("short")
    expect(screen.page.locator(".message--pending")).to_have_count(0)
    expect(screen.line_of("魏然")).to_contain_text("Not sent")
    screen.page.reload()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Retry").click()
    expect(failed.locator(".fault")).to_contain_text("Not sent: ")
    failed.get_by_role("button", name="Delete").click()
    expect(failed).to_have_count(0)
    screen.page.get_by_role("button", name="Undo").click()
    expect(failed).to_have_count(1)
    assert Message.objects.filter(conversation=pair).count() == 1


def test_a_server_in_trouble_is_asked_again(screen_of: LookIn, lin: Member, pair: Conversation) -> None:
    screen = screen_of(lin)
    answers = iter([503, 429, 502])

    def answer(route):  # type: ignore[no-untyped-def]
        status = next(answers, None)
        if route.request.method != "POST" or status is None:
            route.continue_()
        else:
            route.fulfill(status=status, headers={"Retry-After": "1"} if status == 429 else {}, body="{}")

    # Without a socket the messages go by REST.
    screen.page.add_init_script("delete window.WebSocket; window.WebSocket = class { close() {} }")
    screen.context.route("**/messages", answer)
    screen.page.goto(f"{screen.home}{pair.pk}/")
    screen.say("in the end")
    expect(screen.page.locator(".message--pending")).to_have_count(1)
    expect(screen.page.locator(".message--pending")).to_have_count(0, timeout=20_000)
    assert screen.words() == ["in the end"]
    assert Message.objects.filter(conversation=pair).count() == 1
    screen.faults.clear()


def test_who_is_removed_while_writing_is_told(screen_of: LookIn, lin: Member, wei: Member, group: Conversation) -> None:
    screen = screen_of(wei).come_in(group)
    screen.composer.fill("not quite finished")
    remove_participant(conversation=group, member=wei, by=lin)
    expect(screen.line_of("发布值班")).to_have_count(0)
    expect(screen.page.get_by_text("You are no longer in “发布值班”")).to_be_visible()
