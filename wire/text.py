"""What text may enter.

NFC, without NUL, lone surrogates and bidirectional controls. Everything that comes in by REST or socket passes here.
"""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from wire.problems import invalid

# Bidi controls can make "exe.pdf" out of "fdp.exe" and turn a sum around; isolates and marks are as good for that as
# overrides.
_REFUSED = re.compile("[\x00\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class BadText(ValueError):
    """A text with a character that Lakeside doesn't store.

    `path` names the field (`members.3`), `character` the culprit (`U+202E`).
    """

    def __init__(self, path: str, character: str) -> None:
        self.path = path
        self.character = f"U+{ord(character):04X}"
        super().__init__(f"{path or 'text'}: {self.character} is not allowed")


def clean_text(text: str, path: str = "") -> str:
    """The text in NFC. Raises BadText for NUL, a lone surrogate or a bidi control."""
    if text.isascii() and "\x00" not in text:
        return text
    if found := _REFUSED.search(text):
        raise BadText(path, found.group())
    return unicodedata.normalize("NFC", text)


def accepted(text: str, field: str) -> str:
    """The same for a field that somebody filled in, by whichever way it came. Raises Problem (400) that names it."""
    try:
        return clean_text(text, field)
    except BadText as error:
        message = _("The character %(character)s is not allowed.") % {"character": error.character}
        raise invalid(field, message, code="bad_character") from None


def clean(value: Any, path: str = "") -> Any:
    """The same value (as `json.loads` gives it) with every text in it cleaned, names of fields included."""
    if isinstance(value, str):
        return clean_text(value, path)
    if isinstance(value, list):
        return [clean(item, f"{path}.{number}" if path else str(number)) for number, item in enumerate(value)]
    if isinstance(value, dict):
        return {
            clean_text(name, path or "body"): clean(item, f"{path}.{name}" if path else name)
            for name, item in value.items()
        }
    return value
