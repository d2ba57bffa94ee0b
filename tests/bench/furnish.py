"""More than a company can say in a minute: inside the server's settings, straight into the tables, for reading only.

`python -m tests.bench.furnish` reads `{"conversation", "messages", "talkative", "people", "departments"}` and prints what else must be
known, as JSON: the token of a person in the large company, and how many queries a list of 50 and of 500 conversations took.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django


def a_long_conversation(conversation: int, count: int) -> None:
    """`count` messages, as if they had been posted and all but the last few read; their changes have been cleared away."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO chat_message (organization_id, conversation_id, sender_id, kind, key, fingerprint, seq, version,
                                      text, html, posted_at)
            SELECT c.organization_id, c.id, p.ids[1 + n %% array_length(p.ids, 1)], 'text', gen_random_uuid(), md5(n::text),
                   h.seq + n, h.version + n, 'the ferry leaves at noon ' || n, '<p>the ferry leaves at noon ' || n || '</p>',
                   now() - (%s - n) * interval '10 seconds'
            FROM generate_series(1, %s) n, chat_conversation c
            JOIN realtime_streamhead h ON h.kind = 'conversation' AND h.object_id = c.id,
            (SELECT array_agg(member_id) ids FROM chat_participant WHERE conversation_id = %s) p WHERE c.id = %s
            """,
            [count, count, conversation, conversation],
        )
        cursor.execute(
            "UPDATE realtime_streamhead SET seq = seq + %s, version = version + %s, floor = version + %s "
            "WHERE kind = 'conversation' AND object_id = %s",
            [count, count, count, conversation],
        )
        cursor.execute(
            "UPDATE chat_participant SET seen_seq = h.seq - 20, read_seq = h.seq - 20 FROM realtime_streamhead h "
            "WHERE h.kind = 'conversation' AND h.object_id = conversation_id AND conversation_id = %s",
            [conversation],
        )
        cursor.execute("ANALYZE")


def talk_everywhere(member: int, count: int) -> None:
    """So many messages in each of the member's conversations, some of them unread."""
    from uuid import uuid4

    from chat.actions.posting import Post, post_messages
    from chat.models import Participant

    rooms = Participant.objects.active().filter(member_id=member).values_list("conversation_id", flat=True)
    others = Participant.objects.active().filter(conversation_id__in=list(rooms)).exclude(member_id=member)
    posts = [
        Post(room, sender if number % 2 else member, uuid4(), f"the ferry leaves at noon {number}")
        for room, sender in dict(others.values_list("conversation_id", "member_id")).items()
        for number in range(count)
    ]
    for start in range(0, len(posts), 200):
        post_messages(posts[start : start + 200])


def a_large_company(people: int, departments: int) -> str:
    """Another organization, with a tree of three levels; its owner's access token."""
    from accounts.actions.tokens import create_token
    from accounts.models import Scope, User
    from orgchart.actions.organizations import found_organization
    from orgchart.models import Department, Member, Placement
    from orgchart.names import search_text, sort_key

    owner = found_organization(
        name="Northwind",
        handle="northwind",
        owner_name="Ana Moreno",
        user=User(email="ana@northwind.example", password="!"),
    )
    organization = owner.organization
    tree: list[Department] = []
    for number in range(departments):
        parent = tree[(number - 10) // 7] if number >= 10 else None
        tree.append(
            Department.objects.create(
                organization=organization, parent=parent, name=f"Department {number}", position=number
            )
        )
    users = User.objects.bulk_create(
        [User(email=f"{number}@northwind.example", password="!") for number in range(1, people)]
    )
    members = Member.objects.bulk_create(
        Member(
            organization=organization, user=user, name=f"Person {number}",
            search_text=search_text(f"Person {number}"), sort_key=sort_key(f"Person {number}"),
        )
        for number, user in enumerate(users, 1)
    )  # fmt: skip
    Placement.objects.bulk_create(
        Placement(organization=organization, department=tree[number % departments], member=member, is_primary=True)
        for number, member in enumerate(members)
    )
    _token, secret = create_token(
        user=owner.user, organization_id=organization.pk, name="load", scopes=Scope.values, days=1
    )
    return secret


def queries_of_a_list(token: str, limit: int) -> int:
    """How many queries a page of so many conversations takes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Authorization": f"Bearer {token}"})
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/api/v1/orgs/lakeside/conversations", {"limit": limit}, headers={"Host": "127.0.0.1"})
    if len(answer.json()["results"]) != limit:
        raise RuntimeError(f"a list of {limit} has {len(answer.json()['results'])} conversations")
    return len(queries)


def main() -> dict[str, Any]:
    asked = json.load(sys.stdin)
    talk_everywhere(asked["talkative"], count=6)
    a_long_conversation(asked["conversation"], asked["messages"])
    return {
        "token": a_large_company(asked["people"], asked["departments"]),
        "queries": {limit: queries_of_a_list(asked["token"], limit) for limit in (50, 500)},
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")
    django.setup()
    json.dump(main(), sys.stdout)
