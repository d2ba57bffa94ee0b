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
        by_column = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        return f"unnest({arrays}) AS {name} ({', '.join(columns)})", by_column
    parts = ", ".join(f"json_extract(value, '$[{number}]') AS {column}" for number, column in enumerate(columns))
    values = json.dumps([list(row) for row in rows], default=_as_stored)
    return f"(SELECT {parts} FROM json_each(%s)) AS {name}", [values]  # noqa: S608 - see above


def one_of(kind: Type = "bigint") -> str:
    """`column {one_of()}`: among the values of one parameter, which `many` makes."""
    if connection.vendor == "postgresql":
        return f"= ANY(%s::{kind}[])"
    return "IN (SELECT value FROM json_each(%s))"


def many(values: Iterable[Any]) -> list[Any] | str:
    """The parameter for `one_of`."""
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values), default=_as_stored)


def _as_stored(value: Any) -> str:
    """SQLite keeps a UUID as 32 digits."""
    if isinstance(value, UUID):
        return value.hex
    raise TypeError(f"{type(value).__name__} can't be joined with")
