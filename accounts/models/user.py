import re
import unicodedata
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


def plain_phone(text: str) -> str:
    """A phone number as it is stored: `+8613800138000`. Eleven digits that begin with 1 are a Chinese mobile number.

    Raises ValidationError for what is no number (ITU-T E.164: a plus, up to 15 digits, the first not 0).
    """
    digits = re.sub(r"[\s().\-\u2010-\u2015]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^00", "+", digits)
    if re.fullmatch(r"1[3-9][0-9]{9}", digits):
        digits = f"+86{digits}"
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
        raise ValidationError(
            _(
                "This is neither an e-mail address nor a phone number. Write a number in international form, such as +86 138 0013 8000."
            ),
            code="phone",
        )
    return digits


def plain_address(text: str) -> str:
    """An e-mail or phone in the one form in which it is stored, however it was typed. Raises ValidationError for neither."""
    text = text.strip()
    return text.lower() if "@" in text else plain_phone(text)


class UserManager(BaseUserManager["User"]):
    """Finds people by what they sign in with. Addresses are stored in small letters, numbers in international form."""

    def reached_by(self, address: str) -> "User | None":
        """The person with this e-mail or phone, however it was typed; None if there is none."""
        try:
            plain = plain_address(address)
        except ValidationError:
            return None
        return self.filter(**{"email" if "@" in plain else "phone": plain}).first()


class User(AbstractBaseUser):
    """A login. It may belong to several organizations; everything else refers to the Member there."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    email = models.EmailField(_("e-mail"), max_length=254, unique=True, null=True, blank=True)
    phone = models.CharField(
        _("phone"),
        max_length=16,
        unique=True,
        null=True,
        blank=True,
        help_text=_("International form, e.g. +8613800138000"),
    )
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, help_text=_("May look after the server: dead letters, metrics."))
    language = models.CharField(
        max_length=8, choices=settings.LANGUAGES, blank=True, help_text=_("Empty: as the browser asks.")
    )
    time_zone = models.CharField(max_length=64, blank=True, help_text=_("IANA name; empty: the server's."))
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_in_small_letters"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False), name="user_can_be_reached"
            ),
            models.CheckConstraint(
                condition=~models.Q(email="") & ~models.Q(phone=""), name="user_address_is_null_or_real"
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.phone or ""
