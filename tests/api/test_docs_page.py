"""The API's documentation in a real browser: it can be tried out, and the house's policy holds on it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from orgchart.models import Member
from tests.cast import browser_of
from tests.conftest import Server
from workspace import openapi

pytestmark = pytest.mark.browser


@pytest.fixture
def trespasses(page: Page, context: BrowserContext) -> list[str]:
    """Whatever the policy forbade, whatever went elsewhere, whatever broke."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    context.on(
        "request",
        lambda request: (
            None if request.url.startswith(("http://127.0.0.1", "data:", "blob:")) else found.append(request.url)
        ),
    )
    return found


def come_in(context: BrowserContext, server: Server, member: Member) -> None:
    session = browser_of(member).cookies["lakeside_session"].value
    context.add_cookies([{"name": "lakeside_session", "value": session, "url": server.url}])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_who_is_signed_in_tries_the_api_out_under_the_policy_of_the_house(
    page: Page, context: BrowserContext, server: Server, lin: Member, trespasses: list[str], theme: str
) -> None:
    come_in(context, server, lin)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    answer = page.goto("/api/docs")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    operation = page.locator("#operations-Account-change_me")
    operation.get_by_role("button").first.click()
    operation.get_by_role("textbox").last.fill('{"theme": "dark"}')
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table td.response-col_status:not(.col_header)")).to_contain_text("200")
    lin.user.refresh_from_db()
    assert lin.user.theme == "dark"
    assert trespasses == []


def test_every_operation_is_on_the_page(page: Page, server: Server, trespasses: list[str]) -> None:
    page.goto("/api/docs")
    expect(page.locator(".opblock")).to_have_count(
        sum(len(methods) for methods in openapi.document()["paths"].values())
    )
    assert trespasses == []
