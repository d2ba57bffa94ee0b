"""Saying something. `post_messages` is the general form; `post_message` the case of one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import outbox.queue
from chat import changes, markup, store
from chat.models import Conversation, Message, Participant
from orgchart.models import Member
from orgchart.serializers import brief
from realtime import failpoints
from realtime.gate import Pass, gate, signed_out
from realtime.streams import Head, Heads, Stream, locked
from wire.problems import Problem, conflict, filled, invalid, missing
from wire.text import accepted

LONGEST = 20_000  # characters
LONG = 1_000  # characters from which on rendering costs more than asking for the seat


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody wants to say. `key` was made and kept by the client before its first attempt. `shown` is proved again under the lock.

    `at` is when it was said, for what is brought in from elsewhere; None means now.
    """

    conversation_id: int
    sender_id: int
    key: UUID
    text: str
    shown: Pass | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A post with everything done that may be slow: nothing slow happens under the lock."""

    post: Post
    text: str
    html: str
    fingerprint: str

    @property
    def stream(self) -> Stream:
        return Stream("conversation", self.post.conversation_id)

    @property
    def identity(self) -> tuple[int, UUID]:
        return self.post.sender_id, self.post.key


Answer = Message | Problem


def post_message(
    *,
    conversation: Conversation,
    sender: Member,
    key: UUID,
    text: str,
    shown: Pass | None = None,
    at: datetime | None = None,
) -> Message:
    """Say `text` (1 to 20,000 characters, a little Markdown). The same key again answers the same message.

    Raises Problem: 400 for a text that can't be taken, 401 if `shown` is no longer good, 404 if the sender takes no
    part, 409 if the key came before with other content.
    """
    [answer] = post_messages([Post(conversation.pk, sender.pk, key, text, shown, at)])
    if isinstance(answer, Problem):
        raise answer
    return answer


def post_messages(posts: Sequence[Post]) -> list[Answer]:
    """Say many things in one transaction, each answered for itself, in the order given.

    Equal keys inside are one message.
    """
    prepared = _prepare_all(posts)
    able = [item for item in prepared if isinstance(item, _Prepared)]
    stored = iter(_store(able) if able else [])
    return [next(stored) if isinstance(item, _Prepared) else item for item in prepared]


def _prepare_all(posts: Sequence[Post]) -> list[_Prepared | Problem]:
    # Long texts take long to render, and others wait in the same queue: only for those who may post here at all.
    long = {(post.conversation_id, post.sender_id) for post in posts if len(post.text) > LONG}
    strangers = long - store.seats(long).keys() if long else set()
    return [
        missing() if (post.conversation_id, post.sender_id) in strangers and len(post.text) > LONG else _prepare(post)
        for post in posts
    ]


def _prepare(post: Post) -> _Prepared | Problem:
    try:
        text = words(post.text)
    except Problem as problem:
        return problem
    fingerprint = hashlib.sha256(f"{post.conversation_id}\n{text}".encode()).hexdigest()[:32]
    return _Prepared(post, text, markup.render(text), fingerprint)


def words(text: str) -> str:
    """What is kept of a typed text, without empty lines around it. Raises Problem 400 for nothing, too much or a refused character."""
    text = accepted(text, "text").strip("\n").rstrip()
    if not text.strip():
        raise invalid("text", _("Write something."))
    if len(text) > LONGEST:
        message = _("This is %(length)s characters long; at most %(most)s are allowed.")
        raise invalid("text", filled(message, {"length": len(text), "most": LONGEST}))
    return text


def _store(items: list[_Prepared]) -> list[Answer]:
    try:
        return _store_together(items)
    except IntegrityError:
        # The same key in another conversation at the same moment: its lock is another one, so only the constraint saw
        # both.
        if len(items) > 1:
            return [answer for item in items for answer in _store([item])]
        return _store_together(items)


def _store_together(items: list[_Prepared]) -> list[Answer]:
    pairs = {(item.post.conversation_id, item.post.sender_id) for item in items}
    seats = store.seats(pairs) if failpoints.is_armed("check_then_lock") else None
    failpoints.reach("before_lock")
    with locked(*{item.stream for item in items}, missing_ok=True) as heads:
        failpoints.reach("after_lock")
        said = {} if failpoints.is_armed("no_idempotency") else _said(items, heads)
        # After the lock: a member removed a moment ago must not slip in.
        seats = store.seats(pairs) if seats is None else seats
        good = gate.still_good({item.post.shown for item in items if item.post.shown is not None})
        answers: list[Answer] = []
        fresh: list[tuple[Message, Head]] = []
        for item in items:
            answer = _signed_out(item, good) or _again(item, said, seats) or _no_seat(item, seats)
            if answer is None:
                head = heads[item.stream]
                answer = _message(item, head, seats[item.post.conversation_id, item.post.sender_id])
                said[item.identity] = answer
                fresh.append((answer, head))
            elif failpoints.is_armed("naive_savepoint") and item.stream in heads:
                heads[item.stream].next_seq()
            answers.append(answer)
        if fresh:
            _write(fresh)
    return answers


def _said(items: list[_Prepared], heads: Heads) -> dict[tuple[int, UUID], Message]:
    return store.said_before(
        {(heads[item.stream].organization_id, *item.identity) for item in items if item.stream in heads}
    )


def _signed_out(item: _Prepared, good: set[Pass]) -> Problem | None:
    if item.post.shown is not None and item.post.shown not in good:
        return signed_out()
    return None


def _again(item: _Prepared, said: dict[tuple[int, UUID], Message], seats: dict[tuple[int, int], int]) -> Answer | None:
    before = said.get(item.identity)
    if before is None:
        return None
    if before.fingerprint != item.fingerprint:
        # A used key must not tell which conversations there are.
        return _no_seat(item, seats) or conflict(_("This key was used for another message."), code="key_reused")
    return before


def _no_seat(item: _Prepared, seats: dict[tuple[int, int], int]) -> Problem | None:
    return None if (item.post.conversation_id, item.post.sender_id) in seats else missing()


def _message(item: _Prepared, head: Head, organization_id: int) -> Message:
    return Message(
        organization_id=organization_id,
        conversation_id=item.post.conversation_id,
        sender_id=item.post.sender_id,
        key=item.post.key,
        fingerprint=item.fingerprint,
        seq=head.next_seq(),
        version=head.next_version(),
        text=item.text,
        html=item.html,
        posted_at=item.post.at or timezone.now(),
    )


def _write(fresh: list[tuple[Message, Head]]) -> None:
    Message.objects.bulk_create([message for message, _head in fresh])
    for message, head in fresh:
        changes.message_posted(head, message_id=message.pk, version=message.version)
    # Who posts has seen the conversation up to there; their other screens conclude the same from the message.
    store.raise_seen({(message.conversation_id, message.sender_id): message.seq for message, _head in fresh})
    spans: dict[Head, tuple[int, int]] = {}
    for message, head in fresh:
        spans[head] = (min(message.seq, spans.get(head, (message.seq, 0))[0]), message.seq)
    # One row a commit, however many conversations it moved: a row for each cost as much as the message itself.
    outbox.queue.add("message.fan_out", spans=[[head.stream.object_id, *span] for head, span in spans.items()])


def announce(
    kind: str,
    people: Sequence[Member] = (),
    *,
    head: Head,
    conversation: Conversation,
    by: Member,
    at: datetime | None = None,
    **facts: str,
) -> Message:
    """A system message: `by` did this (one of `schemas.EVENTS`) with these people, inside the transaction that did it.

    Clients word it in their reader's language, from the names of now and the facts that belong to the kind.
    """
    message = Message.objects.create(
        organization_id=conversation.organization_id,
        conversation=conversation,
        sender=by,
        kind=Message.Kind.SYSTEM,
        key=uuid4(),
        fingerprint="",
        seq=head.next_seq(),
        version=head.next_version(),
        event={
            "kind": kind,
            "by": brief(by.pk, by.name),
            "people": [brief(member.pk, member.name) for member in people],
            **facts,
        },
        posted_at=at or timezone.now(),
    )
    changes.message_posted(head, message_id=message.pk, version=message.version)
    Participant.objects.filter(conversation=conversation, member=by, seen_seq=message.seq - 1).update(
        seen_seq=message.seq
    )
    return message
