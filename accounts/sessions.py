"""Browser sessions as rows of ours: they know whose they are, so that a person can see and end them, and sockets end with them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Session

TOUCHED_EVERY = timedelta(minutes=1)


def digest_of(secret: str) -> str:
    """What is stored of a random secret (a session's cookie, a token, an invitation): SHA-256 in hexadecimal digits.

    No salt and no stretching: the secrets have at least 128 random bits.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


class SessionStore(SessionBase):
    """Django's session, kept in `accounts.Session`. `id` is the row's, and stays when the cookie is changed for another one."""

    id: int | None = None
    seen_at: datetime | None = None
    agent: str = ""

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(digest=digest_of(session_key)).exists()

    def load(self) -> dict[str, Any]:
        row = Session.objects.unexpired().filter(digest=digest_of(self.session_key or "")).first()
        if row is None:
            self._session_key = None
            return {}
        self.id, self.seen_at = row.pk, row.seen_at
        return self.decode(row.data)

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        content = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        user_id = content.get(SESSION_KEY)
        fields = {
            "user_id": int(user_id) if user_id else None,
            "data": self.encode(content),
            "seen_at": timezone.now(),
            "expires_at": self.get_expiry_date(),
            **({"agent": self.agent} if self.agent else {}),
        }
        digest = digest_of(self.session_key)
        if must_create:
            try:
                with transaction.atomic():
                    self.id = Session.objects.create(digest=digest, **fields).pk
            except IntegrityError:
                raise CreateError
        elif not Session.objects.filter(digest=digest).update(**fields):
            # Ended in the meantime from another browser: saving must not bring it back.
            raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(digest=digest_of(key)).delete()

    def cycle_key(self) -> None:
        """Another cookie for the same row, at sign-in and after a change of the password. Its sockets stay open."""
        old = self.session_key
        if old is None or not self.exists(old):
            content = self._session  # type: ignore[attr-defined]
            self.create()
            self._session_cache = content
            return
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        Session.objects.filter(digest=digest_of(old)).update(digest=digest_of(self._session_key))
        self.modified = True

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.expired().delete()


class SessionMiddleware(DjangoSessionMiddleware):
    """Tells the session which browser it belongs to, and notes once a minute that it is in use."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session = cast(SessionStore, request.session)
        # A browser may call itself anything; what no text may hold isn't kept.
        session.agent = "".join(filter(str.isprintable, request.headers.get("User-Agent", "")[:300]))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = cast(SessionStore, request.session)
        if session.id and session.seen_at and not session.modified and timezone.now() - session.seen_at > TOUCHED_EVERY:
            self.touch(session, session.id)
        return super().process_response(request, response)

    def touch(self, session: SessionStore, id: int) -> None:
        """Note the use. In the second half of its life the session starts over, with a new date on the cookie as well."""
        now = timezone.now()
        if Session.objects.filter(
            pk=id, expires_at__lt=now + timedelta(seconds=settings.SESSION_COOKIE_AGE / 2)
        ).exists():
            session.modified = True
        else:
            Session.objects.filter(pk=id).update(seen_at=now)
