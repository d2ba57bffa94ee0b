"""Logs, figures, Redis and Celery never hold what somebody wrote, nor a secret."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
import redis
from django.conf import settings
from django.test import Client

from accounts.actions.passwords import request_password_reset
from accounts.models import User
from chat.actions.conversations import create_group
from orgchart.actions.invitations import create_invitation
from orgchart.models import Member
from outbox.models import DueRow
from outbox.relay import hand_over
from tests.cast import PASSWORD, token_of
from tests.conftest import Server
from workspace.celery import app
from workspace.observability import configure_logging

SAID = "月底之前要签的那份合同"


class Monitor:
    """Everything that anybody tells Redis, by its MONITOR command."""

    def __init__(self) -> None:
        parts = urlsplit(settings.REDIS_URL)
        self.socket = socket.create_connection((parts.hostname, parts.port))
        self.socket.sendall(b"MONITOR\r\n")
        self.heard = self.socket.recv(5)
        assert self.heard == b"+OK\r\n"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while data := self.socket.recv(65_536):
                self.heard += data

    def until_now(self) -> str:
        """All that was told until now, up to a mark that proves that words like ours would be seen."""
        mark = uuid4().hex
        with redis.Redis.from_url(settings.REDIS_URL) as connection:
            connection.echo(f"{mark} 记号")
        for _ in range(500):
            if mark.encode() in self.heard:
                break
            threading.Event().wait(0.01)
        # MONITOR writes what isn't ASCII as \xe6\x9c\x88.
        return self.heard.decode("ascii").encode().decode("unicode_escape").encode("latin-1").decode(errors="replace")


def relay() -> None:
    """The relay at work until nothing is due."""
    stop = threading.Event()
    thread = threading.Thread(target=hand_over, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 10
    while DueRow.objects.due().exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged, from DEBUG on, as production writes it."""
    root, django = logging.getLogger(), logging.getLogger("django")
    before = root.handlers[:], root.level, django.handlers[:]
    configure_logging({})
    written = io.StringIO()
    root.handlers[0].setStream(written)  # type: ignore[attr-defined]
    root.setLevel(logging.DEBUG)
    # The test's own client tells everything; it is not part of the house.
    clients = [logging.getLogger("httpx"), logging.getLogger("httpcore")]
    for client in clients:
        client.setLevel(logging.WARNING)
    yield written
    for client in clients:
        client.setLevel(logging.NOTSET)
    root.handlers[:], django.handlers[:] = before[0], before[2]
    root.setLevel(before[1])


def test_what_is_said_and_what_is_secret_stays_in_the_database(
    server: Server, logged: io.StringIO, lin: Member, wei: Member, zhao: Member
) -> None:
    monitor = Monitor()
    group = create_group(by=lin, members=[wei, zhao], key=uuid4(), name=SAID)
    token = token_of(wei)
    invitation = create_invitation(by=lin)
    secret = invitation.path.split("/")[2]
    conversations = f"{server.url}/api/v1/orgs/lakeside/conversations/{group.pk}/messages"
    program = httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    message = {"key": str(uuid4()), "text": SAID}
    assert program.post(conversations, json=message).status_code == 201
    assert program.post(conversations, json={**message, "text": f"{SAID}!"}).status_code == 409
    assert program.post(conversations, json={**message, SAID: 1}).status_code == 400
    browser = httpx.Client(base_url=server.url, trust_env=False, headers={"Referer": server.url})
    browser.get("/sign-in/")
    form = {"address": "wei@lakeside.example", "csrfmiddlewaretoken": browser.cookies["lakeside_csrf"]}
    assert browser.post("/sign-in/", data={**form, "password": f"{PASSWORD}, or not"}).status_code == 400
    assert browser.post("/sign-in/", data={**form, "password": PASSWORD}).status_code == 302
    session = browser.cookies["lakeside_session"]
    assert browser.post(f"/join/{secret}/", data={"name": ""}).status_code == 403
    Client().post(f"/join/{secret}/", {"name": SAID * 20})
    request_password_reset(address="wei@lakeside.example")
    assert DueRow.objects.count() >= 2
    app.set_current()
    relay()
    figures = httpx.get(f"{server.url}/metrics", trust_env=False).text
    told = monitor.until_now()
    lines = logged.getvalue()
    password = User.objects.get(pk=wei.user_id).password
    assert "outbox.run" in told and "lakeside:hints" in told and "记号" in told
    assert "request_refused" in lines and "lakeside_requests_total" in figures
    for place, text in (("logs", lines), ("figures", figures), ("Redis", told)):
        for name, forbidden in {
            "what was said": SAID,
            "the token": token,
            "the password": PASSWORD,
            "its hash": password,
            "the session": session,
            "the invitation": secret,
            "the address": "wei@lakeside.example",
        }.items():
            assert forbidden not in text, f"{name} in {place}"


def test_an_error_is_logged_by_its_place_and_not_by_its_text(logged: io.StringIO) -> None:
    try:
        try:
            raise KeyError(SAID)
        except KeyError as error:
            raise ValueError(SAID) from error
    except ValueError:
        logging.getLogger("chat").exception("frame_defect")
    entry = json.loads(logged.getvalue())
    assert (entry["event"], entry["error"]) == ("frame_defect", ["ValueError", "KeyError"])
    assert "test_logs.py" in entry["places"][0]
    assert SAID not in logged.getvalue()


def test_only_listed_extras_are_logged(logged: io.StringIO) -> None:
    logging.getLogger("chat").warning("row_put_off", extra={"row": 7, "text": SAID})
    entry = json.loads(logged.getvalue())
    assert entry["row"] == 7 and "text" not in entry


def test_a_page_that_fails_is_logged_by_its_route(
    logged: io.StringIO, lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError(SAID)

    monkeypatch.setattr("orgchart.views.entrance.Invitation.objects.behind", break_down)
    answer = Client(raise_request_exception=False).get(f"/join/{SAID}/")
    assert answer.status_code == 500
    [entry] = [json.loads(line) for line in logged.getvalue().splitlines() if "request_failed" in line]
    assert (entry["route"], entry["status"], entry["error"]) == ("join/<str:token>/", 500, ["RuntimeError"])
    assert SAID not in logged.getvalue()
