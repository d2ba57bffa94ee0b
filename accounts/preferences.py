"""Each person's language, time zone and look, for pages and API alike."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.models import User


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones that this machine knows (IANA)."""
    return frozenset(zoneinfo.available_timezones())


class PreferencesMiddleware:
    """Speaks the language of who asks: the one they chose, else the cookie's, else the first that their browser wants."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        zone = user.time_zone if user.is_authenticated else ""
        language = language_for(request)
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone) if zone else None):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response


def language_for(request: HttpRequest) -> str:
    """That of who asks for a page or by REST."""
    chosen = request.user.language if request.user.is_authenticated else ""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return language_of(chosen, cookie, request.headers.get("Accept-Language", ""))


def language_of(chosen: str, cookie: str | None, accepted: str) -> str:
    """One of settings.LANGUAGES. Every kind of Chinese is answered in the one there is."""
    if chosen:
        return chosen
    offered = dict(settings.LANGUAGES)
    if cookie in offered:
        return cookie
    for wanted, _quality in parse_accept_lang_header(accepted[:500]):
        primary = wanted.split("-")[0]
        if found := next((code for code in offered if code.split("-")[0] == primary), None):
            return found
    return settings.LANGUAGE_CODE


def preferences(request: HttpRequest) -> dict[str, Any]:
    """For templates: `preferences.theme`, `preferences.density`, `preferences.language`."""
    # A page of an error may be made before anybody knows who asks.
    user = getattr(request, "user", None)
    wishes = user if isinstance(user, User) else User()
    return {
        "preferences": {
            "theme": wishes.theme,
            "density": wishes.density,
            "language": translation.get_language() or settings.LANGUAGE_CODE,
        }
    }
