"""What must be one statement, in SQL that both databases understand."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from accounts.models import Attempts


def count_attempt(key: str, *, now: datetime, ends_at: datetime) -> Attempts:
    """One attempt more in the window of this key; if there is none, or it has ended, in a new one until `ends_at`.

    The row as it is now. Between two statements somebody who succeeds could delete it.
    """
    began, end = (connection.ops.adapt_datetimefield_value(at) for at in (now, ends_at))
    [attempts] = Attempts.objects.raw(
        """
        INSERT INTO accounts_attempts AS kept (key, count, ends_at) VALUES (%s, 1, %s)
        ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN kept.ends_at > %s THEN kept.count + 1 ELSE 1 END,
            ends_at = CASE WHEN kept.ends_at > %s THEN kept.ends_at ELSE excluded.ends_at END
        RETURNING key, count, ends_at
        """,
        [key, end, began, began],
    )
    return attempts
