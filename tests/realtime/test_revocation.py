"""Who may no longer be here is out: within two seconds where hints arrive, with the next heartbeat where they don't."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django.fixtures import Settings

from accounts.actions.sessions import sign_out_everywhere_else, sign_out_session
from accounts.actions.tokens import create_token, revoke_token
from accounts.actions.users import deactivate_user
from accounts.models import AccessToken, Session
from chat.actions.conversations import start_direct
from chat.models import Conversation
from orgchart.actions.members import deactivate_member
from orgchart.models import Member
from realtime import hints, hub
from tests.cast import PASSWORD, browser_of
from tests.chat.talk import say
from tests.conftest import Server
from tests.realtime.line import Line, dialled, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

WITH_HINTS = 2.0
WITHOUT = 25.0


class Visit:
    """wei, signed in by a browser, with a token as well."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.browser = browser_of(member)
        self.session = Session.objects.get(user=member.user)
        self.token, self.secret = create_token(
            user=member.user, organization_id=member.organization_id, name="t", scopes=["chat:read"], days=1
        )

    @contextmanager
    def by_cookie(self, server: Server) -> Iterator[Line]:
        cookie = {"Cookie": f"lakeside_session={self.browser.cookies['lakeside_session'].value}"}
        with dialled(server, origin=server.url, additional_headers=cookie) as line:
            line.next("hello")
            yield line


def sign_out(visit: Visit, _lin: Member) -> None:
    assert visit.browser.post("/sign-out/").status_code in (200, 302)


def sign_out_from_afar(visit: Visit, _lin: Member) -> None:
    sign_out_session(user=visit.member.user, session=visit.session)


def sign_out_everywhere(visit: Visit, _lin: Member) -> None:
    sign_out_everywhere_else(user=visit.member.user, but=None)


def change_password_elsewhere(visit: Visit, _lin: Member) -> None:
    elsewhere = browser_of(visit.member)
    new = "another quiet lake"
    elsewhere.post("/password/change/", {"old_password": PASSWORD, "password": new})
    visit.member.user.refresh_from_db()
    assert visit.member.user.check_password(new)


def leave_the_company(visit: Visit, lin: Member) -> None:
    deactivate_member(member=visit.member, by=lin)


def be_deactivated(visit: Visit, _lin: Member) -> None:
    deactivate_user(user=visit.member.user, even_last_owner=True)


ENDINGS: list[Callable[[Visit, Member], None]] = [
    sign_out,
    sign_out_from_afar,
    sign_out_everywhere,
    change_password_elsewhere,
    leave_the_company,
    be_deactivated,
]


@pytest.fixture
def visit(wei: Member, settings: Settings, server: Server) -> Visit:
    settings.CSRF_TRUSTED_ORIGINS = [server.url]
    return Visit(wei)


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_a_browser_that_lost_its_right_is_closed_at_once(
    server: Server, visit: Visit, lin: Member, end: Callable[[Visit, Member], None]
) -> None:
    with visit.by_cookie(server) as line, opened(server, lin) as other:
        began = time.monotonic()
        end(visit, lin)
        assert line.closed_with(WITH_HINTS) == 4001
        assert time.monotonic() - began < WITH_HINTS
        other.send(type="heads")
        other.next("hello")


def test_a_revoked_token_is_closed_at_once_and_others_of_the_same_person_stay(server: Server, visit: Visit) -> None:
    with opened(server, visit.member, token=visit.secret) as line, visit.by_cookie(server) as browser:
        began = time.monotonic()
        revoke_token(token=visit.token, by=visit.member.user)
        assert line.closed_with(WITH_HINTS) == 4001
        assert time.monotonic() - began < WITH_HINTS
        browser.send(type="heads")
        browser.next("hello")


def test_who_leaves_the_company_loses_their_tokens_too(server: Server, visit: Visit, lin: Member) -> None:
    with opened(server, visit.member, token=visit.secret) as line:
        leave_the_company(visit, lin)
        assert line.closed_with(WITH_HINTS) == 4001
    assert AccessToken.objects.get(pk=visit.token.pk).revoked_at is not None


def test_what_ended_elsewhere_by_itself_is_noticed_at_the_next_delivery(
    server: Server, visit: Visit, lin: Member
) -> None:
    """A session that ran out changes no stream. Rights are proved at the moment of use."""
    conversation = start_direct(by=lin, other=visit.member)
    with visit.by_cookie(server) as line:
        Session.objects.filter(pk=visit.session.pk).delete()
        say(conversation, lin, "secret")
        assert line.closed_with(WITH_HINTS) == 4001


@pytest.fixture
def hints_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if Redis were gone and every act happened in another process."""
    monkeypatch.setattr(hints, "send", lambda _hint: None)


@pytest.mark.parametrize("end", [sign_out_from_afar, leave_the_company, be_deactivated], ids=lambda end: end.__name__)
def test_without_hints_the_next_heartbeat_finds_out(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, hints_are_lost: None, lin: Member,
    end: Callable[[Visit, Member], None],
) -> None:  # fmt: skip
    monkeypatch.setattr(hub, "HEARTBEAT", 0.5)
    visit = request.getfixturevalue("visit")
    with visit.by_cookie(request.getfixturevalue("server")) as line:
        end(visit, lin)
        assert line.closed_with(2) == 4001


def test_a_heartbeat_comes_often_enough_for_what_is_promised() -> None:
    assert hub.HEARTBEAT + hub.PAUSE_AFTER_ERROR < WITHOUT


@pytest.mark.slow
def test_without_hints_it_takes_25_seconds_at_most(
    server: Server, visit: Visit, lin: Member, hints_are_lost: None
) -> None:
    with visit.by_cookie(server) as line:
        leave_the_company(visit, lin)
        assert line.closed_with(WITHOUT) == 4001


def test_who_comes_back_with_an_ended_session_is_told_to_sign_in(server: Server, visit: Visit, lin: Member) -> None:
    with visit.by_cookie(server):
        pass
    be_deactivated(visit, lin)
    cookie = {"Cookie": f"lakeside_session={visit.browser.cookies['lakeside_session'].value}"}
    with dialled(server, origin=server.url, additional_headers=cookie) as line:
        assert line.closed_with() == 4001


def test_a_post_by_an_open_socket_is_proved_when_it_is_stored(
    server: Server, visit: Visit, lin: Member, hints_are_lost: None
) -> None:
    """Even where nobody told the socket yet."""
    conversation: Conversation = start_direct(by=lin, other=visit.member)
    with visit.by_cookie(server) as line:
        assert line.post(conversation.pk, "早")["status"] == 201
        sign_out_from_afar(visit, lin)
        assert line.post(conversation.pk, "still me")["status"] == 401
