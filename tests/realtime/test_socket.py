"""The socket against the real server, as docs/api/socket.md promises it."""

from __future__ import annotations

import json
import socket as sockets
import time
from contextlib import ExitStack, suppress
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import add_participants, remove_participant
from chat.actions.posting import Post, post_messages
from chat.models import Conversation, Message
from orgchart.models import Member
from realtime import connection, presence
from realtime.hub import hub
from realtime.intake import intake
from tests.cast import browser_of, newcomer, program_of, token_of
from tests.chat.talk import head_of, say
from tests.conftest import Server
from tests.realtime.line import dialled, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


# ── coming in ──


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


# ── hearing ──


def test_changes_come_in_order_and_each_frame_begins_where_the_last_ended(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, wei) as line:
        start = head_of(pair.stream)[1]
        message = say(pair, lin, "一")
        edit_message(conversation=pair, message_id=message.pk, by=lin, text="壹")
        recall_message(conversation=pair, message_id=message.pk, by=lin)
        say(pair, lin, "二")
        end = head_of(pair.stream)[1]
        place, seen = start, []
        while place < end:
            frame = line.until(lambda frame: frame.get("stream") == str(pair.stream))
            assert (frame["from"], frame["epoch"], frame["reset"]) == (place, 1, False)
            place = frame["to"]
            seen += [change["version"] for change in frame["changes"]]
    assert place == end
    assert seen == sorted(set(seen))
    assert seen[-1] == end


def test_a_message_on_the_socket_is_the_one_of_rest(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, wei) as line:
        message = say(pair, lin, "see **this**")
        shown = line.change("message.posted")["object"]
    answer = program_of(wei).get(f"/api/v1/orgs/lakeside/conversations/{pair.pk}/messages").json()
    assert shown == answer["messages"][-1]
    assert shown["id"] == message.pk


def test_every_screen_of_everybody_in_it_hears_and_nobody_else(
    server: Server, pair: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    with (
        opened(server, lin) as one,
        opened(server, lin) as two,
        opened(server, wei) as three,
        opened(server, zhao) as out,
    ):
        say(pair, lin, "早")
        for line in (one, two, three):
            assert line.change("message.posted")["object"]["text"] == "早"
        assert [frame for frame in out.hears_within(0.3) if frame["type"] == "changes"] == []


def test_a_newcomer_hears_that_they_are_in_and_from_then_on(
    server: Server, group: Conversation, lin: Member, wei: Member
) -> None:
    mei = newcomer(lin.organization, name="梅雪")
    with opened(server, mei) as line:
        say(group, lin, "before")
        add_participants(conversation=group, members=[mei], by=wei)
        started = line.change("membership.started")["object"]
        assert (started["conversation"], started["is_active"]) == (group.pk, True)
        say(group, lin, "after")
        shown = line.until(lambda frame: "after" in json.dumps(frame, ensure_ascii=False))
        assert "before" not in json.dumps(shown)


def test_a_removed_participant_hears_that_and_nothing_more(
    server: Server, group: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, wei) as line, opened(server, lin) as owner:
        line.send(type="conversation.open", conversation=group.pk)
        remove_participant(conversation=group, member=wei, by=lin)
        assert line.change("membership.ended")["object"]["is_active"] is False
        say(group, lin, "between us")
        owner.send(type="typing", conversation=group.pk, is_typing=True)
        assert owner.until(lambda frame: "between us" in json.dumps(frame))
        heard = line.hears_within(0.5)
        assert [frame for frame in heard if frame["type"] == "typing" or frame.get("stream") == str(group.stream)] == []
        assert line.post(group.pk, "still here?")["status"] == 404


def test_the_heads_are_told_again_on_request(server: Server, pair: Conversation, lin: Member) -> None:
    with opened(server, lin) as line:
        say(pair, lin)
        line.send(type="heads")
        assert line.next("hello")["heads"][str(pair.stream)] == head_of(pair.stream)[1]


def test_a_heartbeat_counts_and_sums_all_streams(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, pair: Conversation, lin: Member
) -> None:
    monkeypatch.setattr("realtime.hub.HEARTBEAT", 0.3)
    with opened(request.getfixturevalue("server"), lin) as line:
        streams = (pair.stream, lin.stream, lin.organization.stream)
        heads = {str(stream): head_of(stream)[1] for stream in streams}
        beat = line.next("heartbeat")
        assert (beat["epoch"], beat["count"], beat["sum"]) == (1, 3, sum(heads.values()))
        assert line.next("heartbeat")["heads"] == {}
        message = say(pair, lin)
        moved = line.until(lambda frame: frame["type"] == "heartbeat" and frame["heads"] != {})
        assert moved["heads"] == {str(pair.stream): message.version}


# ── two companies ──


def test_two_companies_hear_nothing_of_one_another(
    server: Server, pair: Conversation, lin: Member, wei: Member, ana: Member, ben: Member
) -> None:
    from chat.actions.conversations import start_direct

    theirs = start_direct(by=ana, other=ben)
    with opened(server, wei) as ours, opened(server, ben) as stranger:
        stranger.send(type="conversation.open", conversation=pair.pk)
        stranger.send(type="presence.watch", members=[lin.pk, wei.pk, ana.pk])
        assert set(stranger.next("presence")["members"]) == {str(ana.pk)}
        stranger.send(type="typing", conversation=pair.pk, is_typing=True)
        ours.send(type="conversation.open", conversation=pair.pk)
        say(pair, lin, "in our house")
        say(theirs, ana, "in theirs")
        with opened(server, lin) as typist:
            typist.send(type="typing", conversation=pair.pk, is_typing=True)
            assert ours.next("typing")["member"] == lin.pk
        heard = json.dumps(stranger.hears_within(0.5), ensure_ascii=False)
        assert "in theirs" in heard
        assert "in our house" not in heard
        assert '"typing"' not in heard
        foreign, missing = stranger.post(pair.pk, "hello?"), stranger.post(2**40, "hello?")
        assert (foreign["status"], foreign["body"]) == (missing["status"], missing["body"])
        assert foreign["status"] == 404


# ── typing and presence ──


def test_typing_reaches_those_who_have_it_open_and_take_part(
    server: Server, group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    outsider = newcomer(lin.organization)
    with ExitStack() as stack:
        typist, looking, elsewhere, curious = (
            stack.enter_context(opened(server, member)) for member in (lin, wei, zhao, outsider)
        )
        for line in (typist, looking, curious):
            line.send(type="conversation.open", conversation=group.pk)
        looking.send(type="presence.watch", members=[])
        looking.next("presence")
        typist.send(type="typing", conversation=group.pk, is_typing=True)
        shown = looking.next("typing")
        assert shown == {"type": "typing", "conversation": group.pk, "member": lin.pk, "is_typing": True}
        typist.send(type="typing", conversation=group.pk, is_typing=False)
        assert looking.next("typing")["is_typing"] is False
        curious.send(type="typing", conversation=group.pk, is_typing=True)
        looking.send(type="conversation.open", conversation=None)
        looking.send(type="presence.watch", members=[])
        looking.next("presence")
        typist.send(type="typing", conversation=group.pk, is_typing=True)
        for line in (typist, looking, elsewhere, curious):
            assert [frame for frame in line.hears_within(0.3) if frame["type"] == "typing"] == []


def test_a_program_that_may_only_read_cannot_pretend_to_type(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, lin, "chat:read") as reader, opened(server, wei) as line:
        line.send(type="conversation.open", conversation=pair.pk)
        reader.send(type="typing", conversation=pair.pk, is_typing=True)
        assert reader.post(pair.pk, "早")["status"] == 403
        assert [frame for frame in line.hears_within(0.3) if frame["type"] == "typing"] == []


def test_presence_is_shown_to_those_who_look_and_follows_the_people(
    server: Server, lin: Member, wei: Member, zhao: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "GRACE", 0.3)
    with opened(server, lin) as line:
        line.send(type="presence.watch", members=[wei.pk, zhao.pk, 2**40])
        assert line.next("presence")["members"] == {str(wei.pk): "offline", str(zhao.pk): "offline"}
        with opened(server, wei) as other:
            assert line.next("presence")["members"] == {str(wei.pk): "online"}
            other.send(type="presence.set", state="away")
            assert line.next("presence")["members"] == {str(wei.pk): "away"}
            with opened(server, wei):
                assert line.next("presence")["members"] == {str(wei.pk): "online"}
            # The screen that was looked at is gone; the other one was turned away from.
            assert line.next("presence")["members"] == {str(wei.pk): "away"}
        assert line.next("presence")["members"] == {str(wei.pk): "offline"}


def test_who_reloads_the_page_has_not_gone(server: Server, lin: Member, wei: Member) -> None:
    with opened(server, lin) as line:
        with opened(server, wei):
            line.send(type="presence.watch", members=[wei.pk])
            line.next("presence")
        with opened(server, wei):
            heard = [frame["members"] for frame in line.hears_within(0.6) if frame["type"] == "presence"]
            assert {str(wei.pk): "offline"} not in heard


# ── saying ──


def test_a_post_by_socket_is_answered_as_by_rest(server: Server, pair: Conversation, lin: Member) -> None:
    program = program_of(lin)
    path = f"/api/v1/orgs/lakeside/conversations/{pair.pk}/messages"
    key = str(uuid4())
    with opened(server, lin) as line:
        by_socket = line.post(pair.pk, "早", key)
        by_rest = program.post(path, {"key": key, "text": "早"}, content_type="application/json")
        assert (by_socket["status"], by_socket["body"]) == (by_rest.status_code, by_rest.json())
        for text in ("晚", "", "x" * 20_001):
            by_socket = line.post(pair.pk, text, key)
            by_rest = program.post(path, {"key": key, "text": text}, content_type="application/json")
            assert (by_socket["status"], by_socket["body"]) == (by_rest.status_code, by_rest.json())


def test_a_refused_character_is_answered_and_the_socket_goes_on(
    server: Server, pair: Conversation, lin: Member
) -> None:
    with opened(server, lin) as line:
        for character in ("\x00", "\ud800", "\u202e"):
            answer = line.post(pair.pk, f"pay{character}ment")
            assert answer["status"] == 400
            assert answer["body"]["errors"][0]["field"] == "text"
        assert line.post(pair.pk, "早")["status"] == 201


def test_a_wrong_field_is_named(server: Server, pair: Conversation, lin: Member) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"conversation": "7"}, "conversation"),
        ({"conversation": 2**63}, "conversation"),
        ({"key": "not a uuid"}, "key"),
        ({"key": None}, "key"),
        ({"text": 7}, "text"),
        ({"sender": 1}, "sender"),
    ]
    right = {"type": "message.post", "id": "1", "conversation": pair.pk, "key": str(uuid4()), "text": "早"}
    with opened(server, lin) as line:
        for frame, field in wrong:
            line.send(**{**right, **frame})
            answer = line.next("answer")
            assert (answer["status"], [error["field"] for error in answer["body"]["errors"]]) == (400, [field])


def test_sixty_four_at_once_are_stored_in_their_order_and_answered_each(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, lin) as line, opened(server, wei) as other:
        for number in range(64):
            line.send(type="message.post", id=f"{number}", conversation=pair.pk, key=str(uuid4()), text=f"{number}")
        answers = [line.next("answer") for _ in range(64)]
        texts: list[str] = []
        while len(texts) < 64:
            texts += [change["object"]["text"] for change in other.next("changes")["changes"]]
    assert [answer["id"] for answer in answers] == [f"{number}" for number in range(64)]
    assert [answer["body"]["seq"] for answer in answers] == list(range(1, 65))
    assert texts == [f"{number}" for number in range(64)]


def test_one_bad_post_in_a_batch_does_not_hurt_the_others(server: Server, pair: Conversation, lin: Member) -> None:
    with opened(server, lin) as line:
        for number in range(9):
            where = 2**40 if number == 4 else pair.pk
            line.send(type="message.post", id=f"{number}", conversation=where, key=str(uuid4()), text=f"{number}")
        assert [line.next("answer")["status"] for _ in range(9)] == [201, 201, 201, 201, 404, 201, 201, 201, 201]


# ── bad manners: it alone is closed ──


JUNK = [
    "",
    "hello",
    "[]",
    "7",
    "null",
    '"heads"',
    "{}",
    '{"type":7}',
    '{"type":"unknown"}',
    '{"type":"unknown","id":"1"}',
    '{"type":"message.post"}',
    '{"type":"message.post","id":7}',
    '{"type":"message.post","id":""}',
    '{"type":"message.post","id":"' + "1" * 65 + '"}',
    '{"type":"typing","conversation":"7","is_typing":true}',
    '{"type":"typing","conversation":7,"is_typing":1}',
    '{"type":"typing","conversation":-1,"is_typing":true}',
    '{"type":"conversation.open","conversation":"7"}',
    '{"type":"presence.watch","members":7}',
    '{"type":"presence.watch","members":["7"]}',
    '{"type":"presence.watch","members":[true]}',
    '{"type":"presence.set","state":"busy"}',
    "[" * 30_000,
    '{"type":NaN}',
    '{"type":1e9999}',
    '{"type":"conversation.open","conversation":' + "9" * 5000 + "}",
    '{"type":["heads"]}',
]


def test_junk_closes_the_socket_that_sent_it(server: Server, lin: Member) -> None:
    secret = token_of(lin)
    with opened(server, lin) as other:
        for text in JUNK:
            with opened(server, lin, token=secret) as line:
                line.socket.send(text)
                assert line.closed_with() == 4400, text[:80]
        other.send(type="heads")
        other.next("hello")


def test_more_than_two_hundred_cannot_be_watched(server: Server, lin: Member) -> None:
    with opened(server, lin) as line:
        line.send(type="presence.watch", members=list(range(1, 201)))
        line.next("presence")
        line.send(type="presence.watch", members=list(range(1, 202)))
        assert line.closed_with() == 4400


def test_binary_is_not_understood(server: Server, lin: Member) -> None:
    with opened(server, lin) as line:
        line.socket.send(b"\x00\x01")
        assert line.closed_with() == 1003


def test_a_frame_has_at_most_64_kib(server: Server, lin: Member) -> None:
    for size in (64 * 1024 + 1, 10 * 1024 * 1024):
        with opened(server, lin) as line:
            with suppress(ConnectionClosed):
                line.socket.send("x" * size)
            assert line.closed_with() in (1009, 1006)


def test_64_kib_are_taken(server: Server, pair: Conversation, lin: Member) -> None:
    frame = {"type": "message.post", "id": "1", "conversation": pair.pk, "key": str(uuid4()), "text": "x"}
    room = 64 * 1024 - len(json.dumps(frame)) + 1
    with opened(server, lin) as line:
        line.send(**{**frame, "text": "x" * room})
        assert line.next("answer")["status"] == 400


def test_a_flood_closes_who_floods_and_nobody_else(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    with opened(server, lin) as line, opened(server, wei) as other:
        with suppress(ConnectionClosed):
            for _ in range(2_000):
                line.send(type="conversation.open", conversation=None)
        assert line.closed_with() == 4009
        assert other.post(pair.pk, "早")["status"] == 201


def test_who_does_not_read_is_closed_and_nobody_waits_for_them(
    server: Server,
    pair: Conversation,
    lin: Member,
    wei: Member,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(connection, "QUEUED_CHARACTERS", 500_000)
    with opened(server, lin) as reader, deaf(server, wei):
        [sleeper] = hub.connections[wei.pk]
        largest, slowest, heard = 0, 0.0, 0
        for number in range(150):
            if sleeper.close_code is not None:
                break
            began = time.monotonic()
            answers = post_messages([Post(pair.pk, wei.pk, uuid4(), f"{number} " + "湖" * 19_000)])
            assert isinstance(answers[0], Message)
            reader.change("message.posted")
            slowest = max(slowest, time.monotonic() - began)
            largest, heard = max(largest, sleeper.size), heard + 1
        assert sleeper.close_code == 4008
        assert largest <= 500_000
        assert sleeper.size == 0
        assert slowest < 1.5
        deadline = time.monotonic() + 5
        while wei.pk in hub.connections and time.monotonic() < deadline:
            time.sleep(0.02)
        assert wei.pk not in hub.connections
        assert [record for record in caplog.records if record.levelname == "ERROR"] == []
        say(pair, lin, "and on it goes")
        assert reader.change("message.posted")["object"]["text"] == "and on it goes"


def test_an_answer_that_nobody_waits_for_stops_no_other(server: Server, pair: Conversation, lin: Member) -> None:
    """A server stopped while a post was on its way; its loop is closed when the answer comes."""

    def to_a_closed_loop(_status: int, _body: dict[str, Any]) -> None:
        raise RuntimeError("Event loop is closed")

    waiting = intake("message.post")
    assert waiting is not None
    with opened(server, lin) as line:
        [screen] = hub.connections[lin.pk]
        waiting.put((screen.identity, {"conversation": pair.pk, "key": str(uuid4()), "text": "早"}, to_a_closed_loop))
        assert line.post(pair.pk, "早上好")["status"] == 201


def deaf(server: Server, member: Member) -> sockets.socket:
    """A client that shakes hands, and then never reads again."""
    client = sockets.socket()
    client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    client.connect((server.host, server.port))
    client.sendall(
        f"GET /ws/v1/orgs/lakeside/ HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bGFrZXNpZGUgdGVzdHMhIQ==\r\n"
        f"Authorization: Bearer {token_of(member)}\r\n\r\n".encode()
    )
    assert client.recv(12) == b"HTTP/1.1 101"
    deadline = time.monotonic() + 5
    while not hub.connections.get(member.pk):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return client
