"""What failed too often: seen and redriven by operators, on a page or on the console, and noted either way."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client

from audit.models import Entry
from orgchart.models import Member
from outbox.models import DueRow
from tests.cast import browser_of
from wire.problems import Problem
from workspace.actions.dead_letters import redrive_dead_letters

PAGE = "/ops/dead-letters/"


@pytest.fixture
def dead(db: None) -> DueRow:
    DueRow.objects.all().delete()
    return DueRow.objects.create(kind="mail.invitation", attempts=10, last_error="TimeoutError", dead_at=Now())


@pytest.fixture
def operator(lin: Member) -> Client:
    lin.user.is_operator = True
    lin.user.save(update_fields=["is_operator"])
    return browser_of(lin)


def entries() -> list[tuple[int | None, int]]:
    found = Entry.objects.filter(action="dead_letters.redriven").order_by("pk")
    return [(entry.actor_user_id, entry.detail["count"]) for entry in found]


def test_an_operator_sees_and_redrives_them(operator: Client, lin: Member, dead: DueRow) -> None:
    assert "TimeoutError" in operator.get(PAGE).content.decode()
    assert operator.post(PAGE, {"row": [dead.pk]}).status_code == 302
    assert DueRow.objects.due().filter(pk=dead.pk, attempts=0).exists()
    assert entries() == [(lin.user_id, 1)]


def test_to_anybody_else_there_is_no_such_page(wei: Member, dead: DueRow) -> None:
    assert browser_of(wei).post(PAGE, {"row": [dead.pk]}).status_code == 404
    assert Client().get(PAGE).status_code == 404
    with pytest.raises(Problem):
        redrive_dead_letters(rows=[dead.pk], by=wei.user)
    assert DueRow.objects.dead().exists()
    assert entries() == []


def test_on_the_console_they_are_listed_and_redriven_with_an_entry(dead: DueRow) -> None:
    said = StringIO()
    call_command("dead_letters", stdout=said)
    assert "mail.invitation\tTimeoutError" in said.getvalue()
    call_command("dead_letters", "--redrive", str(dead.pk), stdout=said)
    call_command("dead_letters", "--redrive", stdout=said)
    assert said.getvalue().endswith("redriven: 1\nredriven: 0\n")
    assert entries() == [(None, 1)]
