"""Catching up on the socket: the answers are those of REST."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import uuid4

import pytest

from accounts.actions.tokens import revoke_token
from accounts.models import AccessToken
from chat.actions.participants import remove_participant
from chat.models import Conversation
from orgchart.models import Member
from realtime import failpoints, sync_frames
from realtime.gate import Pass
from realtime.intake import intake
from tests.cast import program_of, token_of
from tests.chat.talk import say, say_many
from tests.conftest import Server
from tests.realtime.line import Line, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

SYNC = "/api/v1/orgs/lakeside/sync"


def asked(line: Line, stream: Any, **rest: Any) -> tuple[int, dict[str, Any]]:
    """The answer's status and body."""
    id = uuid4().hex
    line.send(type="stream.sync", id=id, stream=stream, **rest)
    answer = line.until(lambda frame: frame["type"] == "answer" and frame["id"] == id)
    return answer["status"], answer["body"]


def test_a_sync_by_socket_is_answered_as_by_rest(
    server: Server, pair: Conversation, group: Conversation, lin: Member, wei: Member
) -> None:
    program = program_of(lin)
    remove_participant(conversation=group, member=lin, by=lin)
    cursor = program.get(f"{SYNC}/{pair.stream}").json()["cursor"]
    say_many(pair, wei, 3)
    with opened(server, lin) as line:
        for stream in (pair.stream, lin.stream, lin.organization.stream, group.stream, wei.stream, "planet:1", "7"):
            for query in ({}, {"cursor": cursor}, {"cursor": "x"}):
                by_rest = program.get(f"{SYNC}/{stream}", query)
                assert asked(line, str(stream), **query) == (by_rest.status_code, by_rest.json()), (stream, query)
        status, body = asked(line, str(pair.stream), cursor=cursor)
    assert (status, [change["object"]["text"] for change in body["changes"]]) == (200, ["1", "2", "3"])


def test_a_wrong_field_is_named(server: Server, pair: Conversation, lin: Member) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"stream": 7}, "stream"),
        ({"stream": None}, "stream"),
        ({"cursor": 7}, "cursor"),
        ({"cursor": None}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "1.1.1~" + "9" * 19}, "cursor"),
        ({"since": 1}, "since"),
    ]
    with opened(server, lin) as line:
        for frame, field in wrong:
            status, body = asked(line, **{"stream": str(pair.stream), **frame})
            assert (status, [error["field"] for error in body["errors"]]) == (400, [field]), frame


def test_many_who_ask_together_are_answered_each(server: Server, pair: Conversation, lin: Member) -> None:
    say_many(pair, lin, 3)
    streams = [
        str(stream) for stream in (pair.stream, lin.stream, lin.organization.stream, "conversation:1099511627776")
    ]
    with opened(server, lin) as line:
        for number in range(40):
            line.send(type="stream.sync", id=str(number), stream=streams[number % 4])
        answers = [line.next("answer") for _ in range(40)]
    assert [answer["id"] for answer in answers] == [str(number) for number in range(40)]
    assert [answer["status"] for answer in answers] == [200, 200, 200, 404] * 10
    assert [answer["body"]["stream"] for answer in answers if answer["status"] == 200] == streams[:3] * 10


def test_reading_does_not_wait_for_writing(server: Server, pair: Conversation, lin: Member) -> None:
    """Whoever stores is held up; what is asked is answered."""
    entered, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        go_on.wait(10)

    with opened(server, lin) as line, failpoints.armed("before_lock", wait):
        line.send(type="message.post", id="post", conversation=pair.pk, key=str(uuid4()), text="早")
        assert entered.wait(5)
        assert asked(line, str(pair.stream))[0] == 200
        go_on.set()
        assert line.next("answer")["id"] == "post"


def test_who_was_removed_while_the_answer_is_put_together_gets_nothing(
    server: Server, group: Conversation, lin: Member, wei: Member
) -> None:
    say(group, lin, "secret")
    turns = iter([True])

    def remove_wei() -> None:
        if next(turns, False):
            remove_participant(conversation=group, member=wei, by=lin)

    with opened(server, wei) as line, failpoints.armed("content_read", remove_wei):
        assert asked(line, str(group.stream))[0] == 404


def test_a_token_that_is_revoked_while_the_answer_is_put_together_opens_nothing(
    pair: Conversation, lin: Member, wei: Member
) -> None:
    say(pair, lin, "secret")
    token_of(wei)
    token = AccessToken.objects.get()
    shown = Pass(wei.organization_id, wei.pk, wei.user_id, f"token:{token.pk}")
    frame = {"type": "stream.sync", "stream": str(pair.stream)}
    [(status, body)] = sync_frames.answer([(shown, frame)])
    assert (status, "secret" in body) == (200, True)
    with failpoints.armed("content_read", lambda: revoke_token(token=token, by=wei.user)):
        [(status, body)] = sync_frames.answer([(shown, frame)])
    assert (status, json.loads(body)["code"]) == (401, "signed_out")


def test_a_program_that_may_only_read_catches_up(server: Server, pair: Conversation, lin: Member) -> None:
    with opened(server, lin, "chat:read") as line:
        assert asked(line, str(pair.stream))[0] == 200


def test_an_answer_says_how_far_it_reaches_when_more_is_said_meanwhile(
    server: Server, pair: Conversation, lin: Member, wei: Member
) -> None:
    """The frame that overtakes it is newer, and the two versions say so."""
    with opened(server, wei) as line:
        before = asked(line, str(pair.stream))[1]["cursor"]
        first = say(pair, lin, "一")

        def say_more() -> None:
            say(pair, lin, "二")

        with failpoints.armed("content_read", say_more):
            status, page = asked(line, str(pair.stream), cursor=before)
    assert status == 200
    assert [change["object"]["text"] for change in page["changes"]] == ["一"]
    assert int(page["cursor"].rpartition("~")[2]) == first.version


def test_the_two_kinds_of_frames_have_a_queue_each() -> None:
    posting, reading = intake("message.post"), intake("stream.sync")
    assert posting is not None
    assert reading is not None
    assert posting is not reading
    assert reading is intake("stream.sync")
