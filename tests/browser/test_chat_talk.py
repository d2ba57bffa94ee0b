"""Two people in two browsers."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from chat.actions.conversations import start_direct
from chat.models import Conversation
from orgchart.actions.members import update_member
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.browser.screen import Screen
from tests.chat.talk import say

pytestmark = [pytest.mark.browser, pytest.mark.embedded]


def test_what_one_says_stands_on_both_screens(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> None:
    one, other = screen_of(lin).come_in(pair), screen_of(wei).come_in(pair)
    one.say("早，评审几点？")
    expect(other.message("早，评审几点？")).to_be_visible()
    other.say("ten o'clock")
    expect(one.message("ten o'clock")).to_be_visible()
    expect(one.page.locator(".message--pending")).to_have_count(0)
    assert one.words() == other.words() == ["早，评审几点？", "ten o'clock"]
    assert [row["isOwn"] for row in one.rows()] == [True, False]


def test_a_message_stands_in_the_list_before_the_network_is_asked(
    screen_of: LookIn, lin: Member, pair: Conversation
) -> None:
    screen = screen_of(lin).come_in(pair)
    screen.composer.fill("at once")
    shown = screen.page.evaluate(
        """() => {
          const field = document.getElementById('composer-text');
          field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
          return [document.querySelector('.message .bubble')?.textContent, field.value];
        }"""
    )
    assert shown == ["at once", ""]


def test_a_row_keeps_its_height_from_draft_to_delivered(screen_of: LookIn, lin: Member, pair: Conversation) -> None:
    screen = screen_of(lin).come_in(pair)
    for text in ("short", "two\nlines", "a paragraph\n\nand another, with https://lakeside.example/wiki in it"):
        screen.composer.fill(text)
        before = screen.page.evaluate(
            """() => {
              const field = document.getElementById('composer-text');
              field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
              return [...document.querySelectorAll('.message')].at(-1).getBoundingClientRect().height;
            }"""
        )
        expect(screen.page.locator(".message--pending")).to_have_count(0)
        after = screen.page.locator(".message").last.bounding_box()
        assert after
        assert after["height"] == pytest.approx(before, abs=0.5), text


def test_typing_is_seen_and_goes_with_the_message(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    one, other = screen_of(lin).come_in(pair), screen_of(wei).come_in(pair)
    other.composer.press_sequentially("hm")
    expect(one.page.locator("[data-part=typing]")).to_have_text("魏然 is typing")
    expect(one.line_of("魏然")).to_contain_text("typing…")
    other.composer.press("Enter")
    expect(one.message("hm")).to_be_visible()
    expect(one.page.locator("[data-part=typing]")).to_have_text("")


def test_presence_of_whom_one_sees(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> None:
    one = screen_of(lin).come_in(pair)
    expect(one.page.locator("[data-part=meta]")).to_have_text("offline")
    screen_of(wei).come_in()
    expect(one.page.locator("[data-part=meta]")).to_have_text("online")
    expect(one.line_of("魏然").locator(".avatar__presence")).to_be_visible()


def test_unread_is_counted_and_read(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    screen = screen_of(lin).come_in(group)
    for number in range(3):
        say(pair, wei, f"message {number}")
    expect(screen.line_of("魏然").locator(".badge")).to_contain_text("3")
    expect(screen.page).to_have_title("(3) 发布值班 · Lakeside")
    expect(screen.page.locator("[data-unread-total]")).to_have_text("3")
    expect(screen.page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("favicon-unread"))
    screen.line_of("魏然").click()
    expect(screen.page.locator(".waterline")).to_be_visible()
    expect(screen.line_of("魏然").locator(".badge")).to_be_hidden()
    expect(screen.page).to_have_title("魏然 · Lakeside")
    expect(screen.page).to_have_url(f"{screen.page.url.split('/o/')[0]}{screen.home}{pair.pk}/")
    screen.page.wait_for_timeout(1500)
    assert screen.api(f"conversations/{pair.pk}")["membership"]["unread"] == 0
    assert screen.api(f"conversations/{pair.pk}")["membership"]["read_seq"] == 3


def test_an_edit_and_a_recall_reach_the_other(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> None:
    one, other = screen_of(lin).come_in(pair), screen_of(wei).come_in(pair)
    one.say("at thre")
    one.say("nonsense")
    expect(other.message("nonsense")).to_be_visible()
    one.message("at thre").hover()
    one.page.locator(".message__tools").get_by_label("Edit").click()
    one.page.get_by_label("Edit the message").fill("at three")
    one.page.keyboard.press("Enter")
    expect(other.message("at three").locator(".edited")).to_be_visible()
    expect(one.message("at three")).to_be_focused()
    one.message("nonsense").hover()
    one.page.locator(".message__tools").get_by_label("More").click()
    one.page.get_by_role("menuitem", name="Recall").click()
    expect(other.page.locator(".system")).to_contain_text("林溪 recalled a message")
    expect(one.page.locator(".system")).to_contain_text("You recalled a message")
    one.page.get_by_role("button", name="Edit again").click()
    expect(one.composer).to_have_value("nonsense")


def test_a_colleague_who_was_renamed_is_called_so_everywhere(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    say(pair, wei, "it is me")
    screen = screen_of(lin).come_in(pair)
    expect(screen.message("it is me").locator("[data-part=name]")).to_have_text("魏然")
    update_member(member=wei, by=None, name="魏大然")
    expect(screen.message("it is me").locator("[data-part=name]")).to_have_text("魏大然")
    expect(screen.line_of("魏大然")).to_be_visible()
    expect(screen.page.get_by_role("heading", name="魏大然")).to_be_visible()


def test_words_are_copied_where_the_page_came_by_plain_http(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    say(pair, wei, "copy me")
    screen = screen_of(lin)
    screen.page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})")
    screen.come_in(pair)
    screen.message("copy me").focus()
    screen.page.keyboard.press("c")
    expect(screen.page.get_by_text("Copied")).to_be_visible()
    expect(screen.message("copy me")).to_be_focused()
    screen.composer.focus()
    screen.page.keyboard.press("ControlOrMeta+v")
    expect(screen.composer).to_have_value("copy me")


def test_read_in_one_window_is_read_in_the_other(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    desk, phone = screen_of(lin).come_in(group), screen_of(lin).come_in(group)
    say(pair, wei, "for both")
    expect(phone.line_of("魏然").locator(".badge")).to_contain_text("1")
    desk.line_of("魏然").click()
    expect(phone.line_of("魏然").locator(".badge")).to_be_hidden()
    desk.say("answered at the desk")
    expect(phone.line_of("魏然")).to_contain_text("You: answered at the desk")


def test_nothing_in_the_list_moves_under_the_pointer(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member, pair: Conversation, group: Conversation
) -> None:
    screen = screen_of(lin).come_in()
    links = screen.page.locator("conversation-list a b")
    expect(links).to_have_count(2)
    before = links.all_inner_texts()
    screen.page.locator("conversation-list a").first.hover()
    first = start_direct(by=zhao, other=lin)
    say(first, zhao, "something new")
    say(pair if before[0] == group.name else group, wei, "louder than the first")
    expect(links).to_have_count(3)
    assert links.all_inner_texts() == [*before, zhao.name]
    screen.page.mouse.move(900, 500)
    expect(links.first).not_to_have_text(before[0])
    expect(links.last).to_have_text(before[0])


def test_marked_unread_stays_so_until_it_is_opened_again(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    for text in ("one", "two", "three"):
        say(pair, wei, text)
    screen = screen_of(lin).come_in(pair)
    expect(screen.line_of("魏然").locator(".badge")).to_be_hidden()
    screen.message("two").hover()
    screen.page.locator(".message__tools").get_by_label("More").click()
    screen.page.get_by_role("menuitem", name="Mark unread from here").click()
    expect(screen.line_of("魏然").locator(".badge")).to_contain_text("2")
    screen.page.wait_for_timeout(1500)
    expect(screen.line_of("魏然").locator(".badge")).to_contain_text("2")
    screen.line_of("发布值班").click()
    screen.line_of("魏然").click()
    expect(screen.line_of("魏然").locator(".badge")).to_be_hidden()


def test_muted_conversations_show_a_dot_and_do_not_count(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    screen = screen_of(lin).come_in(pair)
    screen.page.get_by_role("button", name="Details").click()
    screen.page.get_by_role("switch", name="Mute").check()
    screen.page.get_by_role("switch", name="Pin").check()
    expect(screen.line_of("魏然").locator("[data-part=muted]")).to_be_visible()
    expect(screen.line_of("魏然").locator("[data-part=pinned]")).to_be_visible()
    screen.line_of("发布值班").click()
    say(pair, wei, "psst")
    expect(screen.line_of("魏然").locator(".badge--dot")).to_be_visible()
    expect(screen.page).to_have_title("发布值班 · Lakeside")
    screen.page.mouse.move(700, 400)
    expect(screen.page.locator("conversation-list b").first).to_have_text("魏然")


def test_signed_out_elsewhere_the_words_are_gone(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    say(pair, wei, "confidential")
    screen = screen_of(lin).come_in(pair)
    expect(screen.message("confidential")).to_be_visible()
    other = screen.context.new_page()
    other.goto(screen.home)
    other.request.post("/sign-out/", headers={"X-CSRFToken": csrf_of(screen), "Referer": other.url})
    expect(screen.page).to_have_url(re.compile("/sign-in/"), timeout=5_000)
    expect(screen.page.get_by_text("confidential")).to_have_count(0)


def csrf_of(screen: Screen) -> str:
    return next(cookie["value"] for cookie in screen.context.cookies() if cookie["name"] == settings.CSRF_COOKIE_NAME)
