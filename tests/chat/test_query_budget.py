"""A send costs a fixed number of statements, however many messages and people it concerns."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Session
from chat.actions.participants import add_participants
from chat.actions.posting import Post, post_messages
from chat.models import Conversation, Message
from orgchart.models import Member
from realtime.gate import Pass
from tests.cast import browser_of, newcomer

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

# The lock, who said it before, the seats, the credentials; messages, badges, the due row; the head and the changes.
SEND = 9


def statements_of(posts: list[Post]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        answers = post_messages(posts)
    assert all(isinstance(answer, Message) for answer in answers)
    return [
        query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]


@pytest.fixture
def shown(wei: Member) -> Pass:
    browser_of(wei)
    session = Session.objects.get(user=wei.user)
    return Pass(wei.organization_id, wei.pk, wei.user_id, f"session:{session.pk}")


def test_one_message(group: Conversation, wei: Member, shown: Pass) -> None:
    sent = statements_of([Post(group.pk, wei.pk, uuid4(), "早", shown)])
    assert len(sent) == SEND, "\n".join(sent)


def test_sixty_four_messages_cost_as_much_as_one(group: Conversation, wei: Member, shown: Pass) -> None:
    sent = statements_of([Post(group.pk, wei.pk, uuid4(), f"{number}", shown) for number in range(64)])
    assert len(sent) == SEND, "\n".join(sent)


def test_several_conversations_cost_as_much_as_one(
    group: Conversation, open_group: Conversation, pair: Conversation, wei: Member, shown: Pass
) -> None:
    rooms = [group, open_group, pair]
    sent = statements_of([Post(room.pk, wei.pk, uuid4(), "早", shown) for room in rooms])
    assert len(sent) == SEND, "\n".join(sent)


def test_a_crowd_costs_as_much_as_three(group: Conversation, lin: Member, wei: Member, shown: Pass) -> None:
    crowd = [newcomer(lin.organization) for _ in range(30)]
    add_participants(conversation=group, members=crowd, by=lin)
    sent = statements_of([Post(group.pk, wei.pk, uuid4(), "早", shown)])
    assert len(sent) == SEND, "\n".join(sent)


def test_a_retry_reads_and_writes_nothing(group: Conversation, wei: Member, shown: Pass) -> None:
    post = Post(group.pk, wei.pk, uuid4(), "早", shown)
    statements_of([post])
    again = statements_of([post])
    assert all(sql.lstrip().startswith(("SELECT", "WITH")) for sql in again), "\n".join(again)


def test_bringing_in_many_costs_as_much_as_one(group: Conversation, lin: Member) -> None:
    def cost(count: int) -> int:
        people = [newcomer(lin.organization) for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            add_participants(conversation=group, members=people, by=lin)
        return len(queries)

    assert cost(1) == cost(40)
