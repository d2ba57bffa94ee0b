"""A company as large as asked for, made through actions: `python -m tests.company` reads a plan and prints whom it made, both as JSON.

For `make prove` and `make bench`, which speak to a server in other processes. The plan is
`{"people": 30, "groups": [[0, 1, 2]], "pairs": [[0, 1]]}`, people being numbered from 0; the answer
`{"handle", "members": [id], "tokens": [secret], "groups": [id], "pairs": [id]}`, in the plan's order.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any
from uuid import uuid4

import django

PASSWORD = "a quiet lake at dawn"  # everybody's


def found(plan: dict[str, Any]) -> dict[str, Any]:
    """Make what the plan says in an empty database."""
    from django.contrib.auth.hashers import make_password
    from django.db import connection

    from accounts.actions.tokens import create_token
    from accounts.actions.users import create_user
    from accounts.models import Scope, User
    from chat.actions.conversations import create_group, start_direct
    from orgchart.actions.members import add_member
    from orgchart.actions.organizations import found_organization

    # Hashing takes long on purpose; once is enough for everybody.
    password = make_password(PASSWORD)

    def user(number: int) -> User:
        return User(email=f"person{number}@lakeside.example", password=password)

    owner = found_organization(name="湖畔科技", handle="lakeside", owner_name="林溪", user=user(0))
    members = [owner]
    for number in range(1, plan["people"]):
        who = create_user(user=user(number))
        members.append(add_member(organization=owner.organization, user=who, name=f"同事 {number}"))
    tokens = [
        create_token(user=member.user, organization_id=owner.organization_id, name="load", scopes=Scope.values, days=1)
        for member in members
    ]
    groups = [
        create_group(by=members[first], members=[members[number] for number in others], key=uuid4(), history_mode="all")
        for first, *others in plan.get("groups", [])
    ]
    pairs = [start_direct(by=members[first], other=members[second]) for first, second in plan.get("pairs", [])]
    with connection.cursor() as cursor:
        # Autovacuum would do it within a minute; a company is not usually measured in its first.
        cursor.execute("ANALYZE")
    return {
        "handle": owner.organization.handle,
        "members": [member.pk for member in members],
        "tokens": [secret for _token, secret in tokens],
        "groups": [group.pk for group in groups],
        "pairs": [pair.pk for pair in pairs],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")
    django.setup()
    json.dump(found(json.load(sys.stdin)), sys.stdout)
