"""What is asked at every delivery, as set-based SQL in both dialects. By ORM, proving 500 people took five times as long."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.db import connection

from accounts.models import AccessToken, Session
from realtime.relation import gathered, many, numbers, one_of


def good_credentials(session_ids: Collection[int], token_ids: Collection[int]) -> dict[str, set[tuple[int, int]]]:
    """{kind: (credential id, member id)} for each active membership, of an active user, that these open now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_opened_by(), [many(session_ids), many(token_ids)])
        return {kind: set(zip(numbers(ids), numbers(members), strict=True)) for kind, ids, members in cursor.fetchall()}


@cache
def _opened_by() -> str:
    """What is good, the models say; their SQL has no parameters and is made once."""
    sessions, _none = Session.objects.good().values("id", "user_id").query.sql_with_params()
    tokens, _none = AccessToken.objects.good().values("id", "user_id", "organization_id").query.sql_with_params()
    return f"""
        WITH s AS MATERIALIZED (SELECT * FROM ({sessions}) all_sessions WHERE id {one_of()}),
        t AS MATERIALIZED (SELECT * FROM ({tokens}) all_tokens WHERE id {one_of()})
        SELECT 'session', {gathered("s.id")}, {gathered("m.id")} FROM s
        JOIN orgchart_member m ON m.user_id = s.user_id AND m.is_active
        UNION ALL
        SELECT 'token', {gathered("t.id")}, {gathered("m.id")} FROM t
        JOIN orgchart_member m ON m.user_id = t.user_id AND m.organization_id = t.organization_id AND m.is_active
        """


def active_members_of(organization_ids: Collection[int] | None, member_ids: Collection[int]) -> list[tuple[int, int]]:
    """(organization's id, member's id) of those of the members who are active, of these organizations or of any. One query."""
    where, values = f"m.id {one_of()}", [many(member_ids)]
    if organization_ids is not None:
        where, values = f"{where} AND m.organization_id {one_of()}", [*values, many(organization_ids)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.organization_id, m.id FROM orgchart_member m "
            f"JOIN accounts_user u ON u.id = m.user_id AND u.is_active WHERE m.is_active AND {where}",
            values,
        )
        return cursor.fetchall()
