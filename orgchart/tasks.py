"""This room's due work: mails."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

from orgchart.models import Invitation


def mail_invitation(*, invitation: int, language: str) -> None:
    """Send the link to who was invited, unless it was revoked or used in the meantime."""
    found = (
        Invitation.objects.open()
        .exclude(email="")
        .select_related("organization", "created_by")
        .filter(pk=invitation)
        .first()
    )
    if found is None:
        return
    with translation.override(language or settings.LANGUAGE_CODE):
        context = {"invitation": found, "link": f"{settings.PUBLIC_URL}{found.path}"}
        names = {"name": found.created_by.name, "organization": found.organization.name}
        subject = translation.gettext("%(name)s invites you to %(organization)s") % names
        send_mail(subject, render_to_string("orgchart/mail/invitation.txt", context), None, [found.email])
