"""The same chat under a thumb."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.browser.screen import Screen
from tests.chat.talk import say

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def press_long(screen: Screen, words: str) -> None:
    box = screen.message(words).locator(".bubble").bounding_box()
    assert box
    point = {"x": box["x"] + 20, "y": box["y"] + 10}
    finger = screen.context.new_cdp_session(screen.page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    screen.page.wait_for_timeout(700)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_one_pane_at_a_time_with_a_way_back(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> None:
    say(pair, wei, "hello")
    screen = screen_of(lin, **PHONE).come_in()
    expect(screen.page.get_by_role("main")).to_have_count(1)
    expect(screen.page.locator("#main")).to_be_hidden()
    screen.line_of("魏然").tap()
    expect(screen.message("hello")).to_be_visible()
    expect(screen.line_of("魏然")).to_be_hidden()
    expect(screen.page.get_by_role("navigation", name="Main")).to_be_hidden()
    screen.page.get_by_role("link", name="Back to the conversations").tap()
    expect(screen.line_of("魏然")).to_be_visible()
    screen.page.go_back()
    expect(screen.message("hello")).to_be_visible()


def test_a_long_press_opens_what_one_can_do(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> None:
    say(pair, wei, "from wei")
    say(pair, lin, "from lin")
    screen = screen_of(lin, **PHONE).come_in(pair)
    expect(screen.message("from lin")).to_be_visible()
    menu = screen.page.get_by_role("menu", name="Message actions")
    press_long(screen, "from wei")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Recall")).to_be_hidden()
    screen.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    press_long(screen, "from lin")
    menu.get_by_role("menuitem", name="Recall").tap()
    expect(screen.page.locator(".system")).to_contain_text("You recalled a message")


def test_nothing_scrolls_sideways(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> None:
    say(pair, wei, "https://lakeside.example/" + "a-very-long-address-without-an-end-" * 8)
    say(pair, wei, "`" + "code" * 60 + "`")
    screen = screen_of(lin, **{**PHONE, "viewport": {"width": 360, "height": 640}}).come_in(pair)
    expect(screen.page.locator(".message")).to_have_count(2)
    widths = "() => [document.documentElement.scrollWidth, document.querySelector('.messages').scrollWidth]"
    assert screen.page.evaluate(widths) == [360, 360]
