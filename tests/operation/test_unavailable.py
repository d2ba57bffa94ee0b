"""The database does not answer, or not in time: that is said as such, and nobody takes it for a defect."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import HttpResponse
from django.test import Client

from orgchart.models import Member
from tests.cast import browser_of, program_of
from wire.problems import MEDIA_TYPE

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture(params=[OperationalError, InterfaceError])
def away(request: pytest.FixtureRequest, browser: Client, program: Client) -> Iterator[None]:
    """From here on the database does not answer. The words are those of a driver: they stay inside."""
    with patch.object(connection, "cursor", side_effect=request.param("couldn't get a connection after 10.00 sec")):
        yield


@pytest.fixture
def browser(lin: Member) -> Client:
    return not_raising(browser_of(lin))


@pytest.fixture
def program(lin: Member) -> Client:
    return not_raising(program_of(lin))


def not_raising(client: Client) -> Client:
    """What the server answers, not what it stumbled over."""
    client.raise_request_exception = False
    return client


def assert_unavailable(answer: HttpResponse) -> None:
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert b"10.00 sec" not in answer.content


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/", "/o/lakeside/chat/", "/o/lakeside/settings/"])
def test_who_opens_a_page_is_told_to_come_back(browser: Client, path: str) -> None:
    assert_unavailable(browser.get(path))


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/orgs/lakeside/members"])
def test_who_asks_the_api_gets_a_problem_that_passes(browser: Client, program: Client, path: str) -> None:
    for client in (browser, program):
        answer = client.get(path)
        assert_unavailable(answer)
        assert (answer["Content-Type"], answer.json()["code"]) == (MEDIA_TYPE, "unavailable")


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(("language", "words"), [("en", "Try again in a moment"), ("zh-CN", "请稍后再试")])
def test_the_page_speaks_the_language_that_the_browser_asks_for(browser: Client, language: str, words: str) -> None:
    assert words in browser.get("/", headers={"Accept-Language": language}).content.decode()


@pytest.mark.parametrize("client", ["browser", "program"])
def test_a_defect_stays_one(request: pytest.FixtureRequest, client: str) -> None:
    asker: Client = request.getfixturevalue(client)
    with patch.object(connection, "cursor", side_effect=ProgrammingError):
        answer = asker.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (500, "defect")
