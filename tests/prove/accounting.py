"""What the journals say against what the server and the observers show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.prove.journal import Entry

Messages = Sequence[Mapping[str, Any]]
# What two screens must agree on, message by message.
SHOWN = ("seq", "id", "version", "key", "kind", "text", "html", "posted_at", "edited_at", "recalled_at")


@dataclass
class Account:
    """The result. Everything after `present` must be empty or zero."""

    acknowledged: int = 0
    present: int = 0
    unanswered: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.out_of_order or self.altered or self.gaps or self.strangers)


def account(journals: Iterable[Sequence[Entry]], histories: Mapping[int, Messages]) -> Account:
    """Compare journals (one a sender, in sending order) with the final history of every conversation (ascending).

    Each sender waited for an acknowledgement before it sent its next message, so a sender's messages must stand in that order.
    """
    found = Account()
    stored: dict[str, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for conversation, messages in histories.items():
        for message in messages:
            if message["kind"] == "text":
                stored[message["key"]].append((conversation, message))
        numbers = [message["seq"] for message in messages]
        if numbers != list(range(1, len(numbers) + 1)):
            found.gaps.append(f"conversation {conversation}: the numbers are not 1 to {len(numbers)}")
    known: set[str] = set()
    for journal in journals:
        last: Counter[int] = Counter()
        for entry in journal:
            known.add(entry.key)
            _compare(entry, stored.get(entry.key, []), last, found)
    found.strangers.extend(key for key in stored if key not in known)
    return found


def _compare(entry: Entry, places: list[tuple[int, Mapping[str, Any]]], last: Counter[int], found: Account) -> None:
    name = f"{entry.sender} {entry.key}"
    found.acknowledged += entry.is_acknowledged
    found.unanswered += entry.open_act is not None
    if len(places) > 1:
        found.doubled.append(name)
    if not places:
        if entry.is_acknowledged:
            found.lost.append(name)
        return
    conversation, message = places[0]
    found.present += entry.is_acknowledged
    if message["seq"] <= last[entry.conversation]:
        found.out_of_order.append(name)
    last[entry.conversation] = max(last[entry.conversation], message["seq"])
    if conversation != entry.conversation or not _is_as_acknowledged(entry, message):
        found.altered.append(name)


def _is_as_acknowledged(entry: Entry, message: Mapping[str, Any]) -> bool:
    """What was acknowledged last, or what was asked for after that and never answered."""
    now = (message["text"], message["recalled_at"] is not None)
    possible = {(entry.text, entry.is_recalled)}
    if entry.open_act in ("post", "edit"):
        possible.add((entry.open_text, False))
    elif entry.open_act == "recall":
        possible.add(("", True))
    is_same = entry.seq is None or (entry.id, entry.seq) == (message["id"], message["seq"])
    return is_same and now in possible


def differs(screen: Messages, history: Messages) -> bool:
    """Whether a screen shows anything else than the history says, in content or in order."""

    def shown(messages: Messages) -> list[tuple[Any, ...]]:
        return [tuple(message[name] for name in SHOWN) for message in messages]

    return shown(screen) != shown(history)
