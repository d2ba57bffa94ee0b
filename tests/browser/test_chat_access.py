"""What axe finds in the chat: nothing serious, in any state, theme or size."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.browser.screen import Screen
from tests.chat.talk import say

pytestmark = pytest.mark.browser

SIZES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}


def serious(screen: Screen) -> list[str]:
    """What axe calls serious or critical, with the first place of each."""
    found = Axe().run(screen.page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious(
    screen_of: LookIn,
    lin: Member,
    wei: Member,
    zhao: Member,
    pair: Conversation,
    group: Conversation,
    size: str,
    theme: str,
) -> None:
    # axe measures with inline styles, which the policy of the page forbids.
    screen = screen_of(lin, **SIZES[size], color_scheme=theme, bypass_csp=True)
    for text in ("plain", "**bold** and `code`", "> quoted\n\n- a\n- b", "https://lakeside.example/wiki"):
        say(group, wei, text)
    say(pair, wei, "unread")
    screen.come_in()
    assert serious(screen) == []
    screen.line_of("发布值班").click()
    expect(screen.message("plain")).to_be_visible()
    screen.say("my own")
    expect(screen.page.locator(".message--pending")).to_have_count(0)
    screen.page.evaluate("document.activeElement.blur()")
    assert serious(screen) == []
    screen.composer.fill("x" * 20_001)
    screen.composer.press("Enter")
    expect(screen.page.locator(".message--failed")).to_be_visible()
    assert serious(screen) == []
    screen.page.get_by_role("button", name="Details").click()
    expect(screen.page.locator("[data-part=participants] .row")).to_have_count(3)
    screen.page.wait_for_timeout(400)
    assert serious(screen) == []
    screen.page.locator("#details").get_by_role("button", name="Close").click()
    screen.page.keyboard.press("Control+k")
    expect(screen.page.locator("quick-switcher [role=option]").first).to_be_visible()
    screen.page.wait_for_timeout(400)
    assert serious(screen) == []
    screen.page.keyboard.press("Escape")


def test_new_words_are_read_out_and_history_is_not(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    say(pair, wei, "old words")
    screen = screen_of(lin).come_in(pair)
    expect(screen.message("old words")).to_be_visible()
    announcer = screen.page.locator("message-list > [aria-live=polite]")
    expect(announcer).to_have_text("")
    say(pair, wei, "new words")
    expect(announcer).to_have_text("魏然: new words")
    expect(screen.page.get_by_role("log", name="Messages")).to_be_visible()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_runs_on_when_motion_is_unwelcome(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation, motion: str
) -> None:
    say(pair, wei, "hello")
    screen = screen_of(lin, reduced_motion=motion).come_in(pair)
    other = screen_of(wei).come_in(pair)
    other.composer.press_sequentially("hm")
    expect(screen.page.locator("[data-part=typing]")).to_have_text("魏然 is typing")
    running = screen.page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length")
    assert (running > 0) == (motion == "no-preference")
