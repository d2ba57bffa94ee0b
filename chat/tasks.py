"""Due work of chat.

Today a message's fan-out is a second hint: a process that died between its commit and its hint must not cost a
heartbeat.
"""

from realtime import hints, reading
from realtime.streams import Stream


def fan_out(*, conversation: int, first: int, last: int) -> None:
    """Messages `first` to `last` were posted: tell every process where the conversation stands."""
    stream = Stream("conversation", conversation)
    hints.moved(reading.heads([stream]).items())
