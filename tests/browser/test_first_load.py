"""What a browser that was never here must fetch before one can chat."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.chat.talk import say, say_many
from tests.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_BYTES = 250_000
MOST_REQUESTS = 12


def test_the_first_load_is_small_and_asks_nobody_else(
    screen_of: LookIn, server: Server, group: Conversation, lin: Member
) -> None:
    say_many(group, lin, 60)
    screen = screen_of(lin)
    wire = screen.context.new_cdp_session(screen.page)
    sizes: list[float] = []
    hosts: set[str] = set()
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.on("Network.requestWillBeSent", lambda event: hosts.add(urlsplit(event["request"]["url"]).netloc))
    wire.send("Network.enable")
    screen.come_in(group)
    expect(screen.page.locator(".message")).to_have_count(60)
    assert hosts == {urlsplit(server.url).netloc}
    assert 20_000 < sum(sizes) <= MOST_BYTES
    # The page, its style, its script, its words, its icons and little else.
    assert len(sizes) <= MOST_REQUESTS


def test_the_newest_words_come_with_the_page_and_later_ones_all_the_same(
    screen_of: LookIn, group: Conversation, pair: Conversation, lin: Member, wei: Member
) -> None:
    say(group, wei, "came with the page")
    say(pair, wei, "fetched when asked for")
    screen = screen_of(lin)
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    screen.come_in(group)
    expect(screen.message("came with the page")).to_be_visible()
    assert [path for path in asked if path.endswith("/messages")] == []
    screen.line_of(wei.name).click()
    expect(screen.message("fetched when asked for")).to_be_visible()
    say(group, wei, "while one was elsewhere")
    screen.line_of(group.name).click()
    expect(screen.message("while one was elsewhere")).to_be_visible()
    assert screen.words()[1:] == ["came with the page", "while one was elsewhere"]
