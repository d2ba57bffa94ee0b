"""JSON as it crosses the border, the same for REST and socket."""

import json
from datetime import datetime
from typing import Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wire.problems import Problem, invalid
from wire.text import BadText, clean


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def parse(data: bytes | str) -> Any:
    """The value as it was sent. Raises Problem (400) for what isn't JSON or is nested too deeply."""
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # UnicodeDecodeError is a ValueError; json has no message worth showing beyond this.
        raise Problem(400, "malformed", detail=_("The body is not JSON, or is nested too deeply.")) from None


def cleaned(value: Any) -> Any:
    """The parsed value with clean text. Raises Problem (400), naming the field, for refused characters."""
    try:
        return clean(value)
    except BadText as error:
        raise invalid(error.path or "body", error.sentence, code="bad_character") from None
    except RecursionError:
        raise Problem(400, "malformed", detail=_("The body is not JSON, or is nested too deeply.")) from None


def decode(data: bytes | str) -> Any:
    """Both: what came over the wire, fit to be stored."""
    return cleaned(parse(data))


def instant(at: datetime | None) -> str | None:
    """A time in UTC to the millisecond: 2026-11-20T02:42:00.123Z."""
    return None if at is None else f"{at.isoformat(timespec='milliseconds')[:23]}Z"


def _default(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def encode(value: Any) -> str:
    """Compact JSON, characters as themselves."""
    return encode_bytes(value).decode()


def encode_bytes(value: Any) -> bytes:
    """The same in UTF-8, for what leaves as it is."""
    # Its own form of times goes down to the microsecond.
    return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME)
