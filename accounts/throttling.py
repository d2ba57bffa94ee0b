"""How much one credential may ask of the API."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    # REST framework's views load this module while they are loaded themselves.
    from rest_framework.views import APIView

SECONDS = {"sec": 1, "min": 60, "hour": 3600}
_one_at_a_time = threading.Lock()


def parse_rate(text: str) -> tuple[int, int]:
    """`3000/min` as (3000, 60). Raises ValueError or KeyError for anything else."""
    count, _slash, unit = text.partition("/")
    return int(count), SECONDS[unit]


class CredentialThrottle(BaseThrottle):
    """So many requests in any period, per token or session, or per address of who shows neither.

    The generic cell rate algorithm (ITU-T I.371): one number per credential, the time at which its bucket is empty again. Each process
    counts for itself, so that no request waits for another one's database or Redis.
    """

    wait_seconds: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        count, period = parse_rate(settings.API_RATE)
        key = f"rate:{request.auth or request.META.get('REMOTE_ADDR', '')}"
        cache = caches["process"]
        with _one_at_a_time:
            now = time.time()
            empty_at = max(cache.get(key, now), now) + period / count
            if empty_at - now > period:
                self.wait_seconds = empty_at - now - period
                return False
            cache.set(key, empty_at, timeout=period)
        return True

    def wait(self) -> float | None:
        return self.wait_seconds
