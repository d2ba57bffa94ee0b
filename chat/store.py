"""Set-based reads and writes of chat, behind plain functions; one statement each, in the words that PostgreSQL and SQLite share.

Measured reasons: a send by ORM one by one makes 130 a second, in sets of 20 to 100 some 1,550 to 4,300; a list of 500
conversations by ORM objects and serializers took 227 ms, by counting unread rows 149, by one statement over partial
indexes 13.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from chat.models import Message
from realtime.relation import Type, gathered, many, numbers, one_of, relation


def said_before(identities: Collection[tuple[int, int, UUID]]) -> dict[tuple[int, UUID], Message]:
    """The messages that these (organization, sender, key) made already: {(sender, key): message}."""
    columns: dict[str, Type] = {"organization_id": "bigint", "sender_id": "bigint", "key": "uuid"}
    asked, parameters = relation("asked", columns, list(identities))
    with connection.cursor() as cursor:
        # Not a join: one that was planned while the table was small reads all of it long after it has grown.
        cursor.execute(
            "SELECT (SELECT m.id FROM chat_message m WHERE m.organization_id = asked.organization_id "
            f"AND m.sender_id = asked.sender_id AND m.key = asked.key) FROM {asked}",
            parameters,
        )
        ids = [id for (id,) in cursor.fetchall() if id is not None]
    # Mostly nobody said it before, and no message need be made of nothing.
    found = Message.objects.filter(pk__in=ids) if ids else ()
    return {(message.sender_id, message.key): message for message in found}


def seats(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Those of the (conversation, member) pairs that take part now, each with its organization's id."""
    asked, parameters = relation("asked", {"conversation_id": "bigint", "member_id": "bigint"}, list(pairs))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.conversation_id, p.member_id, p.organization_id FROM {asked} JOIN chat_participant p "
            "ON p.conversation_id = asked.conversation_id AND p.member_id = asked.member_id AND p.is_active "
            "JOIN orgchart_member m ON m.id = p.member_id AND m.is_active "
            "JOIN accounts_user u ON u.id = m.user_id AND u.is_active",
            parameters,
        )
        rows = cursor.fetchall()
    return {(conversation, member): organization for conversation, member, organization in rows}


class SharedSight(NamedTuple):
    """What decides over what some members see of a conversation, and who they are.

    In history mode "join" the seat counts: since when, and for who came back (`participant_id`) each stay.
    """

    conversation_id: int
    mode: str
    switched: int
    generation: int
    joined_seq: int
    joined_version: int
    participant_id: int | None
    member_ids: Sequence[int]


def sights(
    conversation_ids: Collection[int], member_ids: Collection[int], *, past_ones: bool = False
) -> list[SharedSight]:
    """Who of these members takes part in which of these conversations now, together with all who see the same.

    Asked at every delivery: 500 people who joined together are one row. Who is here is found first and for itself: looked up
    seat by seat, it took as long as all the rest. `past_ones` is the failpoint's.
    """
    active = "" if past_ones else "WHERE p.is_active"
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH c AS MATERIALIZED "
            f"(SELECT id, history_mode, generation FROM chat_conversation WHERE id {one_of()}), "
            "here AS MATERIALIZED (SELECT m.id FROM orgchart_member m "
            "JOIN accounts_user u ON u.id = m.user_id AND u.is_active "
            f"WHERE m.is_active AND m.id {one_of()}) "
            "SELECT p.conversation_id, c.history_mode, c.generation, p.generation, "
            "CASE WHEN c.history_mode = 'join' THEN p.joined_seq ELSE 0 END AS since_seq, "
            "CASE WHEN c.history_mode = 'join' THEN p.joined_version ELSE 0 END AS since_version, "
            "CASE WHEN c.history_mode = 'join' AND p.generation > 1 THEN p.id END AS returned, "
            f"{gathered('p.member_id')} "
            "FROM c JOIN chat_participant p ON p.conversation_id = c.id JOIN here ON here.id = p.member_id "
            f"{active} GROUP BY 1, 2, 3, 4, 5, 6, 7",
            [many(conversation_ids), many(member_ids)],
        )
        return [SharedSight._make((*row[:-1], numbers(row[-1]))) for row in cursor.fetchall()]


def people_count_and_owner(conversation_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
    """How many take part, and who owns: {conversation: (count, owner's member id)}."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conversation_id, count(*), max(CASE WHEN role = 'owner' THEN member_id END) FROM chat_participant "
            f"WHERE is_active AND conversation_id {one_of()} GROUP BY conversation_id",
            [many(conversation_ids)],
        )
        return {conversation_id: (count, owner) for conversation_id, count, owner in cursor.fetchall()}


def everybody_in(conversation_ids: Collection[int]) -> list[tuple[int, int, str, bool]]:
    """(conversation, member, name, whether they still take part) of all who ever did, in the order in which they came."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.conversation_id, p.member_id, m.name, p.is_active FROM chat_participant p "
            f"JOIN orgchart_member m ON m.id = p.member_id WHERE p.conversation_id {one_of()} ORDER BY p.id",
            [many(conversation_ids)],
        )
        return cursor.fetchall()


class MessageRow(NamedTuple):
    """A message, and its sender as they are called now."""

    key: UUID
    event: dict[str, Any] | None
    posted_at: datetime
    edited_at: datetime | None
    recalled_at: datetime | None
    recalled_by_id: int | None
    id: int
    conversation_id: int
    seq: int
    version: int
    kind: str
    text: str
    html: str
    sender_id: int
    sender_name: str


def messages(ids: Collection[int]) -> list[MessageRow]:
    """These messages, in any order. By ORM, with as many placeholders as ids, the driver took longer than the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.key, m.event, m.posted_at, m.edited_at, m.recalled_at, m.recalled_by_id, "
            "m.id, m.conversation_id, m.seq, m.version, m.kind, m.text, m.html, m.sender_id, s.name "
            f"FROM chat_message m JOIN orgchart_member s ON s.id = m.sender_id WHERE m.id {one_of()}",
            [many(ids)],
        )
        return [
            MessageRow._make((_uuid(key), _json(event), _time(posted), _time(edited), _time(recalled), *rest))
            for key, event, posted, edited, recalled, *rest in cursor.fetchall()
        ]


def message_ids(pieces: Collection[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """The messages of these (conversation, first number, last number): {(conversation, number): id}."""
    columns: dict[str, Type] = {"conversation_id": "bigint", "first": "bigint", "last": "bigint"}
    asked, parameters = relation("asked", columns, list(pieces))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.conversation_id, m.seq, m.id FROM {asked} JOIN chat_message m "
            "ON m.conversation_id = asked.conversation_id AND m.seq BETWEEN asked.first AND asked.last",
            parameters,
        )
        return {(conversation_id, seq): id for conversation_id, seq, id in cursor.fetchall()}


def raise_seen(seen: Mapping[tuple[int, int], int]) -> None:
    """Move the badges of these (conversation, member) up to the given numbers; none moves down."""
    columns: dict[str, Type] = {"conversation_id": "bigint", "member_id": "bigint", "seq": "bigint"}
    marks, parameters = relation("seen", columns, [(*pair, seq) for pair, seq in sorted(seen.items())])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE chat_participant SET seen_seq = seen.seq FROM {marks} WHERE chat_participant.conversation_id = seen.conversation_id "
            "AND chat_participant.member_id = seen.member_id AND chat_participant.seen_seq < seen.seq",
            parameters,
        )


# Head minus seen, minus what doesn't count for anybody, minus one's own: two counts over partial indexes.
_UNREAD = """
    h.seq - p.seen_seq
    - (SELECT count(*) FROM chat_message s
       WHERE s.conversation_id = p.conversation_id AND s.seq > p.seen_seq
         AND (s.recalled_at IS NOT NULL OR s.kind = 'system'))
    - (SELECT count(*) FROM chat_message o
       WHERE o.conversation_id = p.conversation_id AND o.sender_id = p.member_id AND o.seq > p.seen_seq
         AND o.recalled_at IS NULL AND o.kind = 'text')
"""
_HEAD = "JOIN realtime_streamhead h ON h.kind = 'conversation' AND h.object_id = p.conversation_id"
_LIST = f"""
    SELECT p.id, p.conversation_id, p.role, p.is_active, p.is_muted, p.is_pinned,
           p.joined_seq, p.seen_seq, p.read_seq, p.read_ranges, p.own_version, p.generation,
           c.kind, c.name, c.history_mode, c.generation AS conversation_generation, c.created_by_id, c.created_at,
           h.seq, h.version,
           m.id AS message_id, coalesce(m.posted_at, c.created_at) AS active_at,
           CASE WHEN p.is_active AND p.seen_seq < h.seq THEN {_UNREAD} ELSE 0 END AS unread
    FROM chat_participant p
    JOIN chat_conversation c ON c.id = p.conversation_id
    {_HEAD}
    LEFT JOIN chat_message m ON m.conversation_id = p.conversation_id AND m.seq = h.seq
    WHERE """

_LISTED = "(h.seq > 0 OR p.is_pinned OR c.created_by_id = p.member_id)"


def unread_total(member_id: int) -> int:
    """What is unread in all conversations that the member didn't mute."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum({_UNREAD}), 0) FROM chat_participant p {_HEAD} "
            "WHERE p.member_id = %s AND p.is_active AND NOT p.is_muted",
            [member_id],
        )
        return int(cursor.fetchone()[0])


def conversation_rows(*, member_id: int, after: tuple[bool, Any, int] | None, limit: int) -> list[dict[str, Any]]:
    """The member's list of conversations.

    Pinned ones first, then by last activity; a page of `limit` after the given (pinned, active at, id). One in which
    nothing was said yet stands only in the list of who began or pinned it.
    """
    parameters: list[Any] = [member_id]
    where = ""
    if after is not None:
        is_pinned, active_at, id = after
        where = "WHERE (l.is_pinned < %s) OR (l.is_pinned = %s AND (l.active_at < %s OR (l.active_at = %s AND l.conversation_id < %s)))"
        parameters += [is_pinned, is_pinned, _moment(active_at), _moment(active_at), id]
    return _rows(
        f"SELECT * FROM ({_LIST} p.member_id = %s AND p.is_active AND {_LISTED}) l {where} "
        "ORDER BY l.is_pinned DESC, l.active_at DESC, l.conversation_id DESC LIMIT %s",
        [*parameters, limit],
    )


def conversation_row(*, member_id: int, conversation_id: int) -> dict[str, Any] | None:
    """One of them, or None if the member takes no part."""
    rows = _rows(f"{_LIST} p.member_id = %s AND p.conversation_id = %s AND p.is_active", [member_id, conversation_id])
    return rows[0] if rows else None


def participant_rows(participant_ids: Collection[int]) -> list[dict[str, Any]]:
    """The same columns for these participants, whoever and wherever they are."""
    if not participant_ids:
        return []
    return _rows(f"{_LIST} p.id {one_of()}", [many(participant_ids)])


def _moment(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if connection.vendor == "sqlite" else value


def _rows(sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["created_at"], row["active_at"] = _time(row["created_at"]), _time(row["active_at"])
        row["read_ranges"] = _json(row["read_ranges"])
        for name in ("is_active", "is_muted", "is_pinned"):
            row[name] = bool(row[name])
    return rows


# What raw SQL answers: SQLite gives times and ids as text, its booleans as numbers, and both give JSON as text.


def _time(value: Any) -> Any:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    # Of a column SQLite makes a time by itself, but leaves out that it is UTC.
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _uuid(value: Any) -> UUID:
    return UUID(value) if isinstance(value, str) else value


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
