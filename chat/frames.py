"""`message.post` on the socket: the same action and the same answer as POST …/messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.authentication import scope_missing
from accounts.models import Scope
from chat import serializers
from chat.actions.posting import Post, post_messages
from chat.models import Message
from realtime.frames import refusal
from realtime.gate import Pass
from wire.json import encode
from wire.problems import FieldError, Problem

FIELDS = {"type", "conversation", "key", "text"}


def post(frames: Sequence[tuple[Pass, dict[str, Any]]]) -> list[tuple[int, str]]:
    """Store what these frames say, in one commit; answer each with (status, message or problem)."""
    read = [_read(identity, frame) for identity, frame in frames]
    answers = iter(post_messages([item for item in read if isinstance(item, Post)]))
    results = [next(answers) if isinstance(item, Post) else item for item in read]
    shapes = iter(serializers.messages([result for result in results if isinstance(result, Message)]))
    return [
        refusal(result, identity) if isinstance(result, Problem) else (201, encode(next(shapes)))
        for (identity, _frame), result in zip(frames, results, strict=True)
    ]


def _read(identity: Pass, frame: dict[str, Any]) -> Post | Problem:
    if not identity.can_write:
        return scope_missing(Scope.CHAT_WRITE)
    errors = [FieldError(name, _("This field is not known.")) for name in sorted(set(frame) - FIELDS)]
    conversation, key, text = frame.get("conversation"), _uuid(frame.get("key")), frame.get("text")
    if not isinstance(conversation, int) or isinstance(conversation, bool) or not 0 < conversation < 2**63:
        errors.append(FieldError("conversation", _("Give the conversation’s id.")))
    if key is None:
        errors.append(FieldError("key", _("Give a UUID, made before the first attempt.")))
    if not isinstance(text, str):
        errors.append(FieldError("text", _("Give the text.")))
    if errors or key is None:
        return Problem(400, "invalid", errors=errors)
    return Post(cast(int, conversation), identity.member_id, key, cast(str, text), identity)


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
