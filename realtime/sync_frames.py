"""`stream.sync` on the socket: the same function and the same answers as GET …/sync/<stream>, for all who ask at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from realtime.cursors import Cursor
from realtime.frames import refusal
from realtime.gate import Pass, gate, signed_out
from realtime.streams import Stream
from realtime.sync import Question, sync_all
from wire.problems import FieldError, Problem, missing

FIELDS = {"type", "stream", "cursor"}


def answer(frames: Sequence[tuple[Pass, dict[str, Any]]]) -> list[tuple[int, str]]:
    """Answer each of these frames with (status, page or problem)."""
    read = [_read(identity, frame) for identity, frame in frames]
    pages = iter(sync_all([item for item in read if isinstance(item, Question)]))
    results = [next(pages) if isinstance(item, Question) else item for item in read]
    # Last of all, as at each delivery.
    good = gate.still_good({identity for identity, _frame in frames})
    results = [
        result if identity in good else signed_out() for (identity, _frame), result in zip(frames, results, strict=True)
    ]
    return [
        refusal(result, identity) if isinstance(result, Problem) else (200, result)
        for (identity, _frame), result in zip(frames, results, strict=True)
    ]


def _read(identity: Pass, frame: dict[str, Any]) -> Question | Problem:
    errors = [FieldError(name, _("This field is not known.")) for name in sorted(set(frame) - FIELDS)]
    stream, cursor = frame.get("stream"), frame.get("cursor")
    if not isinstance(stream, str):
        errors.append(FieldError("stream", _("Name the stream.")))
    if "cursor" in frame and not isinstance(cursor, str):
        errors.append(FieldError("cursor", _("Give the cursor as it came, or leave it out.")))
    if errors:
        return Problem(400, "invalid", errors=errors)
    try:
        wanted = Stream.parse(str(stream))
        if wanted.kind in identity.barred:
            return missing()
        return Question(wanted, identity.member_id, None if cursor is None else Cursor.parse(cursor))
    except ValueError:
        return missing()
    except Problem as problem:
        return problem
