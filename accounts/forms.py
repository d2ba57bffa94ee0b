from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.fields import Address, Password
from accounts.models import User

NEW_PASSWORD_HELP = _("At least 10 characters. A few words are easier to remember than symbols.")


class SignInForm(forms.Form):
    address = Address()
    password = Password(is_new=False)


class ResetRequestForm(forms.Form):
    address = Address()


class NewPasswordForm(forms.Form):
    """Another password for somebody, told once: browsers show what was typed, and a mistake is mended by mail."""

    password = Password(is_new=True, help_text=NEW_PASSWORD_HELP)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]


class ChangePasswordForm(NewPasswordForm):
    """The old one first: who finds an open screen must not take the account with it."""

    old_password = Password(is_new=False, label=_("Current password"))
    field_order = ["old_password", "password"]
