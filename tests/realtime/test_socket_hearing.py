"""What the socket tells, as docs/api/socket.md promises it: changes, heads, heartbeats, and nothing of other companies."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from chat.actions.conversations import start_direct
from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import add_participants, remove_participant
from chat.models import Conversation
from orgchart.models import Member
from tests.cast import newcomer, program_of, token_of
from tests.chat.talk import head_of, say
from tests.conftest import Server
from tests.realtime.line import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


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


def test_a_token_hears_of_the_directory_only_with_its_scope(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, pair: Conversation, lin: Member
) -> None:
    monkeypatch.setattr("realtime.hub.HEARTBEAT", 0.3)
    directory, secret = lin.organization.stream, token_of(lin, "chat:read")
    server = request.getfixturevalue("server")
    with opened(server, lin) as wide, opened(server, lin, token=secret, greeted=False) as narrow:
        assert set(narrow.next("hello")["heads"]) == {str(pair.stream), str(lin.stream)}
        assert (narrow.next("heartbeat")["count"], wide.next("heartbeat")["count"]) == (2, 3)
        newcomer(lin.organization, name="梅雪")
        assert wide.change("member.changed")
        heard = narrow.hears_within(0.7)
        assert len(heard) > 1
        assert str(directory) not in json.dumps(heard)
        narrow.send(type="stream.sync", id="1", stream=str(directory))
        refused = narrow.next("answer")
    headers = {"authorization": f"Bearer {secret}"}
    by_rest = Client(headers=headers).get(f"/api/v1/orgs/lakeside/sync/{directory}")
    assert (refused["status"], refused["body"]) == (by_rest.status_code, by_rest.json())
    assert by_rest.status_code == 404


def test_two_companies_hear_nothing_of_one_another(
    server: Server, pair: Conversation, lin: Member, wei: Member, ana: Member, ben: Member
) -> None:
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
