"""What text may enter.

NFC, without NUL, lone surrogates and bidirectional controls. Everything that comes in by REST or socket passes here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from wire.problems import filled, invalid

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Bidi controls can make "exe.pdf" out of "fdp.exe" and turn a sum around; isolates and marks are as good for that as
# overrides.
_REFUSED = re.compile("[\x00\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# NFC sorts each run of combining marks, in time that grows with its square: a megabyte of them stops a process for
# minutes. UAX #15 calls text with at most 30 in a row stream-safe; no language needs more.
_MARKS = "".join(mark for code in range(0x300, 0x20000) if unicodedata.combining(mark := chr(code)))
_PILE = re.compile(f"[{_MARKS}]{{31,}}")
# Fillers count as letters, signs or symbols in Unicode and show nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"


class BadText(ValueError):
    """A text that Lakeside doesn't store.

    `path` names the field (`members.3`), `sentence` says what is wrong with it.
    """

    def __init__(self, path: str, sentence: StrOrPromise) -> None:
        self.path = path
        self.sentence = sentence
        super().__init__(f"{path or 'text'}: {sentence}")

    def within(self, name: object) -> BadText:
        """The same, seen from one level further out."""
        return BadText(f"{name}.{self.path}".rstrip("."), self.sentence)


def clean_text(text: str, path: str = "") -> str:
    """The text in NFC. Raises BadText for NUL, a lone surrogate, a bidi control or a pile of combining marks."""
    if text.isascii() and "\x00" not in text:
        return text
    if found := _REFUSED.search(text):
        raise BadText(
            path, filled(_("The character %(character)s is not allowed."), {"character": f"U+{ord(found[0]):04X}"})
        )
    if _PILE.search(text):
        raise BadText(path, _("More than 30 accents on one letter are not allowed."))
    return unicodedata.normalize("NFC", text)


def clean_name(text: str, path: str = "") -> str:
    """The text as what somebody or something is called: trimmed, in one line, with something to see. Raises BadText."""
    name = clean_text(text, path).strip()
    kinds = [unicodedata.category(char) for char in name]
    if not {"Cc", "Zl", "Zp"}.isdisjoint(kinds):
        raise BadText(path, _("This has to stand in one line."))
    if not any(kind[0] not in "CZM" and char not in _BLANK for char, kind in zip(name, kinds, strict=True)):
        raise BadText(path, _("A name needs a character that can be seen."))
    return name


def accepted(text: str, field: str, cleaner: Callable[[str, str], str] = clean_text) -> str:
    """The same for a field that somebody filled in, by whichever way it came. Raises Problem (400) that names it."""
    try:
        return cleaner(text, field)
    except BadText as error:
        raise invalid(field, error.sentence, code="bad_character") from None


def accepted_name(text: str, field: str = "name") -> str:
    """`clean_name` for such a field. Raises Problem (400) that names it."""
    return accepted(text, field, clean_name)


def clean(value: Any) -> Any:
    """The same value (as `json.loads` gives it) with every text in it cleaned, names of fields included."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_inside(number, item) for number, item in enumerate(value)]
    if isinstance(value, dict):
        return {clean_text(name, "body"): _inside(name, item) for name, item in value.items()}
    return value


def _inside(name: object, value: Any) -> Any:
    try:
        return clean(value)
    except BadText as error:
        raise error.within(name) from None
