"""The first start: an empty server is given to whoever can read its console."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from orgchart.models import Organization


def token() -> str:
    """The console's token, 96 bits of an HMAC of the server's secret key: nothing is stored, nothing can be guessed."""
    return salted_hmac("orgchart.first_start", "token", algorithm="sha256").hexdigest()[:24]


def is_open() -> bool:
    """Whether the server still waits for its first organization."""
    return not Organization.objects.exists()


def is_token(text: str) -> bool:
    return constant_time_compare(text.strip(), token())


def url() -> str:
    """What `manage.py serve` prints while no organization exists."""
    return f"{settings.PUBLIC_URL}{reverse('start')}?token={token()}"
