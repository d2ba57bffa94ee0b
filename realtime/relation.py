"""Rows that a statement joins with: one text for any number of them, in both dialects.

A list of 64 times three placeholders costs the driver and the planner more than the work itself; arrays (PostgreSQL) and one JSON
text (SQLite) do not, and the statement can be prepared once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from django.db import connection

Type = Literal["bigint", "text", "uuid"]


def relation(name: str, columns: Mapping[str, Type], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """What stands in a FROM clause as the table `name`, and its parameters. Names and types are constants of the caller."""
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        by_column = list(zip(*rows, strict=True)) or [() for _ in columns]
        parameters = [
            many(column) if kind == "bigint" else list(column)
            for kind, column in zip(columns.values(), by_column, strict=True)
        ]
        return f"unnest({arrays}) AS {name} ({', '.join(columns)})", parameters
    parts = ", ".join(f"json_extract(value, '$[{number}]') AS {column}" for number, column in enumerate(columns))
    values = json.dumps([list(row) for row in rows], default=_as_stored)
    return f"(SELECT {parts} FROM json_each(%s)) AS {name}", [values]  # noqa: S608 - see above


def one_of() -> str:
    """`column {one_of()}`: among the numbers of one parameter, which `many` makes."""
    if connection.vendor == "postgresql":
        return "= ANY(%s::bigint[])"
    return "IN (SELECT value FROM json_each(%s))"


def many(numbers: Iterable[int]) -> str:
    """The parameter for `one_of`: an array as PostgreSQL writes it. The driver's own way took four to seven times as long for 500."""
    joined = ",".join(map(str, numbers))
    return f"{{{joined}}}" if connection.vendor == "postgresql" else f"[{joined}]"


def gathered(expression: str) -> str:
    """An aggregate: all its values in one text, which `texts` or `numbers` reads. None of them may hold a comma.

    Reading an array took the driver five times as long.
    """
    if connection.vendor == "postgresql":
        return f"string_agg(({expression})::text, ',')"
    return f"group_concat({expression})"


def texts(value: str | None) -> list[str]:
    """What `gathered` gathered; of nothing it is empty."""
    return value.split(",") if value else []


def numbers(value: str | None) -> list[int]:
    """The same, where these are whole numbers."""
    return list(map(int, texts(value)))


def _as_stored(value: Any) -> str:
    """SQLite keeps a UUID as 32 digits."""
    if isinstance(value, UUID):
        return value.hex
    raise TypeError(f"{type(value).__name__} can't be joined with")
