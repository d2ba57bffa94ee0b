"""What the audit log says of acts in a conversation."""

from __future__ import annotations

from typing import Any

from audit import log
from chat.models import Conversation, Message
from orgchart.models import Member


def note(action: str, about: Conversation | Message, *, by: Member, **detail: Any) -> None:
    """Record, in the transaction of the act, that `by` did this to the conversation or message."""
    log.record(
        action,
        organization_id=about.organization_id,
        member_id=by.pk,
        object_kind=str(about._meta.model_name),
        object_id=about.pk,
        **detail,
    )
