"""A sender's own account of what it asked for and what was acknowledged: lines of JSON in a file, on disk before the next step."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Journal:
    """One file a sender. Nothing is asked of the server before `intend` returned; nothing counts before `acknowledge` did."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("a", encoding="utf-8")

    def intend(self, *, key: str, act: str, conversation: int, text: str) -> None:
        """Before the first attempt. `act` is post, edit or recall; `key` is always that of the message."""
        self._write({"is": "intended", "key": key, "act": act, "conversation": conversation, "text": text})

    def acknowledge(self, *, key: str, act: str, id: int, seq: int) -> None:
        """The server said that it is done; from here on it must stay so."""
        self._write({"is": "acknowledged", "key": key, "act": act, "id": id, "seq": seq})

    def _write(self, line: dict[str, Any]) -> None:
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        self.file.close()


@dataclass
class Entry:
    """What a journal says of one message: what was last acknowledged, and what was asked for later without an answer."""

    sender: str
    key: str
    conversation: int
    text: str
    id: int | None = None
    seq: int | None = None
    is_recalled: bool = False
    open_act: str | None = "post"
    open_text: str = ""

    @property
    def is_acknowledged(self) -> bool:
        return self.id is not None


def entries(path: Path) -> Iterator[Entry]:
    """The messages of one journal, in the order in which they were first sent."""
    found: dict[str, Entry] = {}
    for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        key, act = line["key"], line["act"]
        if line["is"] == "intended":
            if act == "post":
                found[key] = Entry(path.stem, key, line["conversation"], line["text"])
            entry = found[key]
            entry.open_act, entry.open_text = act, line["text"]
        else:
            entry = found[key]
            entry.id, entry.seq = line["id"], line["seq"]
            entry.is_recalled = act == "recall"
            entry.text = "" if entry.is_recalled else entry.open_text
            entry.open_act = None
    yield from found.values()
