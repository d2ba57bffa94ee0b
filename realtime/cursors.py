"""Cursors.

`<epoch>.<generation>~<version>`. What stands before the `~` is opaque to clients; a live frame moves what stands
behind it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from wire.problems import Problem, invalid

_SHAPE = re.compile(r"(\d{1,9})\.([0-9.]{1,40})~(\d{1,18})", re.ASCII)


class Cursor(NamedTuple):
    """Up to where somebody has followed a stream, in which epoch, with which sight."""

    epoch: int
    generation: str
    version: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.generation}~{self.version}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises Problem (400, field `cursor`) for anything that this server never gave out."""
        if not (match := _SHAPE.fullmatch(text)):
            raise _unreadable()
        return cls(int(match[1]), match[2], int(match[3]))


def _unreadable() -> Problem:
    return invalid("cursor", _("This is not a cursor of this server. Leave it out to start over."))
