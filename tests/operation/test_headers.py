"""What goes with every answer."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from orgchart.models import Member
from tests.cast import PASSWORD, browser_of

PAGES = [
    "/",
    "/sign-in/",
    "/password/reset/",
    "/o/lakeside/chat/",
    "/o/lakeside/people/",
    "/o/lakeside/settings/",
    "/o/lakeside/invitations/",
    "/api/docs",
    "/no/such/page",
    "/join/x/",
]
ANSWERS = ["/api/v1/me", "/api/v1/orgs/lakeside/members", "/api/v1/orgs/nowhere", "/api/nothing"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_policy_of_the_house(lin: Member, path: str) -> None:
    for client in (browser_of(lin), Client()):
        policy = dict(
            part.strip().split(" ", 1)
            for part in client.get(path)["Content-Security-Policy"].split(";")
            if part.strip()
        )
        assert policy["default-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert re.fullmatch(r"'self'( 'nonce-[\w+/=-]+')?", policy["script-src"])
        assert "style-src" not in policy
        assert not any("unsafe" in value or "http" in value or "*" in value for value in policy.values())


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS])
def test_no_cache_keeps_what_was_answered_to_somebody(lin: Member, path: str) -> None:
    answer = browser_of(lin).get(path)
    kept = answer["Cache-Control"]
    assert "private" in kept and "no-store" in kept, kept


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS])
def test_no_answer_is_framed_guessed_at_or_told_on(lin: Member, path: str) -> None:
    answer = browser_of(lin).get(path)
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in answer and "X-Powered-By" not in answer


def test_no_other_origin_may_read_the_api(lin: Member) -> None:
    answer = browser_of(lin).get("/api/v1/me", headers={"Origin": "https://northwind.example"})
    assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_the_sessions_cookie_is_out_of_reach_for_scripts_and_other_sites(lin: Member) -> None:
    browser = Client()
    browser.post("/sign-in/", {"address": lin.user.email, "password": PASSWORD})
    cookie = browser.cookies["lakeside_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
