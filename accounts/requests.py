"""What the middleware makes of a request. Only for types: nobody instantiates these."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import SessionStore


class VisitorRequest(HttpRequest):
    """By whomever, in a browser that may be signed in."""

    session: SessionStore


class PersonRequest(VisitorRequest):
    """By somebody who is signed in."""

    user: User
