"""Coming in by the socket: who is let in, and with which words the others are sent away."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings
from websockets.exceptions import InvalidStatus

from chat.models import Conversation
from orgchart.models import Member
from tests.cast import browser_of, token_of
from tests.chat.talk import head_of
from tests.conftest import Server
from tests.realtime.line import dialled, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


def test_the_first_frame_says_who_one_is_and_where_all_streams_stand(
    server: Server, pair: Conversation, group: Conversation, lin: Member
) -> None:
    with opened(server, lin, greeted=False) as line:
        hello = line.receive()
    streams = (pair.stream, group.stream, lin.stream, lin.organization.stream)
    assert (hello["type"], hello["member"], hello["organization"]) == ("hello", lin.pk, lin.organization_id)
    assert hello["heads"] == {str(stream): head_of(stream)[1] for stream in streams}
    assert (hello["epoch"], hello["heartbeat_seconds"]) == (1, 20)


def test_a_browser_comes_in_with_its_cookie_from_its_own_pages(server: Server, lin: Member, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = [server.url]
    cookie = {"Cookie": f"lakeside_session={browser_of(lin).cookies['lakeside_session'].value}"}
    with dialled(server, origin=server.url, additional_headers=cookie) as line:
        assert line.receive()["member"] == lin.pk
    for origin in (
        None,
        "https://evil.example",
        server.url.replace("http", "https"),
        server.url + ".evil.example",
        "null",
    ):
        with pytest.raises(InvalidStatus) as refused, dialled(server, origin=origin, additional_headers=cookie):
            pass
        assert refused.value.response.status_code == 403


def test_the_embedded_default_answers_to_each_name_of_its_machine_but_to_pages_of_no_other_port(
    server: Server, lin: Member, settings: Settings
) -> None:
    settings.EMBEDDED, settings.CSRF_TRUSTED_ORIGINS = True, []
    cookie = {"Cookie": f"lakeside_session={browser_of(lin).cookies['lakeside_session'].value}"}
    for name in ("127.0.0.1", "localhost"):
        by_name = Server(name, server.port)
        with dialled(by_name, origin=by_name.url, additional_headers=cookie) as line:
            assert line.receive()["member"] == lin.pk
    other_port = Server(server.host, server.port + 1).url
    with pytest.raises(InvalidStatus), dialled(server, origin=other_port, additional_headers=cookie):
        pass


def test_a_token_comes_in_without_an_origin_and_not_from_foreign_pages(server: Server, lin: Member) -> None:
    with opened(server, lin):
        pass
    token = {"Authorization": "Bearer lks_anything"}
    with pytest.raises(InvalidStatus), dialled(server, origin="https://evil.example", additional_headers=token):
        pass


def test_who_shows_nothing_good_is_told_to_sign_in(server: Server, lin: Member, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = [server.url]
    for shown in ({}, {"Authorization": "Bearer lks_wrong"}, {"Cookie": "lakeside_session=wrong"}):
        with dialled(server, origin=server.url, additional_headers=shown) as line:
            assert line.closed_with() == 4001


def test_a_foreign_company_and_none_at_all_are_the_same(server: Server, lin: Member, ana: Member) -> None:
    for handle in ("northwind", "nowhere"):
        with dialled(server, handle, additional_headers={"Authorization": f"Bearer {token_of(lin)}"}) as line:
            assert line.closed_with() == 4003


def test_a_token_needs_the_scope(server: Server, lin: Member) -> None:
    with opened(server, lin, "directory:read", greeted=False) as line:
        assert line.closed_with() == 4003
