"""Whatever ends somebody's access closes what they have open: within two seconds, and nobody else's with it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.actions.sessions import sign_out_everywhere_else
from accounts.actions.tokens import revoke_token
from accounts.actions.users import deactivate_user
from accounts.models import AccessToken, Session
from orgchart.actions.members import deactivate_member
from orgchart.models import Member
from tests.cast import PASSWORD, browser_of, token_of
from tests.conftest import Server

pytestmark = pytest.mark.embedded
SECONDS = 2.0
REVOKED = 4001


def by_cookie(server: Server, member: Member) -> AbstractContextManager[ClientConnection]:
    cookie = browser_of(member).cookies["lakeside_session"].value
    return greeted(server, {"Cookie": f"lakeside_session={cookie}"}, origin=server.url)


def by_token(server: Server, member: Member) -> AbstractContextManager[ClientConnection]:
    return greeted(server, {"Authorization": f"Bearer {token_of(member)}"})


@contextmanager
def greeted(server: Server, headers: dict[str, str], origin: str | None = None) -> Iterator[ClientConnection]:
    """A socket that is open, with the server's greeting behind it."""
    address = f"{server.ws_url}/ws/v1/orgs/lakeside/"
    with connect(address, additional_headers=headers, origin=origin, proxy=None) as socket:
        assert json.loads(str(socket.recv(5)).splitlines()[0])["type"] == "hello"
        yield socket


def code_of_close(socket: ClientConnection) -> int | None:
    """The code that the server closes with in time; None if the socket stays open."""
    deadline = time.monotonic() + SECONDS
    while (left := deadline - time.monotonic()) > 0:
        try:
            socket.recv(left)
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
    return None


def stays_open(socket: ClientConnection) -> bool:
    try:
        while True:
            socket.recv(0.3)
    except TimeoutError:
        return True
    except ConnectionClosed:
        return False


def signed_out(member: Member) -> None:
    browser = browser_of(member)
    assert browser.post("/sign-out/").status_code == 302
    sign_out_everywhere_else(user=member.user, but=None)


def password_changed(member: Member) -> None:
    form = {"old_password": PASSWORD, "password": "seven herons by the reeds"}
    assert browser_of(member).post("/password/change/", form).status_code == 302


def ended_from_another_browser(member: Member) -> None:
    session = Session.objects.order_by("pk").filter(user=member.user).first()
    assert session is not None
    assert browser_of(member).delete(f"/api/v1/sessions/{session.pk}").status_code == 204


def ended_with_all_others(member: Member) -> None:
    assert browser_of(member).delete("/api/v1/sessions").status_code == 204


def member_deactivated(member: Member) -> None:
    deactivate_member(member=member, by=None)


def user_deactivated(member: Member) -> None:
    deactivate_user(user=member.user, even_last_owner=True)


def token_revoked(member: Member) -> None:
    revoke_token(token=AccessToken.objects.get(user=member.user), by=member.user)


@pytest.mark.parametrize(
    "end",
    [
        signed_out,
        password_changed,
        ended_from_another_browser,
        ended_with_all_others,
        member_deactivated,
        user_deactivated,
    ],
)
def test_a_browsers_socket_closes(server: Server, lin: Member, wei: Member, end: Callable[[Member], None]) -> None:
    with by_cookie(server, wei) as mine, by_cookie(server, lin) as others:
        end(wei)
        assert code_of_close(mine) == REVOKED
        assert stays_open(others)


@pytest.mark.parametrize("end", [token_revoked, member_deactivated, user_deactivated])
def test_a_programs_socket_closes(server: Server, lin: Member, wei: Member, end: Callable[[Member], None]) -> None:
    with by_token(server, wei) as mine, by_token(server, lin) as others:
        end(wei)
        assert code_of_close(mine) == REVOKED
        assert stays_open(others)


def test_this_browsers_own_socket_outlives_a_change_of_the_password(server: Server, wei: Member) -> None:
    browser = browser_of(wei)
    headers = {"Cookie": f"lakeside_session={browser.cookies['lakeside_session'].value}"}
    with greeted(server, headers, origin=server.url) as mine:
        form = {"old_password": PASSWORD, "password": "seven herons by the reeds"}
        assert browser.post("/password/change/", form).status_code == 302
        assert stays_open(mine)


def test_this_browsers_socket_and_programs_outlive_a_sign_out_everywhere_else(server: Server, wei: Member) -> None:
    browser = browser_of(wei)
    headers = {"Cookie": f"lakeside_session={browser.cookies['lakeside_session'].value}"}
    with greeted(server, headers, origin=server.url) as mine, by_token(server, wei) as program:
        assert browser.delete("/api/v1/sessions").status_code == 204
        assert stays_open(mine)
        assert stays_open(program)


def test_signing_one_browser_out_leaves_the_others_open(server: Server, wei: Member) -> None:
    with by_cookie(server, wei) as here:
        browser_of(wei).post("/sign-out/")
        assert stays_open(here)
