"""Fields for what people write about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from wire.text import BadText, clean_name


class PlainText(forms.CharField):
    """A line of text as Lakeside stores it: NFC, something to see, without the characters that `wire.text` refuses."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        try:
            return clean_name(text) if text else ""
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
