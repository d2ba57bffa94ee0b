"""Tokens, cookies and browsers that are not what they should be."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.api.conftest import Room
from tests.api.refusal import assert_refused
from tests.cast import PASSWORD, browser_of, program_of

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer lks_",
        "Bearer lks_wrong",
        "Bearer \x80\xff",
        "Bearer " + "x" * 10_000,
        "bearer a b c",
    ],
    ids=lambda header: header[:20],
)
def test_an_authorization_that_opens_nothing_is_refused(db: None, header: str) -> None:
    answer = Client().get("/api/v1/me", headers={"Authorization": header})
    assert_refused(answer, status=401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Basic bGluOnB3", "lks_wrong", "Digest x=1"])
def test_an_authorization_of_another_kind_is_none(db: None, header: str) -> None:
    assert_refused(Client().get("/api/v1/me", headers={"Authorization": header}), status=401)


def test_a_bad_token_is_not_saved_by_a_good_cookie(room: Room, client: Client) -> None:
    assert_refused(client.get("/api/v1/me", headers={"Authorization": "Bearer lks_wrong"}), status=401)


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5_000, "\x80", "a b"])
def test_a_session_that_never_was_is_nobody(db: None, cookie: str) -> None:
    client = Client()
    client.cookies["lakeside_session"] = cookie
    assert_refused(client.get("/api/v1/me"), status=401)


def test_a_browser_needs_the_csrf_token_and_a_program_does_not(room: Room) -> None:
    body = json.dumps({"theme": "dark"})
    browser = browser_of(room.me, enforce_csrf_checks=True)
    assert_refused(browser.patch("/api/v1/me", body, content_type="application/json"), status=403)
    assert program_of(room.me).patch("/api/v1/me", body, content_type="application/json").status_code == 200


@pytest.mark.parametrize("agent", ["", "a\x00b", "x" * 5_000, "\x80\xff"], ids=["none", "NUL", "long", "bytes"])
def test_a_browser_that_calls_itself_strangely_is_served(room: Room, agent: str) -> None:
    client = Client(headers={"User-Agent": agent})
    answer = client.post("/sign-in/", {"address": room.me.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/api/v1/sessions").status_code == 200
