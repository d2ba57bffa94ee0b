"""How a password becomes a person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User


class AddressBackend(BaseBackend):
    """E-mail or phone, and a password. Takes as long for an address that nobody has as for one that somebody has."""

    def authenticate(
        self, request: HttpRequest | None, address: str = "", password: str = "", **others: Any
    ) -> User | None:
        """The active person whose address and password these are."""
        user = User.objects.reached_by(address)
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
