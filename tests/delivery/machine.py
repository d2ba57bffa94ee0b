"""The real service under the model: real actions, rights, sync, history and hub, over a network that loses, doubles and reorders.

Everything runs on one database connection inside one transaction, so that a backup is a savepoint and a restore goes back to it.
Threads, sockets and real crashes are tested elsewhere (tests/realtime, tests/chat/test_concurrency.py, `make prove`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from unittest.mock import patch
from uuid import UUID, uuid5

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chat import frames as chat_frames
from chat import history, policies, streams
from chat.actions.conversations import switch_history
from chat.actions.mending import edit_message, recall_message
from chat.actions.participants import add_participants, remove_participant
from chat.models import Conversation, Message, Participant
from orgchart.models import Member
from realtime import clearing, sync_frames
from realtime.connection import Connection
from realtime.gate import Knock, Pass, Refusal
from realtime.hub import Hub
from realtime.mailbox import Arrival
from realtime.models import Installation, StreamHead
from realtime.reading import heads
from realtime.streams import Stream
from tests.delivery.device import JSON, Device, Unreachable
from tests.delivery.model import Model, Said
from wire.problems import Problem

PEOPLE = ["lin", "wei", "zhao"]
KEYS = UUID("6c616b65-7369-4465-8000-000000000000")
people = st.sampled_from(PEOPLE)
# How the requests of one act fare, in their order; after that the network works.
weather = st.lists(st.sampled_from(["good", "good", "request lost", "answer lost"]), max_size=3)


@dataclass(frozen=True)
class Stage:
    """Who plays: made once a test, and as it was again before every run. lin owns the group, wei takes part, zhao does not yet."""

    members: dict[str, Member]
    session_keys: dict[str, str]
    conversation: Conversation


class AtOnce:
    """An event loop that does at once what it is asked."""

    def call_soon_threadsafe(self, call: Callable[..., None], *arguments: Any) -> None:
        call(*arguments)

    def is_closed(self) -> bool:
        return False


class Unseen:
    """No presence: it would tell Redis, from threads."""

    def here(self, *_arguments: object) -> None: ...
    def gone(self, *_arguments: object) -> None: ...
    def refresh(self, *_arguments: object) -> None: ...


class Screen(Device):
    """A device with its socket, and a network that can fail it."""

    connection: Connection | None = None
    frames: list[JSON]


class DeliveryMachine(RuleBasedStateMachine):
    """Each rule is something that people, the network or the machine room do; the invariants and `heal` say what must hold."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.beginning = transaction.savepoint()
        conversation = self.stage.conversation
        self.conversation = Conversation.objects.get(pk=conversation.pk)
        self.model = Model(stays={"lin": [[1, None]], "wei": [[1, None]]}, messages={1: Said("lin", None, "")})
        self.hub = Hub()
        self.hub.loop, self.hub.presence = AtOnce(), Unseen()  # type: ignore[assignment]
        self.screens = [
            Screen(
                self,
                person,
                member=self.stage.members[person].pk,
                conversation=conversation.pk,
                limit=streams.WINDOW,
            )
            for person in ("lin", "wei", "wei", "zhao")
        ]
        self.passes: dict[str, Pass] = {}
        self.bus: list[dict[Stream, int]] = []
        self.acknowledged: dict[str, tuple[str, str]] = {}
        self.saved: tuple[str, Model, dict[str, tuple[str, str]]] | None = None
        self.number = 0
        self.is_sound = True
        self.weather: list[str] = []
        self.told = self.heads()
        for screen in self.screens:
            screen.frames = []
            self.connect(screen)

    def teardown(self) -> None:
        """However the run went, it must heal in the end, unless the server itself is broken: that was said already."""
        try:
            if self.is_sound:
                self.heal()
        finally:
            transaction.savepoint_rollback(self.beginning)

    # ── what people do ──

    @rule(person=people, count=st.integers(1, 3))
    def post_some(self, person: str, count: int) -> None:
        for _ in range(count):
            self.post(person)

    def post(self, person: str) -> None:
        self.number += 1
        key, text = f"k{self.number}", f"m{self.number}"
        seq = self.model.post(person, key, text)
        status, body = self.send(person, key, text)
        assert status == (404 if seq is None else 201), body
        if seq is not None:
            assert body["seq"] == seq
            self.acknowledged[key] = (person, text)
        self.note_hints()

    @precondition(lambda self: self.acknowledged)
    @rule(data=st.data())
    def post_again(self, data: st.DataObject) -> None:
        """The answer was lost on its way: the client tries again, as often as it likes."""
        self.retry(data.draw(st.sampled_from(sorted(self.acknowledged))))

    def retry(self, key: str) -> None:
        person, text = self.acknowledged[key]
        status, body = self.send(person, key, text)
        assert (status, body.get("seq")) == (201, self.model.post(person, key, text)), "DUP: a retry is another message"
        self.note_hints()

    @precondition(lambda self: self.model.mendable())
    @rule(data=st.data(), is_recall=st.booleans())
    def mend(self, data: st.DataObject, *, is_recall: bool) -> None:
        self.mend_one(data.draw(st.sampled_from(self.model.mendable())), is_recall=is_recall)

    def mend_one(self, seq: int, *, is_recall: bool = False) -> None:
        by = self.stage.members[self.model.messages[seq].sender]
        message = Message.objects.get(conversation=self.conversation, seq=seq)
        if is_recall:
            self.model.recall(seq)
            recall_message(conversation=self.conversation, message_id=message.pk, by=by)
        else:
            self.number += 1
            self.model.edit(seq, f"e{self.number}")
            edit_message(conversation=self.conversation, message_id=message.pk, by=by, text=f"e{self.number}")
        self.note_hints()

    @rule(person=people)
    def join_or_leave(self, person: str) -> None:
        member, present = self.stage.members[person], self.model.present()
        if person not in present:
            self.model.join(person, by=present[0])
            by = self.stage.members[present[0]]
            add_participants(conversation=self.conversation, members=[member], by=by)
        elif len(present) > 1:
            self.model.leave(person)
            remove_participant(conversation=self.conversation, member=member, by=member)
        self.note_hints()

    @rule(mode=st.sampled_from(["all", "join"]))
    def switch_history(self, mode: str) -> None:
        owner = Participant.objects.get(conversation=self.conversation, role="owner", is_active=True)
        if mode == "all" and not policies.can_open_past(owner):
            return
        self.model.switch_history(mode, by="lin")
        switch_history(conversation=self.conversation, by=owner.member, history_mode=mode)
        self.note_hints()

    # ── what the network does ──

    @precondition(lambda self: self.bus)
    @rule(data=st.data(), fate=st.sampled_from(["delivered", "delivered", "lost", "doubled"]))
    def a_hint_moves(self, data: st.DataObject, fate: str) -> None:
        """In any order, once, twice or never."""
        hint = self.bus.pop(data.draw(st.integers(0, len(self.bus) - 1)))
        for _ in range({"lost": 0, "delivered": 1, "doubled": 2}[fate]):
            self.hub._deliver(hint)
            self.prove_frames()

    @rule()
    def all_hints_are_lost(self) -> None:
        self.bus.clear()

    @rule()
    def all_hints_arrive(self) -> None:
        while self.bus:
            self.hub._deliver(self.bus.pop(0))
        self.prove_frames()

    @rule()
    def beat(self) -> None:
        self.hub._beat()
        self.prove_frames()

    @rule(number=st.integers(0, 3), count=st.integers(1, 4), weather=weather)
    def a_screen_reads(self, number: int, count: int, weather: list[str]) -> None:
        """Some of what waits in its socket, in order; the REST requests that this causes may fail."""
        self.read(self.screens[number], count, weather)

    @rule(number=st.integers(0, 3))
    def a_socket_breaks_or_comes_back(self, number: int) -> None:
        """What it had not read is lost."""
        screen = self.screens[number]
        if screen.connection is None:
            self.connect(screen)
        else:
            self.hub._forget([screen.connection])
            screen.connection, screen.frames = None, []

    @rule(number=st.integers(0, 3))
    def a_page_is_reloaded(self, number: int) -> None:
        """The browser forgets everything, and begins with the newest window."""
        screen = self.screens[number]
        if screen.connection is not None:
            self.a_socket_breaks_or_comes_back(number)
        for stream in list(screen.cursors):
            screen.forget(stream)
        screen.asked.clear()
        self.connect(screen)
        self.read(screen, 1, [])

    @precondition(lambda self: any(screen.low > 1 for screen in self.screens))
    @rule(data=st.data())
    def a_screen_asks_for_history(self, data: st.DataObject) -> None:
        """The page is read now, and arrives some time."""
        data.draw(st.sampled_from([screen for screen in self.screens if screen.low > 1])).ask_history()

    @precondition(lambda self: any(screen.asked for screen in self.screens))
    @rule(data=st.data(), weather=weather, is_doubled=st.booleans())
    def a_page_arrives(self, data: st.DataObject, weather: list[str], *, is_doubled: bool) -> None:
        screen = data.draw(st.sampled_from([screen for screen in self.screens if screen.asked]))
        number = data.draw(st.integers(0, len(screen.asked) - 1))
        if is_doubled:
            screen.asked.append(screen.asked[number])
        self.weather = weather
        try:
            screen.page_arrives(number)
        except Unreachable:
            # What the page said may be old by now, and nothing says so later: it is not shown.
            self.reload(screen)
        self.weather = []

    # ── what the machine room does ──

    @rule()
    def back_up(self) -> None:
        self.saved = (transaction.savepoint(), self.model.copy(), dict(self.acknowledged))

    @precondition(lambda self: self.saved)
    @rule()
    def restore(self) -> None:
        """As `manage.py restore` does: everything is as it was then, and the epoch is a new one."""
        assert self.saved is not None
        epoch = Installation.objects.get(pk=1).epoch
        savepoint, model, acknowledged = self.saved
        transaction.savepoint_rollback(savepoint)
        Installation.objects.filter(pk=1).update(epoch=epoch + 1)
        self.model, self.acknowledged = model.copy(), dict(acknowledged)
        self.conversation.refresh_from_db()
        self.bus, self.told = [], self.heads()

    # ── what must hold ──

    @invariant()
    def the_server_holds_what_was_said(self) -> None:
        self.is_sound = False
        rows = Message.objects.filter(conversation=self.conversation).order_by("seq")
        stored = {seq: (key, text) for seq, key, text in rows.values_list("seq", "key", "text")}
        head = StreamHead.objects.get(kind="conversation", object_id=self.conversation.pk).seq
        assert sorted(stored) == list(range(1, head + 1)), "GAP: numbers are not contiguous"
        assert len({key for key, _text in stored.values()}) == len(stored), "DUP: one key, two messages"
        keys = {key for key, _text in stored.values()}
        assert all(uuid5(KEYS, key) in keys for key in self.acknowledged), "LOST: an acknowledged message is gone"
        assert {seq: text for seq, (_key, text) in stored.items()} == {
            seq: said.text for seq, said in self.model.messages.items()
        }
        self.is_sound = True

    @rule()
    def heal(self) -> None:
        """A network that works and one heartbeat, no hint: every screen shows what the person sees."""
        self.weather = []
        for screen in self.screens:
            if screen.connection is None:
                self.connect(screen)
        self.hub._beat()
        self.prove_frames()
        for screen in self.screens:
            while screen.frames:
                self.read(screen, len(screen.frames), [])
            shown = {seq: text for seq, text in self.model.shown_to(screen.person).items() if seq >= screen.low}
            assert screen.texts() == shown, f"HEAL: {screen.person} has {screen.texts()}, the server shows {shown}"

    # ── how ──

    def send(self, person: str, key: str, text: str) -> tuple[int, JSON]:
        """By the socket's own way in."""
        frame = {"conversation": self.conversation.pk, "key": str(uuid5(KEYS, key)), "text": text}
        [(status, body)] = chat_frames.post([(self.passes[person], frame)])
        return status, json.loads(body)

    def connect(self, screen: Screen) -> None:
        arrival = Arrival(Knock(self.stage.session_keys[screen.person], None, "lakeside"))
        self.hub._admit([arrival])
        connection = arrival.answer.result()
        assert not isinstance(connection, Refusal)
        screen.connection = connection
        self.passes[screen.person] = connection.identity
        self.prove_frames()

    def reload(self, screen: Screen) -> None:
        """A client that can't finish taking in a page starts its window over, at the next heartbeat."""
        screen.forget(screen.talk)

    def read(self, screen: Screen, count: int, weather: list[str]) -> None:
        self.weather = list(weather)
        for _ in range(min(count, len(screen.frames))):
            frame = screen.frames.pop(0)
            try:
                screen.hear(frame, lambda: self.greet_again(screen))
            except Unreachable:
                continue
        self.weather = []

    def greet_again(self, screen: Screen) -> None:
        if screen.connection is not None:
            self.hub._greet_again([screen.connection])
            self.prove_frames()

    def prove_frames(self) -> None:
        """Take what the hub put into the sockets; at this moment everybody may see what they are handed."""
        for screen in self.screens:
            if screen.connection is not None and screen.connection.frames:
                for line in screen.connection.take().split("\n"):
                    frame = json.loads(line)
                    self.prove(screen.person, [change["object"] for change in frame.get("changes", ())])
                    screen.frames.append(frame)

    def prove(self, person: str, objects: list[JSON]) -> None:
        for shown in objects:
            if shown["type"] == "message":
                assert self.model.sees(person, shown["seq"]), f"SAFE: {person} was handed message {shown['seq']}"

    def sync(self, person: str, stream: str, cursor: str | None) -> JSON | None:
        fate = self.weather.pop(0) if self.weather else "good"
        if fate == "request lost":
            raise Unreachable
        frame = {"stream": stream, "cursor": cursor} if cursor else {"stream": stream}
        [(status, body)] = sync_frames.answer([(self.passes[person], frame)])
        assert status in {200, 404}, body
        answer = json.loads(body) if status == 200 else None
        if answer is not None:
            self.prove(person, [change["object"] for change in answer["changes"]])
        if fate == "answer lost":
            raise Unreachable
        return answer

    def page(self, person: str, before: int | None) -> JSON | None:
        member = self.stage.members[person]
        try:
            answer = history.page(self.conversation, member=member, limit=2, before=before)
        except Problem as problem:
            if problem.status != 404:
                raise
            return None
        self.prove(person, answer["messages"])
        return answer

    def heads(self) -> dict[Stream, int]:
        own = [member.stream for member in self.stage.members.values()]
        return heads([self.conversation.stream, *own])

    def note_hints(self) -> None:
        """What the commit of this act would have told the hubs."""
        now = self.heads()
        moved = {stream: version for stream, version in now.items() if version > self.told[stream]}
        self.told = now
        if moved:
            self.bus.append(moved)


class ClearedMachine(DeliveryMachine):
    """The same where old changes are cleared away. Apart, because who starts over is healed of what a wrong variant did."""

    @rule(count=st.integers(1, 6))
    def old_changes_are_cleared(self, count: int) -> None:
        """The oldest ones of each stream, as if they were older than what is kept."""
        with patch.multiple(clearing, KEPT=timedelta(days=-1), CHANGES_AT_ONCE=count):
            clearing.clear_old_changes()
