"""Due work of chat.

Today a message's fan-out is a second hint: a process that died between its commit and its hint must not cost a
heartbeat.
"""

from realtime import hints, reading
from realtime.streams import Stream


def fan_out(*, spans: list[tuple[int, int, int]]) -> None:
    """Messages were posted, by (conversation, first, last): tell every process where these conversations stand."""
    streams = [Stream("conversation", conversation) for conversation, _first, _last in spans]
    hints.moved({str(stream): version for stream, version in reading.heads(streams).items()})
