"""Typing and presence over the socket: told to those who look, and kept nowhere."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import ExitStack
from threading import Event

import pytest

from chat.models import Conversation
from orgchart.models import Member
from realtime import hints, presence, socket
from realtime.gate import gate
from tests.cast import newcomer
from tests.conftest import Server
from tests.realtime.line import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


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


def test_who_looks_for_others_again_and_again_is_answered_once_a_second(
    server: Server, lin: Member, wei: Member
) -> None:
    with opened(server, lin) as line:
        line.send(type="presence.watch", members=[wei.pk])
        line.next("presence")
        began = time.monotonic()
        for members in ([lin.pk], [lin.pk, wei.pk], [lin.pk]):
            line.send(type="presence.watch", members=members)
        assert set(line.next("presence")["members"]) == {str(lin.pk)}
        assert time.monotonic() - began > socket.WATCH_PAUSE * 0.9


def test_who_types_like_nobody_can_is_told_of_as_somebody_who_types(
    server: Server, pair: Conversation, lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    send = hints.send

    def listen(hint: hints.Hint) -> None:
        if "typing" in hint:
            told.append(hint["typing"]["is_typing"])
        send(hint)

    monkeypatch.setattr(hints, "send", listen)
    with opened(server, lin) as typist:
        for _time in range(20):
            typist.send(type="typing", conversation=pair.pk, is_typing=True)
            typist.send(type="typing", conversation=pair.pk, is_typing=False)
        assert typist.post(pair.pk, "behind all of them")["status"] == 201
    assert told == [True, False] * socket.TYPING_BURST


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


def test_of_a_flood_of_lists_to_watch_only_the_newest_is_looked_at_after_the_one_under_way(
    monkeypatch: pytest.MonkeyPatch, server: Server, lin: Member, wei: Member
) -> None:
    looked, all_were_read = list[list[int]](), Event()
    visible = gate.visible_members

    def slowly(viewer: int, members: Collection[int]) -> set[int]:
        looked.append(list(members))
        assert all_were_read.wait(10)
        return visible(viewer, members)

    monkeypatch.setattr(gate, "visible_members", slowly)
    with opened(server, lin) as line:
        for number in range(100):
            line.send(type="presence.watch", members=[2**40 + number])
        line.send(type="presence.watch", members=[wei.pk])
        line.send(type="heads")
        line.next("hello")
        all_were_read.set()
        assert line.until(lambda frame: frame.get("members") == {str(wei.pk): "offline"})
    assert len(looked) <= 2
    assert looked[-1] == [wei.pk]
