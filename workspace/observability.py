"""Logs as JSON lines and metrics for Prometheus. Neither ever holds what somebody wrote, nor a secret."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

REQUESTS = Counter("lakeside_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("lakeside_request_seconds", "Time to answer, by route.", ["route"], buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10))

# Only these extras of a log record are written: a list of what may leave is safer than a list of what may not.
LOGGED = ("count", "error", "kind", "row", "method", "route", "status", "milliseconds", "code", "stream", "organization", "signal", "port")


def configure_logging(_config: dict[str, Any]) -> None:
    """One handler, one line of JSON an event, to standard error; in DEBUG a line for people."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(allow=LOGGED),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer() if settings.DEBUG else structlog.processors.JSONRenderer(ensure_ascii=False)
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Django's own handlers, which it sets up before this, would say everything twice.
    logging.getLogger("django").handlers.clear()
    root.setLevel(settings.LOG_LEVEL)
    for name in ("django.server", "uvicorn.access", "daphne"):
        logging.getLogger(name).setLevel(logging.WARNING)


class ObserveRequests:
    """Counts and times every request by its route, never by its path: paths have ids in them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else "unknown"
        REQUESTS.labels(request.method, route, response.status_code).inc()
        SECONDS.labels(route).observe(seconds)
        return response
