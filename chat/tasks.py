"""Due work of chat.

Today a message's fan-out is a second hint: a process that died between its commit and its hint must not cost a
heartbeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from realtime import hints, reading
from realtime.streams import Stream


def fan_out(commits: Sequence[dict[str, Any]]) -> None:
    """Messages were posted, `spans` of them as (conversation, first, last): tell every process where these conversations stand."""
    streams = {Stream("conversation", span[0]) for commit in commits for span in commit["spans"]}
    hints.moved({str(stream): version for stream, version in reading.heads(streams).items()})
