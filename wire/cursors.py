"""Where a page of a list ended, as text that only this server reads: the sort keys of its last row.

They show nothing that the row did not, and choose nothing but where the next page begins; so they are not signed.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.utils.translation import gettext as _

from wire.problems import Problem, invalid

LARGEST = 2**63 - 1


def of(*keys: str | int | bool) -> str:
    """The cursor that leads behind the row with these sort keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def read(cursor: str, *types: type) -> list[Any]:
    """The sort keys in a cursor, of exactly these types and fit to be compared in the database.

    Raises Problem (400, field `cursor`) for what no page gave out.
    """
    try:
        keys = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not isinstance(keys, list) or [type(key) for key in keys] != list(types) or not all(map(_is_storable, keys)):
        raise unreadable()
    return keys


def unreadable() -> Problem:
    """For a cursor whose keys have the right types and yet name no place."""
    return invalid("cursor", _("This is not a cursor of this list."))


def _is_storable(key: str | int) -> bool:
    if isinstance(key, str):
        return "\x00" not in key and not any("\ud800" <= character <= "\udfff" for character in key)
    return 0 <= key <= LARGEST
