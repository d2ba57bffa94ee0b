from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.actions.users import user_at
from accounts.fields import Address, Password, PlainText
from accounts.forms import NEW_PASSWORD_HELP
from accounts.models import User
from orgchart.actions.invitations import DAYS_AT_MOST, USES_AT_MOST
from orgchart.models import Department, Member
from orgchart.models.organization import handle_is_plain
from wire.problems import Problem


class Name(PlainText):
    """A person's or a company's name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, **options)


class NewcomerForm(forms.Form):
    """Whoever comes in: three fields."""

    name = Name(label=_("Your name"), help_text=_("As your colleagues know you."))
    address = Address()
    password = Password(is_new=True, label=_("Password"), help_text=NEW_PASSWORD_HELP)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean(self) -> dict[str, Any]:
        """Makes `self.user`, without a password yet."""
        given = super().clean() or {}
        if "address" in given:
            try:
                self.user = user_at(given["address"])
            except Problem as problem:
                self.add_error("address", problem.errors[0].message)
        if "password" in given:
            self.check_password(given["password"])
        return given

    def new_user(self) -> User:
        """The login, not saved yet. Hashing takes long on purpose: strangers who ask for it are counted before."""
        self.user.set_password(self.cleaned_data["password"])
        return self.user

    def check_password(self, password: str) -> None:
        try:
            validate_password(password, getattr(self, "user", None))
        except ValidationError as error:
            self.add_error("password", error)


class JoinForm(NewcomerForm):
    """By an invitation; one that was mailed lets only its address in."""

    def __init__(self, *args: Any, email: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        if email:
            self.fields["address"].initial = email
            self.fields["address"].disabled = True


class JoinAsMyselfForm(forms.Form):
    """For who is signed in already: only how they are called there."""

    name = Name(label=_("Your name"), help_text=_("As your colleagues know you."))


class StartForm(NewcomerForm):
    organization = Name(label=_("Name of your company"))
    handle = PlainText(
        label=_("Short name for addresses"),
        max_length=40,
        validators=[handle_is_plain],
        help_text=_("Lowercase letters, digits and hyphens. It is part of every link."),
    )
    field_order = ["organization", "handle", "name", "address", "password"]


class InvitationForm(forms.Form):
    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False
    )
    use_limit = forms.IntegerField(label=_("For how many people?"), min_value=1, max_value=USES_AT_MOST, initial=1)
    days = forms.IntegerField(label=_("For how many days?"), min_value=1, max_value=DAYS_AT_MOST, initial=7)
    email = forms.EmailField(
        label=_("Mail it to"), required=False, help_text=_("If you fill this in, the link lets only this address in.")
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        department = self.fields["department"]
        department.queryset = Department.objects.visible_to(member).with_tree_fields()  # type: ignore[attr-defined]
        department.empty_label = _("None yet")  # type: ignore[attr-defined]
        department.label_from_instance = lambda found: "　" * found.tree_depth + found.name  # type: ignore[attr-defined]
