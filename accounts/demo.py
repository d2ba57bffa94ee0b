"""The demo's door: anybody on this very machine may come in as one of a few people of the demo company."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


def is_open(request: HttpRequest) -> bool:
    """Only in demo mode, only where every name of the server is this machine's own, only for a browser on it, never through a proxy."""
    return (
        settings.DEMO
        and all(is_loopback(host) for host in settings.ALLOWED_HOSTS)
        and is_loopback(split_domain_port(request.get_host())[0])
        and is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(header in request.META for header in FORWARDED)
    )


def is_loopback(host: str) -> bool:
    """Whether this name or address can only be the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
