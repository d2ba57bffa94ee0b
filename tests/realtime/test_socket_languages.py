"""Whoever is refused by the socket reads why in their own language, as by REST, whoever else is in the same batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat import frames
from chat.models import Conversation
from orgchart.gate import admit
from orgchart.models import Member
from realtime import intake
from realtime.gate import Knock, Pass
from tests.cast import browser_of, token_of
from tests.conftest import Server
from tests.realtime.line import Line, dialled
from wire.json import decode

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture
def chinese(lin: Member) -> Member:
    """lin, who chose Chinese."""
    lin.user.language = "zh-hans"
    lin.user.save()
    return lin


def words_of(body: dict[str, Any]) -> str:
    return str(body.get("detail") or body["errors"][0]["message"])


def posted(conversation: Conversation, passes: list[Pass], texts: list[str]) -> list[dict[str, Any]]:
    """What each of these is answered, all of them in one batch."""
    batch = [
        (identity, {"type": "message.post", "conversation": conversation.pk, "key": str(uuid4()), "text": text})
        for identity, text in zip(passes, texts, strict=True)
    ]
    return [decode(body) for _status, body in frames.post(batch)]


@pytest.fixture
def passes(chinese: Member, wei: Member) -> list[Pass]:
    """lin's, who reads Chinese, and wei's, whose browser asks for English."""
    cookies = [browser_of(member).cookies["lakeside_session"].value for member in (chinese, wei)]
    answers = admit([Knock(cookie, None, "lakeside", None, "en") for cookie in cookies])
    return [answer for answer in answers if isinstance(answer, Pass)]


def test_each_of_one_batch_is_told_in_their_own_language(pair: Conversation, passes: list[Pass]) -> None:
    texts = ["", "", "x" * 20_001, "x" * 20_001, "\u202e", "\u202e"]
    assert [words_of(body) for body in posted(pair, passes * 3, texts)] == [
        "请写点什么。",
        "Write something.",
        "现在有 20001 个字符，最多 20000 个。",
        "This is 20001 characters long; at most 20000 are allowed.",
        "不能使用字符 U+202E。",
        "The character U+202E is not allowed.",
    ]


def test_several_languages_cost_no_statement_more_than_one(pair: Conversation, passes: list[Pass]) -> None:
    counts = []
    for readers in (passes[:1] * 4, passes * 2):
        with CaptureQueriesContext(connection) as asked:
            posted(pair, readers, ["早", "", "hello", ""])
        counts.append(len(asked))
    assert counts[0] == counts[1]


@contextmanager
def seen_by(server: Server, browser: Client, **headers: str) -> Iterator[Line]:
    """A socket of this browser."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    with dialled(server, origin=server.url, additional_headers={"Cookie": cookies, **headers}) as line:
        line.next("hello")
        yield line


def test_a_browser_is_refused_by_socket_in_the_words_of_rest(
    server: Server, pair: Conversation, chinese: Member
) -> None:
    browser = browser_of(chinese)
    path = f"/api/v1/orgs/lakeside/conversations/{pair.pk}/messages"
    with seen_by(server, browser, **{"Accept-Language": "en"}) as line:
        for text in ("", "x" * 20_001, "pay\u202ement"):
            key = str(uuid4())
            by_rest = browser.post(
                path, {"key": key, "text": text}, content_type="application/json", headers={"Accept-Language": "en"}
            )
            assert line.post(pair.pk, text, key)["body"] == by_rest.json()
        line.send(type="stream.sync", id="1", stream=str(pair.stream), cursor="made up")
        by_rest = browser.get(f"/api/v1/orgs/lakeside/sync/{pair.stream}?cursor=made+up")
        assert line.next("answer")["body"] == by_rest.json()
        assert words_of(by_rest.json()) == "这不是这台服务器的游标。不带它可以从头开始。"


def test_who_chose_nothing_is_told_in_the_language_that_the_handshake_asks_for(
    server: Server, pair: Conversation, wei: Member
) -> None:
    browser = browser_of(wei)
    for accepted, words in (("zh-CN,zh;q=0.9,en;q=0.5", "请写点什么。"), ("de,en;q=0.5", "Write something.")):
        with seen_by(server, browser, **{"Accept-Language": accepted}) as line:
            assert words_of(line.post(pair.pk, "")["body"]) == words
    browser.cookies["lakeside_language"] = "zh-hans"
    with seen_by(server, browser, **{"Accept-Language": "en"}) as line:
        assert words_of(line.post(pair.pk, "")["body"]) == "请写点什么。"


def test_a_program_is_told_in_the_language_that_it_asks_for_whatever_its_owner_chose(
    server: Server, pair: Conversation, chinese: Member
) -> None:
    bearer = {"Authorization": f"Bearer {token_of(chinese, 'chat:read')}"}
    for accepted, words in (
        ({}, "This access token lacks the scope chat:write."),
        ({"Accept-Language": "zh"}, "这个令牌没有 chat:write 权限。"),
    ):
        with dialled(server, additional_headers={**bearer, **accepted}) as line:
            line.next("hello")
            assert words_of(line.post(pair.pk, "早")["body"]) == words


def test_what_the_server_lacks_is_said_in_the_readers_language(
    server: Server, pair: Conversation, chinese: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_posts: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(frames, "post_messages", away)
    with seen_by(server, browser_of(chinese)) as line:
        answer = line.post(pair.pk, "早")
        assert (answer["status"], words_of(answer["body"])) == (503, "数据库没有应答。请把同一帧再发一次。")
        monkeypatch.setattr(intake, "WAITING", 0)
        answer = line.post(pair.pk, "早")
        assert (answer["status"], answer["body"]["code"]) == (503, "busy")
        assert not words_of(answer["body"]).isascii()
