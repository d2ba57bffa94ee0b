"""One's own corner, where scripts have a part in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from orgchart.models import Member
from tests.browser.conftest import LookIn

pytestmark = pytest.mark.browser


def test_a_new_token_says_in_words_what_it_may_do(screen_of: LookIn, lin: Member) -> None:
    page = screen_of(lin).page
    page.goto("/o/lakeside/settings/tokens/")
    page.get_by_role("button", name="New token").click()
    page.get_by_label("What is it for?").fill("the robot")
    page.get_by_role("button", name="Make the token").click()
    row = page.locator("#tokens li")
    expect(row.locator("[data-token-scopes]")).to_have_text("Read my conversations, Read the directory")
    as_shown = row.locator("[data-token-scopes]").text_content()
    page.reload()
    expect(row.locator("[data-token-scopes]")).to_have_text(str(as_shown))
