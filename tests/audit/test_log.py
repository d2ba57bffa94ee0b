from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from audit import log
from audit.models import Entry
from chat.actions.conversations import rename
from chat.models import Conversation
from orgchart.actions.members import update_member
from orgchart.models import Member
from tests.chat.conftest import group
from wire.problems import Problem

__all__ = ["group"]
pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def entry(lin: Member) -> Entry:
    return Entry.objects.latest("id")


def test_an_entry_says_who_did_what_to_what(group: Conversation, lin: Member) -> None:
    rename(conversation=group, by=lin, name="周会")
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.organization_id, entry.actor_member_id, entry.object_kind, entry.object_id) == (
        "conversation.renamed", lin.organization_id, lin.pk, "conversation", group.pk,
    )  # fmt: skip
    assert entry.at is not None


def test_every_act_of_the_directory_leaves_one(lin: Member, wei: Member) -> None:
    before = Entry.objects.count()
    update_member(member=wei, by=lin, title="设计师")
    assert Entry.objects.count() == before + 1


def test_a_refused_act_leaves_none(group: Conversation, wei: Member) -> None:
    before = Entry.objects.count()
    with pytest.raises(Problem):
        rename(conversation=group, by=wei, name="周会")
    assert Entry.objects.count() == before


def test_an_act_and_its_entry_stand_or_fall_together(
    group: Conversation, lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Entry.objects, "create", lambda **_fields: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rename(conversation=group, by=lin, name="周会")
    group.refresh_from_db()
    assert group.name == "设计周会"


@pytest.mark.django_db(transaction=True)
def test_there_is_no_entry_without_an_act() -> None:
    with pytest.raises(TransactionManagementError):
        log.record("message.recalled")
    assert not Entry.objects.exists()


def test_an_entry_cannot_be_changed_by_any_way(entry: Entry) -> None:
    entry.action = "nothing.happened"
    for change in (entry.save, lambda: Entry.objects.filter(pk=entry.pk).update(action="nothing.happened")):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            change()
    entry.refresh_from_db()
    assert entry.action != "nothing.happened"


def test_an_entry_cannot_be_deleted_by_any_way(entry: Entry) -> None:
    for deletion in (entry.delete, Entry.objects.all().delete, lambda: run("DELETE FROM audit_entry")):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            deletion()
    assert Entry.objects.filter(pk=entry.pk).exists()


@pytest.mark.skipif(not settings.IS_POSTGRES, reason="SQLite has no TRUNCATE")
def test_the_table_cannot_be_emptied(entry: Entry) -> None:
    for tables in ("audit_entry", "accounts_attempts, audit_entry CASCADE"):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            run(f"TRUNCATE {tables}")
    assert Entry.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_what_empties_the_tables_between_tests_leaves_the_guards_in_place(lin: Member) -> None:
    call_command("flush", verbosity=0, interactive=False)
    assert not Entry.objects.exists()
    with transaction.atomic():
        log.record("message.recalled")
    for statement in ("DELETE FROM audit_entry", *(["TRUNCATE audit_entry"] if settings.IS_POSTGRES else [])):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            run(statement)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_entries_hold_facts_and_no_words_of_messages(group: Conversation, lin: Member, wei: Member) -> None:
    from chat.actions.mending import recall_message
    from tests.chat.talk import say

    message = say(group, wei, "something private")
    recall_message(conversation=group, message_id=message.pk, by=lin)
    details: list[Any] = list(Entry.objects.values_list("detail", flat=True))
    assert "something private" not in str(details)
