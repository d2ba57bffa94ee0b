"""What failed too often, tried again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit import log
from outbox.sweep import redrive
from wire.problems import missing


def redrive_dead_letters(*, rows: Sequence[int], by: User | None) -> int:
    """Give these dead rows another life. Answers how many were dead.

    `by` is None for who stands at the server's console. Raises Problem (404) for anybody else than an operator.
    """
    if by and not by.is_operator:
        raise missing()
    with transaction.atomic():
        count = redrive(rows)
        if count:
            log.record("dead_letters.redriven", user_id=by.pk if by else None, rows=list(rows), count=count)
    return count
