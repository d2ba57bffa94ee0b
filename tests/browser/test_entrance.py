"""From an empty server to a colleague who joined, as people do it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from orgchart import first_start
from orgchart.models import Member, Organization
from tests.cast import PASSWORD
from tests.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.embedded]


@pytest.fixture
def faults(page: Page) -> list[str]:
    """What the browser complained of: scripts that failed, breaches of the content security policy."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if "Content Security Policy" in line.text else None)
    return found


def serious(page: Page) -> list[str]:
    # What is still fading in has less contrast than what stands there.
    page.emulate_media(reduced_motion="reduce")
    violations = Axe().run(page).response["violations"]
    return [violation["id"] for violation in violations if violation["impact"] in {"serious", "critical"}]


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def test_a_company_is_founded_and_a_colleague_joins_in_three_fields(
    browser: Browser, server: Server, page: Page, faults: list[str]
) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="First start")).to_be_visible()
    assert serious(page) == []
    fill(page, token=first_start.token())
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Your company")).to_be_visible()
    assert serious(page) == []
    fill(
        page, organization="湖畔科技", handle="lakeside", name="林溪", address="lin@lakeside.example", password=PASSWORD
    )
    page.get_by_role("button", name="Create the company").click()
    page.wait_for_url("**/o/lakeside/chat/")
    assert Client().get("/start/").status_code == 404

    page.goto("/o/lakeside/invitations/")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("code[id^=link-]").text_content()
    assert link
    assert serious(page) == []

    other = browser.new_context(base_url=server.url, locale="zh-CN").new_page()
    other.goto(link)
    assert serious(other) == []
    fill(other, name="许知夏", address="+86 138 0013 8000", password="moonlight on the reeds")
    other.get_by_role("button", name="加入", exact=True).click()
    other.wait_for_url("**/o/lakeside/chat/")
    other.context.close()

    assert list(Member.objects.in_order().values_list("name", "role")) == [("林溪", "owner"), ("许知夏", "member")]
    assert Organization.objects.count() == 1
    page.reload()
    expect(page.get_by_text("No link is open.")).to_be_visible()
    assert faults == []


def test_a_mistake_at_the_door_is_said_where_it_happened(page: Page, lin: Member, faults: list[str]) -> None:
    page.goto("/sign-in/?next=/o/lakeside/people/")
    fill(page, address="lin@lakeside.example", password="not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="don’t match")).to_be_visible()
    assert serious(page) == []
    fill(page, password=PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/o/lakeside/people/")
    assert faults == []


def test_the_door_speaks_the_language_that_one_chooses(page: Page, lin: Member) -> None:
    page.goto("/sign-in/")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
