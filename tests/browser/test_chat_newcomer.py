"""The first hour of somebody who has not seen the chat before."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chat.actions.conversations import start_direct
from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.cast import newcomer
from tests.chat.talk import say

pytestmark = pytest.mark.browser


def test_the_page_itself_does_not_scroll(screen_of: LookIn, lin: Member) -> None:
    for _ in range(20):
        colleague = newcomer(lin.organization)
        say(start_direct(by=lin, other=colleague), colleague, "早")
    screen = screen_of(lin).come_in()
    expect(screen.page.locator("conversation-list .badge:visible")).to_have_count(20)
    assert screen.page.evaluate("document.scrollingElement.scrollHeight - innerHeight") == 0


def test_a_conversation_opened_by_its_address_is_ready_to_be_written_in(
    screen_of: LookIn, lin: Member, pair: Conversation
) -> None:
    expect(screen_of(lin).come_in(pair).composer).to_be_focused()
    phone = screen_of(lin, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).come_in(pair)
    expect(phone.composer).to_be_visible()
    expect(phone.composer).not_to_be_focused()


def test_everybody_in_a_large_company_can_be_chosen(screen_of: LookIn, lin: Member) -> None:
    colleagues = [newcomer(lin.organization) for _ in range(60)]
    screen = screen_of(lin).come_in()
    screen.page.get_by_role("button", name="New conversation").first.click()
    options = screen.page.locator("#new-conversation").get_by_role("option")
    expect(options).to_have_count(49)
    options.last.scroll_into_view_if_needed()
    expect(options).to_have_count(len(colleagues))


def test_no_person_stands_out_where_enter_starts_the_conversation(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member
) -> None:
    screen = screen_of(lin).come_in()
    keys = screen.page.keyboard
    screen.page.get_by_role("button", name="New conversation").first.click()
    options = screen.page.locator("#new-conversation").get_by_role("option")
    standing_out = screen.page.locator("#new-conversation [role=option][aria-selected=true]")
    expect(standing_out).to_have_count(1)
    keys.type("weiran")
    expect(options).to_have_count(1)
    keys.press("Enter")
    expect(options).to_have_count(2)
    expect(standing_out).to_have_count(0)
    keys.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    keys.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    expect(standing_out).to_have_count(0)
    expect(screen.page.locator("#new-conversation .token")).to_have_count(2)
    keys.press("Enter")
    expect(screen.page.locator("[data-part=meta]").first).to_have_text("Group · 3 people")


def test_with_nothing_to_go_to_the_switcher_says_nothing_of_it(screen_of: LookIn, lin: Member) -> None:
    screen = screen_of(lin).come_in()
    screen.page.keyboard.press("Control+k")
    expect(screen.page.locator("quick-switcher input")).to_be_focused()
    expect(screen.page.locator("quick-switcher").get_by_role("status")).to_be_hidden()
    screen.page.keyboard.type("wei")
    expect(screen.page.locator("quick-switcher").get_by_role("status")).to_contain_text("“wei”")


def test_the_first_person_is_led_to_invite(screen_of: LookIn, lin: Member) -> None:
    screen = screen_of(lin).come_in()
    main = screen.page.locator("#main")
    expect(main.get_by_role("heading", name="Nobody else is here yet")).to_be_visible()
    expect(screen.page.locator(".empty .button:visible")).to_have_count(1)
    main.get_by_role("link", name="Invite colleagues").click()
    screen.page.wait_for_url("**/o/lakeside/invitations/")
    screen.come_in()
    screen.page.set_viewport_size({"width": 390, "height": 844})
    expect(screen.page.locator(".empty .button:visible")).to_have_text("Invite colleagues")


def test_whoever_may_not_invite_is_not_led_there(screen_of: LookIn, lin: Member, wei: Member) -> None:
    Member.objects.filter(pk=lin.pk).update(is_active=False)
    screen = screen_of(wei).come_in()
    expect(screen.page.locator("#main").get_by_role("heading", name="Nobody else is here yet")).to_be_visible()
    expect(screen.page.locator(".empty").get_by_role("link")).to_have_count(0)


def test_the_list_shows_words_without_their_marks(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    say(pair, wei, "**soon**, see [the wiki](https://lakeside.example/wiki)")
    screen = screen_of(lin).come_in()
    expect(screen.line_of("魏然").locator("[data-part=last]")).to_have_text("soon, see the wiki")
