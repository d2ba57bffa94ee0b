"""A correct client, as small as the protocol allows: cursors, a window of one conversation, history pages that arrive late.

`overwrite` and `larger_version_wins` are the two wrong ways to take in a late page; they are armed like the server's failpoints.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from realtime import failpoints

JSON = dict[str, Any]


class Unreachable(Exception):
    """The request or its answer was lost."""


class Server(Protocol):
    """REST and the socket, as far as a device needs them. Each raises Unreachable when the network fails, and answers None for 404."""

    def sync(self, person: str, stream: str, cursor: str | None) -> JSON | None: ...

    def page(self, person: str, before: int | None) -> JSON | None: ...


def version_of(cursor: str) -> int:
    return int(cursor.rpartition("~")[2])


def opaque_part(cursor: str) -> str:
    return cursor.rpartition("~")[0]


class Device:
    """What one screen holds: `messages` by number, from `low` upwards without a hole that the person would see."""

    def __init__(self, server: Server, person: str, *, member: int, conversation: int, limit: int) -> None:
        self.server = server
        self.person = person
        self.own = f"member:{member}"
        self.talk = f"conversation:{conversation}"
        self.conversation = conversation
        self.limit = limit
        self.cursors: dict[str, str] = {}
        self.messages: dict[int, JSON] = {}
        self.low = 0
        self.asked: list[tuple[int, JSON | None]] = []

    @property
    def takes_part(self) -> bool:
        return self.talk in self.cursors

    def texts(self) -> dict[int, str]:
        return {seq: message["text"] for seq, message in self.messages.items()}

    # ── what the socket says ──

    def hear(self, frame: JSON, ask_for_heads: Callable[[], None]) -> None:
        """Take in one frame. Raises Unreachable if it had to ask and the network failed; the next heartbeat finds out."""
        match frame["type"]:
            case "hello":
                for stream in [stream for stream in self.cursors if stream not in frame["heads"]]:
                    self.forget(stream)
                self.compare(frame)
            case "heartbeat":
                self.compare(frame)
                versions = [version_of(cursor) for cursor in self.cursors.values()]
                if (frame["count"], frame["sum"]) != (len(versions), sum(versions)):
                    ask_for_heads()
            case "changes":
                self.follow(frame)

    def compare(self, frame: JSON) -> None:
        """Sync whatever does not stand where the server says."""
        for stream, version in frame["heads"].items():
            cursor = self.cursors.get(stream)
            if cursor is None or not cursor.startswith(f"{frame['epoch']}.") or version_of(cursor) != version:
                self.sync(stream, cursor)

    def follow(self, frame: JSON) -> None:
        """Apply what continues one's own cursor; sync over gaps."""
        stream = frame["stream"]
        cursor = self.cursors.get(stream)
        if cursor is None:
            # Not followed (yet): the member's own stream says when that changes.
            return
        is_same_epoch = cursor.startswith(f"{frame['epoch']}.")
        if is_same_epoch and version_of(cursor) >= frame["to"]:
            return
        if frame["reset"] or not is_same_epoch or version_of(cursor) < frame["from"]:
            self.sync(stream, cursor)
            return
        self.cursors[stream] = f"{opaque_part(cursor)}~{frame['to']}"
        self.apply(frame["changes"])

    # ── what is asked ──

    def sync(self, stream: str, cursor: str | None) -> None:
        """Catch up from this cursor; the stream's own cursor never moves back by it."""
        for _page in range(50):
            answer = self.server.sync(self.person, stream, cursor)
            if answer is None:
                self.forget(stream)
                return
            cursor = answer["cursor"]
            if answer["reset"]:
                self.start_over(stream, answer["changes"])
            held = self.cursors.get(stream)
            if held is None or opaque_part(held) != opaque_part(cursor) or version_of(held) < version_of(cursor):
                self.cursors[stream] = cursor
            self.apply(answer["changes"])
            if not answer["more"]:
                return
        raise AssertionError("sync never finishes")

    def start_over(self, stream: str, changes: list[JSON]) -> None:
        if stream == self.talk:
            window = [change["object"]["seq"] for change in changes if change["object"]["type"] == "message"]
            self.messages = {}
            # A window that is not full holds everything.
            self.low = min(window) if len(window) >= self.limit else 0
        elif stream == self.own:
            mine = [change["object"] for change in changes if change["object"]["type"] == "membership"]
            if self.conversation not in {membership["conversation"] for membership in mine}:
                self.forget(self.talk)

    def ask_history(self) -> None:
        """Ask for what stands before the window; the answer is under way, however long that takes."""
        self.asked.append((self.low, self.server.page(self.person, self.low)))

    def page_arrives(self, number: int) -> None:
        """A page was read at some version; what changed since must not be undone by it."""
        place, page = self.asked.pop(number)
        cursor = self.cursors.get(self.talk)
        if page is None or cursor is None or opaque_part(page["cursor"]) != opaque_part(cursor) or place < self.low:
            # Of another epoch, of what one was allowed to see before, or of a window that is gone: ask again.
            return
        self.low = min([self.low, *(message["seq"] for message in page["messages"])]) if page["has_before"] else 0
        for message in page["messages"]:
            self.put(message)
        is_naive = failpoints.is_armed("overwrite") or failpoints.is_armed("larger_version_wins")
        if version_of(page["cursor"]) < version_of(cursor) and not is_naive:
            self.sync(self.talk, page["cursor"])

    # ── what is held ──

    def apply(self, changes: list[JSON]) -> None:
        for change in changes:
            match change["object"]:
                case {"type": "message", "seq": seq} as message if seq >= self.low:
                    self.put(message)
                case {"type": "membership", "conversation": self.conversation, "is_active": is_active}:
                    if not is_active:
                        self.forget(self.talk)
                    elif not self.takes_part:
                        self.sync(self.talk, None)

    def put(self, message: JSON) -> None:
        held = self.messages.get(message["seq"])
        if held is None or message["version"] >= held["version"] or failpoints.is_armed("overwrite"):
            self.messages[message["seq"]] = message

    def forget(self, stream: str) -> None:
        self.cursors.pop(stream, None)
        if stream == self.talk:
            self.messages, self.low = {}, 0
