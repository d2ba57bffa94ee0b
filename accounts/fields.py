"""Fields for what people write about themselves."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wire.text import BadText, clean_text


def one_line(text: str) -> None:
    """Names stand in one line: no line feeds, tabs or other control characters. Raises ValidationError."""
    if any(unicodedata.category(char) == "Cc" or char in "\u2028\u2029" for char in text):
        raise ValidationError(_("This has to stand in one line."), code="one_line")


class PlainText(forms.CharField):
    """A line of text as Lakeside stores it: NFC, without the characters that `wire.text` refuses."""

    default_validators = [one_line]

    def to_python(self, value: Any) -> str:
        try:
            return str(super().to_python(clean_text(str(value or ""))))
        except BadText as error:
            raise ValidationError(error.sentence, code="bad_character")


class Address(PlainText):
    """An e-mail address or a phone number, as typed."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("E-mail or phone"))
        super().__init__(max_length=254, **options)
        self.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class Password(forms.CharField):
    """A password, as typed: it is neither trimmed nor cleaned. At most 1,000 characters, because hashing longer ones takes long."""

    def __init__(self, *, is_new: bool, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("New password") if is_new else gettext_lazy("Password"))
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password" if is_new else "current-password"})
        super().__init__(max_length=1000, strip=False, widget=widget, **options)
