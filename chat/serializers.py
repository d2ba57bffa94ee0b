"""The wire shapes of chat, shared by REST, socket and sync.

Made in sets: a constant number of queries, whatever the count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat import store
from chat.models import Conversation, Message, Participant
from chat.store import MessageRow
from orgchart.models import Member
from orgchart.serializers import brief
from realtime import reading
from realtime.cursors import Cursor
from realtime.models import StreamHead

JSON = dict[str, Any]


def messages(rows: Iterable[Message]) -> list[JSON]:
    """Messages in the order given, each with its sender as they are called now."""
    rows = list(rows)
    names = dict(Member.objects.filter(pk__in={row.sender_id for row in rows}).values_list("pk", "name"))
    return [message(row, sender_name=names[row.sender_id]) for row in rows]


def messages_of(ids: Collection[int]) -> dict[int, JSON]:
    """The same for messages that nobody has loaded yet: {id: shape}. One query, no model instances."""
    return {row.id: message(row, sender_name=row.sender_name) for row in store.messages(ids)}


def message(row: Message | MessageRow, *, sender_name: str) -> JSON:
    """One message; a recalled one has no words."""
    return {
        "type": "message",
        "id": row.id,
        "key": str(row.key),
        "conversation": row.conversation_id,
        "seq": row.seq,
        "version": row.version,
        "kind": row.kind,
        "sender": brief(row.sender_id, sender_name),
        "text": row.text,
        "html": row.html,
        "event": row.event,
        "posted_at": row.posted_at,
        "edited_at": row.edited_at,
        "recalled_at": row.recalled_at,
        "recalled_by": row.recalled_by_id,
    }


def conversations(ids: Collection[int]) -> dict[int, JSON]:
    """Conversations as everybody in them sees them: {id: shape}. Four queries."""
    rows = list(Conversation.objects.filter(pk__in=ids))
    heads = {
        object_id: (seq, version)
        for object_id, seq, version in StreamHead.objects.filter(kind="conversation", object_id__in=ids).values_list(
            "object_id", "seq", "version"
        )
    }
    people = _people({row.pk: row.kind for row in rows})
    return {
        row.pk: _conversation(
            id=row.pk,
            kind=row.kind,
            name=row.name,
            history_mode=row.history_mode,
            created_by=row.created_by_id,
            created_at=row.created_at,
            seq=heads[row.pk][0],
            version=heads[row.pk][1],
            people=people[row.pk],
        )
        for row in rows
    }


def _conversation(
    *,
    id: int,
    kind: str,
    name: str,
    history_mode: str,
    created_by: int,
    created_at: Any,
    seq: int,
    version: int,
    people: People,
) -> JSON:
    return {
        "type": "conversation",
        "id": id,
        "kind": kind,
        "name": name or None,
        "people": people.pair,
        "owner": people.owner,
        "participant_count": people.count,
        "history_mode": history_mode,
        "seq": seq,
        "version": version,
        "created_by": created_by,
        "created_at": created_at,
    }


@dataclass(slots=True)
class People:
    """Who is in a conversation: how many, whose it is, and of a direct one both."""

    count: int = 0
    owner: int | None = None
    pair: list[JSON] = field(default_factory=list)


def _people(kinds: Mapping[int, str]) -> dict[int, People]:
    """The people of conversations, given by their kind. Two queries; nobody owns a direct one."""
    people = {id: People() for id in kinds}
    direct = {id for id, kind in kinds.items() if kind == Conversation.Kind.DIRECT}
    for id, member_id, name, is_active in store.everybody_in(direct):
        people[id].pair.append(brief(member_id, name))
        people[id].count += is_active
    for id, (count, owner) in store.people_count_and_owner(kinds.keys() - direct).items():
        people[id].count, people[id].owner = count, owner
    return people


def participant(row: Participant) -> JSON:
    """Somebody in a conversation, with `row.member` loaded."""
    return {
        "type": "participant",
        "id": row.pk,
        "conversation": row.conversation_id,
        "person": {**brief(row.member_id, row.member.name), "title": row.member.title},
        "role": row.role,
        "is_active": row.is_active,
        "joined_at": row.joined_at,
        "version": row.version,
    }


def memberships(participant_ids: Collection[int]) -> dict[int, JSON]:
    """What conversations are to the people in them: {participant id: shape}. One query."""
    return {row["id"]: _membership(row) for row in store.participant_rows(participant_ids)}


def membership(participant_id: int) -> JSON:
    """One of them."""
    return memberships([participant_id])[participant_id]


def _membership(row: Mapping[str, Any]) -> JSON:
    return {
        "type": "membership",
        "conversation": row["conversation_id"],
        "is_active": row["is_active"],
        "role": row["role"],
        "is_muted": row["is_muted"],
        "is_pinned": row["is_pinned"],
        "joined_seq": row["joined_seq"],
        "seen_seq": row["seen_seq"],
        "read_seq": row["read_seq"],
        "read_ranges": row["read_ranges"],
        "unread": row["unread"],
        "version": row["own_version"],
    }


def list_items(rows: Sequence[Mapping[str, Any]]) -> list[JSON]:
    """Rows of `store.conversation_rows` as a person's list shows them, each with its last message and the cursor to
    follow it from.
    """
    people = _people({row["conversation_id"]: row["kind"] for row in rows})
    last = messages_of([row["message_id"] for row in rows if row["message_id"]])
    epoch = reading.epoch()
    return [
        {
            "conversation": _conversation(
                id=row["conversation_id"],
                kind=row["kind"],
                name=row["name"],
                history_mode=row["history_mode"],
                created_by=row["created_by_id"],
                created_at=row["created_at"],
                seq=row["seq"],
                version=row["version"],
                people=people[row["conversation_id"]],
            ),
            "membership": _membership(row),
            "last_message": last.get(row["message_id"]),
            "cursor": str(Cursor(epoch, f"{row['conversation_generation']}.{row['generation']}", row["version"])),
        }
        for row in rows
    ]
