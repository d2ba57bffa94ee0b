"""Every page at a desk and on a phone: nothing serious for axe, nothing sideways, nothing that the browser complains of."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from chat.actions.conversations import start_direct
from orgchart.actions.invitations import create_invitation
from tests.cast import browser_of, token_of
from tests.chat.talk import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# How axe calls what keeps people out.
SERIOUS = {"serious", "critical"}
OUTSIDE = ["/sign-in/", "/password/reset/", "/no-such-page/"]
INSIDE = [
    "/o/lakeside/chat/",
    "/o/lakeside/chat/{talk}/",
    "/o/lakeside/people/",
    "/o/lakeside/people/{wei}/",
    "/o/lakeside/invitations/",
    "/o/lakeside/settings/",
    "/o/lakeside/settings/profile/",
    "/o/lakeside/settings/appearance/",
    "/o/lakeside/settings/security/",
    "/o/lakeside/settings/tokens/",
    "/password/change/",
    "/ops/dead-letters/",
]


def faults_of(page, address: str) -> list[str]:
    """What is wrong with this page, in words."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_timeout(300)
    faults = [words for words in said if "404 (Not Found)" not in words]
    faults += sideways(page)
    # What the house's own policy forbids axe, it would report as a fault of the page; it doesn't need the styles' text.
    results = Axe().run(page, options={"preload": False})
    faults += [
        f"{found['id']}: {found['help']} {[node['target'] for node in found['nodes']]}"
        for found in results.response["violations"]
        if found["impact"] in SERIOUS
    ]
    return [f"{address}: {fault}" for fault in faults]


def sideways(page) -> list[str]:
    width, inner = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"scrolls sideways: {width} in {inner}"] if width > inner else []


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(DESK, "light", "zh-hans"), (DESK, "dark", "en"), (PHONE, "light", "en"), (PHONE, "dark", "zh-hans")],
    ids=["desk by day", "desk by night", "phone by day", "phone by night"],
)
def test_every_page(size, scheme, language, browser, server, lin, wei, design):
    lin.user.is_operator, lin.user.language = True, language
    lin.user.save()
    token_of(lin, "chat:read")
    create_invitation(by=lin, department=design, use_limit=3, days=7)
    talk = start_direct(by=lin, other=wei)
    say(talk, wei, "早！见 **发布** 清单：https://wiki.lakeside.example/2.0\n\n- 一\n- 二")
    say(talk, lin, "好")
    context = browser.new_context(
        base_url=server.url, viewport=size, color_scheme=scheme, locale="zh-CN" if language != "en" else "en-US"
    )
    faults = [fault for address in OUTSIDE for fault in faults_of(context.new_page(), address)]
    cookie = browser_of(lin).cookies["lakeside_session"].value
    context.add_cookies([{"name": "lakeside_session", "value": cookie, "url": server.url}])
    for address in INSIDE:
        faults += faults_of(context.new_page(), address.format(wei=wei.pk, talk=talk.pk))
    context.close()
    assert faults == []


def test_a_page_that_is_wrong_is_found(page, server):
    page.goto("/sign-in/")
    page.evaluate("document.querySelector('label').remove()")
    assert any(
        re.search("label", found["id"]) for found in Axe().run(page, options={"preload": False}).response["violations"]
    )
    page.evaluate("document.body.style.minWidth = '3000px'")
    assert sideways(page)
