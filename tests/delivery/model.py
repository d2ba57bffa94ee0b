"""What should be: the delivery model and the window model as one oracle.

One conversation, its people, their stays. Nothing here knows of cursors, networks, crashes or databases: whatever those do,
a healed screen shows exactly `shown_to`, and nobody is ever handed anything that `sees` denies them at that moment.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field


@dataclass(slots=True)
class Said:
    """A message as it stands now. What happened (`key` None) is said by nobody and cannot be mended."""

    sender: str
    key: str | None
    text: str
    is_recalled: bool = False


@dataclass(slots=True)
class Model:
    """Messages by number, and from which to which number each person took part (`None`: still does)."""

    messages: dict[int, Said] = field(default_factory=dict)
    stays: dict[str, list[list[int | None]]] = field(default_factory=dict)
    history_mode: str = "join"

    @property
    def head(self) -> int:
        return len(self.messages)

    def copy(self) -> Model:
        return copy.deepcopy(self)

    # ── acts ──

    def post(self, sender: str, key: str, text: str) -> int | None:
        """The number of this message, the same for the same key. None if the sender takes no part."""
        for seq, said in self.messages.items():
            if said.key == key:
                return seq
        if not self.takes_part(sender):
            return None
        return self._say(Said(sender, key, text))

    def edit(self, seq: int, text: str) -> None:
        self.messages[seq].text = text

    def recall(self, seq: int) -> None:
        self.messages[seq].text = ""
        self.messages[seq].is_recalled = True

    def join(self, person: str, *, by: str) -> None:
        """From the next message on, which says so."""
        self.stays.setdefault(person, []).append([self.head + 1, None])
        self._say(Said(by, None, ""))

    def leave(self, person: str) -> None:
        """With the last message; the one that says so is not theirs any more."""
        self.stays[person][-1][1] = self.head
        self._say(Said(person, None, ""))

    def switch_history(self, mode: str, *, by: str) -> None:
        if mode != self.history_mode:
            self.history_mode = mode
            self._say(Said(by, None, ""))

    def _say(self, said: Said) -> int:
        self.messages[self.head + 1] = said
        return self.head

    # ── questions ──

    def takes_part(self, person: str) -> bool:
        return any(end is None for _start, end in self.stays.get(person, ()))

    def present(self) -> list[str]:
        return sorted(person for person in self.stays if self.takes_part(person))

    def sees(self, person: str, seq: int) -> bool:
        """A workplace's rule: who left sees nothing; who is here sees everything, or what was said during their stays."""
        if not self.takes_part(person):
            return False
        if self.history_mode == "all":
            return True
        return any(start <= seq and (end is None or seq <= end) for start, end in self.stays[person])

    def shown_to(self, person: str) -> dict[int, str]:
        """Number and text of all that the person sees."""
        return {seq: said.text for seq, said in self.messages.items() if self.sees(person, seq)}

    def mendable(self) -> list[int]:
        """Messages that their senders can edit or recall now."""
        return [
            seq
            for seq, said in self.messages.items()
            if said.key is not None and not said.is_recalled and self.sees(said.sender, seq)
        ]
