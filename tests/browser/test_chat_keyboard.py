"""A day without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.chat.talk import say

pytestmark = pytest.mark.browser

# What has the focus, as one hears it, and whether one sees that it has it.
NAME_AND_RING = """() => {
  const one = document.activeElement;
  if (one === document.body) return ['', true];
  const hasRing = getComputedStyle(one).outlineStyle !== 'none' || one.matches('textarea');
  return [one.ariaLabel || one.textContent.trim().slice(0, 30), hasRing];
}"""


def test_from_the_list_to_an_answer_and_back(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    say(pair, wei, "first")
    say(group, wei, "second")
    screen = screen_of(lin).come_in()
    keys = screen.page.keyboard
    screen.page.locator("conversation-list a").first.focus()
    keys.press("ArrowDown")
    expect(screen.line_of("魏然").locator("a")).to_be_focused()
    keys.press("ArrowUp")
    expect(screen.line_of("发布值班").locator("a")).to_be_focused()
    keys.press("Enter")
    expect(screen.message("second")).to_be_visible()
    expect(screen.composer).to_be_focused()
    keys.type("answered")
    keys.press("Enter")
    expect(screen.message("answered")).to_be_visible()
    keys.press("Escape")
    expect(screen.line_of("发布值班").locator("a")).to_be_focused()


def test_the_switcher_goes_by_pinyin(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member, pair: Conversation, group: Conversation
) -> None:
    screen = screen_of(lin).come_in(group)
    keys = screen.page.keyboard
    keys.press("Control+k")
    keys.type("wr")
    options = screen.page.locator("quick-switcher").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("魏然")
    keys.press("Enter")
    expect(screen.page.get_by_role("heading", name="魏然")).to_be_visible()
    keys.press("Control+k")
    keys.type("zhaomy")
    expect(options).to_contain_text("赵明远")
    keys.press("Enter")
    expect(screen.page.get_by_role("heading", name="赵明远")).to_be_visible()
    expect(screen.composer).to_be_focused()
    keys.press("Control+k")
    keys.press("Escape")
    expect(screen.composer).to_be_focused()


def test_arrows_move_what_stands_out_while_the_cursor_stays_in_the_field(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    say(group, wei, "later than the other")
    screen = screen_of(lin).come_in()
    keys = screen.page.keyboard
    keys.press("Control+k")
    field = screen.page.locator("quick-switcher input")
    options = screen.page.locator("quick-switcher").get_by_role("option")
    expect(options).to_have_count(2)
    for key, place in (("ArrowDown", 1), ("ArrowDown", 0), ("ArrowUp", 1)):
        keys.press(key)
        expect(options.nth(place)).to_have_attribute("aria-selected", "true")
        expect(screen.page.locator("quick-switcher [aria-selected=true]")).to_have_count(1)
        expect(field).to_have_attribute("aria-activedescendant", str(options.nth(place).get_attribute("id")))
        expect(field).to_be_focused()
    keys.type("nobody is called so")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(screen.page.locator("quick-switcher").get_by_role("status")).to_contain_text("nobody is called so")
    field.fill("")
    options.nth(1).click()
    expect(screen.page.get_by_role("heading", name="魏然")).to_be_visible()


def test_messages_are_reached_and_changed_by_keys(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    for text in ("one", "two", "three"):
        say(pair, lin, text)
    screen = screen_of(lin).come_in(pair)
    keys = screen.page.keyboard
    expect(screen.message("three")).to_be_visible()
    screen.page.get_by_role("log").focus()
    keys.press("ArrowUp")
    expect(screen.message("three")).to_be_focused()
    keys.press("ArrowUp")
    keys.press("e")
    keys.press("Control+a")
    keys.type("two, better")
    keys.press("Enter")
    expect(screen.message("two, better").locator(".edited")).to_be_visible()
    expect(screen.message("two, better")).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Delete")
    expect(screen.page.locator(".system")).to_contain_text("You recalled a message")
    screen.composer.focus()
    keys.press("ArrowUp")
    expect(screen.page.get_by_label("Edit the message")).to_have_value("three")
    keys.press("Escape")
    expect(screen.message("three")).to_be_focused()
    keys.press("Enter")
    expect(screen.page.get_by_role("menu", name="Message actions")).to_be_visible()
    keys.press("Escape")
    expect(screen.page.get_by_role("menu", name="Message actions")).to_be_hidden()


def test_everything_is_reached_by_tab_and_shows_its_focus(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    say(pair, wei, "hello")
    screen = screen_of(lin).come_in(pair)
    expect(screen.message("hello")).to_be_visible()
    screen.page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(20):
        screen.page.keyboard.press("Tab")
        reached.append(screen.page.evaluate(NAME_AND_RING))
    names = [name for name, _ in reached]
    for expected in ("Skip to the composer", "New conversation", "Details", "Messages", "Message 魏然", "Send"):
        assert expected in names
    assert [name for name, has_ring in reached if not has_ring and name] == []
