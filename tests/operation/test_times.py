"""Times are read from PostgreSQL as they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DataError, connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite keeps times as text"),
]


def read(sql: str, *parameters: object) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", parameters)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("microsecond", [0, 1, 100_000, 120_000, 999_000, 123_456, 999_999])
@pytest.mark.parametrize("year", [1, 1066, 1969, 2026, 9999])
def test_a_time_comes_back_as_it_went(year: int, microsecond: int) -> None:
    at = datetime(year, 2, 28, 23, 59, 59, microsecond, tzinfo=UTC)
    found = read("%s::timestamptz", at)
    assert (found, found.tzinfo) == (at, UTC)


def test_a_time_of_another_zone_is_the_same_moment_in_utc() -> None:
    at = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    found = read("%s::timestamptz", at)
    assert (found, found.tzinfo) == (at, UTC)


def test_nothing_stays_nothing() -> None:
    assert read("NULL::timestamptz") is None


@pytest.mark.parametrize("odd", ["infinity", "-infinity", "44-03-15 12:00:00+00 BC", "12026-01-01 00:00:00+00"])
def test_what_python_has_no_word_for_is_an_error_and_no_other_time(odd: str) -> None:
    with pytest.raises(DataError):
        read(f"'{odd}'::timestamptz")
