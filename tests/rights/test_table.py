"""The hand-written table against the real thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.plugin import DjangoDbBlocker

import wire.paths  # noqa: F401 - makes <id:…> known
from chat import api_urls
from realtime.gate import gate
from tests.rights.table import ROLES, ROWS, Row
from tests.rights.world import World, make_world

# Marked for the sake of the database: what a test does is taken back, the world that it stands in stays for the next.
pytestmark = pytest.mark.django_db

HTTP = [row for row in ROWS if row.method != "SOCKET"]
CHAT = {pattern.name for pattern in api_urls.urlpatterns}
# What somebody may change in the chat.
CHANGES = [
    row
    for row in HTTP
    if row.address in CHAT and row.method != "GET" and min(row.expected["person"], row.expected["owner"]) < 300
]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What a missing page and a foreign one may differ in: random numbers that are new in every answer.
RANDOM = re.compile(r"""nonce(=|-)["']?[A-Za-z0-9+/=_-]+|name="csrfmiddlewaretoken" value="\w+\"""")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once; every request is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def asked(world: World, row: Row, role: str, *, missing: bool = False) -> HttpResponse:
    """The answer, with whatever it changed taken back."""
    cookies = world.clients[role].cookies.copy()
    with transaction.atomic():
        answer = world.ask(row, role, missing=missing)
        transaction.set_rollback(True)
    world.clients[role].cookies = cookies
    return answer


@pytest.mark.parametrize("row", HTTP, ids=str)
def test_everybody_gets_the_answer_of_the_table(world: World, row: Row) -> None:
    answers = {role: asked(world, row, role).status_code for role in ROLES}
    assert answers == row.expected


@pytest.mark.parametrize("row", CHANGES, ids=str)
def test_who_is_signed_out_while_they_wait_for_the_lock_changes_nothing(
    world: World, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = "person" if row.expected["person"] < 300 else "owner"
    monkeypatch.setattr(gate, "still_good", lambda passes: set())
    assert asked(world, row, role).status_code == 401


@pytest.mark.parametrize("row", [row for row in HTTP if 404 in row.expected.values()], ids=str)
def test_what_is_not_ones_own_is_missing_byte_for_byte(world: World, row: Row) -> None:
    for role in (role for role, status in row.expected.items() if status == 404):
        theirs, nobodys = asked(world, row, role), asked(world, row, role, missing=True)
        assert shown(theirs) == shown(nobodys), role


def shown(answer: HttpResponse) -> tuple[int, str, dict[str, str]]:
    """All that a client can see of an answer, but for what is random in every answer."""
    headers = {name: RANDOM.sub("", value) for name, value in answer.headers.items()}
    return answer.status_code, RANDOM.sub("", answer.content.decode()), headers


def addresses(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """The name of every address in the URLconf."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns)
        else:
            yield entry.name or {"^api/": "api-unknown"}[str(entry.pattern)]


def test_every_address_stands_in_the_table() -> None:
    assert sorted({row.address for row in HTTP}) == sorted(set(addresses()))


@pytest.mark.parametrize("address", sorted(set(addresses()) - {"api-unknown"}))
def test_a_method_without_a_row_is_not_known(world: World, address: str) -> None:
    rows = {row.method: row for row in HTTP if row.address == address and not row.case}
    example = next(iter(rows.values()))
    for method in set(METHODS) - set(rows):
        row = example._replace(method=method)
        for role in ("person", "owner", "boss"):
            answer = asked(world, row, role)
            assert answer.status_code == 405, f"{method} as {role}: has it a row in table.py?"
            assert set(answer["Allow"].replace(" ", "").split(",")) - {"HEAD", "OPTIONS"} == set(rows)


def test_head_says_what_get_says(world: World) -> None:
    for row in (row for row in HTTP if row.method == "GET"):
        for role in ("anonymous", "foreign", "person"):
            answer = asked(world, row._replace(method="HEAD"), role)
            assert (answer.status_code, answer.content) == (row.expected[role], b""), f"{row} as {role}"
