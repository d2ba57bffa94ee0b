"""Between "Send message" and the first message: who sees what."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.browser.screen import Screen
from tests.chat.talk import say

pytestmark = pytest.mark.browser


def open_profile_and_write_to(screen: Screen, other: Member) -> Conversation:
    """Go to somebody's profile and press "Send message"; the conversation that stands open then."""
    screen.page.goto(f"/o/{screen.member.organization.handle}/people/{other.pk}/")
    screen.page.get_by_role("button", name="Send message").click()
    screen.page.wait_for_url(re.compile(r"/chat/\d+/$"))
    expect(screen.page.get_by_role("heading", name=other.name)).to_be_visible()
    screen.is_connected()
    return Conversation.objects.get(kind="direct")


def test_nobody_sees_that_somebody_was_about_to_write(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member, group: Conversation
) -> None:
    one, other = screen_of(lin), screen_of(wei).come_in(group)
    with other.page.expect_response(re.compile(r"/conversations/\d+$")) as heard:
        silent = open_profile_and_write_to(one, wei)
    assert heard.value.url.endswith(f"/{silent.pk}")
    expect(one.line_of("魏然")).to_be_visible()
    say(group, zhao, "something else")
    expect(other.message("something else")).to_be_visible()
    expect(other.line_of("林溪")).to_have_count(0)
    other.come_in(group)
    expect(other.line_of("发布值班")).to_be_visible()
    expect(other.line_of("林溪")).to_have_count(0)
    one.say("早，有空吗？")
    expect(other.line_of("林溪")).to_contain_text("早，有空吗？")
    expect(other.line_of("林溪").locator(".badge")).to_contain_text("1")


def test_whoever_opens_it_from_the_other_side_sees_it_while_they_are_in_it_or_have_begun_to_write(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, group: Conversation
) -> None:
    screen = screen_of(wei)
    assert open_profile_and_write_to(screen, lin) == pair
    expect(screen.line_of("林溪")).to_be_visible()
    screen.line_of("发布值班").click()
    expect(screen.line_of("林溪")).to_have_count(0)
    screen.page.keyboard.press("Control+k")
    screen.page.keyboard.type("linxi")
    expect(screen.page.locator("quick-switcher").get_by_role("option")).to_have_count(1)
    screen.page.keyboard.press("Enter")
    expect(screen.page.get_by_role("heading", name="林溪")).to_be_visible()
    screen.composer.fill("Good mor")
    screen.line_of("发布值班").click()
    expect(screen.line_of("林溪")).to_contain_text("Good mor")
