"""How frames leave one socket: at once where the line is free, in their order where it isn't, and never without bound."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from chat.models import Conversation
from orgchart.models import Member
from realtime.connection import QUEUED_CHARACTERS, QUEUED_FRAMES, Connection, frame
from realtime.gate import Pass
from tests.conftest import Server
from tests.realtime.line import opened
from workspace.server import SocketProtocol


class Wire:
    """What a server's `write` leads to: full or not."""

    def __init__(self, screen: Connection) -> None:
        self.is_full = False
        self.sent: list[bytes] = []
        screen.write = self.write

    def write(self, framed: bytes) -> bool:
        if not self.is_full:
            self.sent.append(framed)
        return not self.is_full


@pytest.fixture
def screen() -> Connection:
    return Connection(Pass(1, 1, 1, "session:1"))


def read(framed: bytes) -> str:
    """What a client makes of the bytes."""
    reader = StreamReader()
    reader.feed_data(framed)
    with pytest.raises(StopIteration) as end:
        next(Frame.parse(reader.read_exact, mask=False, max_size=2**24))
    assert (end.value.value.opcode, end.value.value.fin) == (Opcode.TEXT, True)
    return bytes(end.value.value.data).decode()


@pytest.mark.parametrize("text", ["", "早", "x" * 125, "x" * 126, "x" * 65_535, "x" * 65_536])
def test_a_frame_reads_as_its_text(text: str) -> None:
    assert read(frame(text)) == text


def test_a_free_line_is_written_at_once_with_the_frame_that_was_made_for_all(screen: Connection) -> None:
    wire, framed = Wire(screen), frame("for all")
    screen.push("for all", framed)
    screen.push("for one")
    assert wire.sent[0] is framed
    assert [read(sent) for sent in wire.sent] == ["for all", "for one"]
    assert (screen.take(), screen.wake.is_set()) == ("", False)


def test_nothing_overtakes_what_waits(screen: Connection) -> None:
    wire = Wire(screen)
    wire.is_full = True
    screen.push("first")
    wire.is_full = False
    screen.push("second")
    assert (wire.sent, screen.wake.is_set()) == ([], True)
    assert screen.take() == "first\nsecond"


def test_nothing_overtakes_what_is_being_sent(screen: Connection) -> None:
    wire = Wire(screen)
    screen.is_sending = True
    screen.push("later")
    assert (wire.sent, screen.take()) == ([], "later")


def test_a_closed_socket_writes_nothing_more(screen: Connection) -> None:
    wire = Wire(screen)
    screen.close(4001)
    screen.push("secret")
    assert (wire.sent, screen.take()) == ([], "")


def test_a_queue_is_bounded_by_its_frames(screen: Connection) -> None:
    for _ in range(QUEUED_FRAMES):
        screen.push("x")
    assert (len(screen.frames), screen.close_code) == (QUEUED_FRAMES, None)
    screen.push("x")
    assert (len(screen.frames), screen.close_code) == (0, 4008)
    screen.push("x")
    assert len(screen.frames) == 0


def test_a_queue_is_bounded_by_its_characters(screen: Connection) -> None:
    screen.push("x" * QUEUED_CHARACTERS)
    assert screen.close_code is None
    screen.push("x")
    assert (screen.size, screen.close_code) == (0, 4008)


def test_what_waits_leaves_as_one_text_a_line_each(screen: Connection) -> None:
    for text in ("a", "b"):
        screen.push(text)
    assert screen.take() == "a\nb"
    assert (screen.take(), screen.size) == ("", 0)


def test_the_first_reason_to_close_stands(screen: Connection) -> None:
    closed = []
    screen.on_close = lambda: closed.append(screen.close_code)
    screen.close(4001)
    screen.close(4008)
    assert closed == [4001]


@pytest.mark.django_db(transaction=True)
@pytest.mark.embedded
@pytest.mark.parametrize("has_door", [True, False], ids=["uvicorn's door", "plain ASGI"])
def test_a_live_socket_hears_everything_in_order_with_the_server_s_door_and_without(
    server: Server, group: Conversation, lin: Member, monkeypatch: pytest.MonkeyPatch, has_door: bool
) -> None:
    through_the_door: list[str] = []
    write = SocketProtocol.write

    def watched(self: SocketProtocol, framed: bytes) -> bool:
        is_written = has_door and write(self, framed)
        if is_written:
            through_the_door.append(read(framed))
        return is_written

    monkeypatch.setattr(SocketProtocol, "write", watched)
    with opened(server, lin, "chat:read", "chat:write") as line:
        answers = [line.post(group.pk, f"{number}") for number in range(5)]
        seqs = [answer["body"]["seq"] for answer in answers]
        assert seqs == list(range(seqs[0], seqs[0] + 5))
        line.send(type="heads")
        line.next("hello")
    said: list[dict[str, Any]] = [json.loads(text) for text in through_the_door]
    assert [frame["body"]["seq"] for frame in said if frame["type"] == "answer"] == (seqs if has_door else [])
