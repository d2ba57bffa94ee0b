"""A pytest plugin: what Django's emptying of all tables, between tests with committed rows, must know of this house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_migrate

Flush = Callable[..., list[str]]


@pytest.fixture(scope="session", autouse=True)
def flush_leaves_a_new_database(django_db_setup: None) -> None:
    """The row of the epoch is there again, and the audit trail, which nobody may delete from, lets it happen."""
    post_migrate.connect(install, dispatch_uid="tests.install")
    # On the class: beside Playwright's event loop the tests' own thread has another connection.
    operations = type(connection.ops)
    lifted = {"postgresql": as_a_replica, "sqlite": without_guards}[connection.vendor]
    operations.sql_flush = lifted(operations.sql_flush)  # type: ignore[method-assign]


def install(*, app_config: Any, **_others: Any) -> None:
    if app_config.name == "realtime":
        app_config.get_model("Installation").objects.get_or_create(pk=1)


def as_a_replica(flush: Flush) -> Flush:
    """The statements that flush, in a transaction in which no trigger fires. Only the superuser, whom the tests alone are, may say so."""

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        return ["SET LOCAL session_replication_role = replica", *flush(self, style, tables, **options)]

    return sql_flush


def without_guards(flush: Flush) -> Flush:
    """The statements that flush, with the triggers on deletion taken away before and put back after them."""

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE delete%'")
            guards = dict(cursor.fetchall())
        return [*(f"DROP TRIGGER {name}" for name in guards), *flush(self, style, tables, **options), *guards.values()]

    return sql_flush
