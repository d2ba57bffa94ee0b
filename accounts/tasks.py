"""This room's due work: mails."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User


def mail_password_reset(*, user: int, language: str) -> None:
    """Send the link. It is made here, so that it lies in no table; nobody is told when the address was unknown."""
    person = User.objects.filter(pk=user, is_active=True).exclude(email=None).first()
    if person is None:
        return
    path = reverse(
        "password-reset-link", kwargs={"user": person.pk, "token": default_token_generator.make_token(person)}
    )
    with translation.override(person.language or language or settings.LANGUAGE_CODE):
        context = {"link": f"{settings.PUBLIC_URL}{path}", "hours": settings.PASSWORD_RESET_TIMEOUT // 3600}
        text = render_to_string("accounts/mail/password_reset.txt", context)
        send_mail(translation.gettext("A new password for Lakeside"), text, None, [person.email or ""])
