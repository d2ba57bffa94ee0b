"""Logs as JSON lines and metrics for Prometheus. Neither ever holds what somebody wrote, nor a secret."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

REQUESTS = Counter("lakeside_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "lakeside_request_seconds",
    "Time to answer, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

# Only these extras of a log record are written: a list of what may leave is safer than a list of what may not.
LOGGED = (
    "code", "count", "error", "kind", "method", "milliseconds", "organization", "port", "route", "row", "signal",
    "status", "stream",
)  # fmt: skip

Event = MutableMapping[str, Any]


def configure_logging(_config: dict[str, Any]) -> None:
    """One handler, one line of JSON an event, to standard error; in DEBUG a line for people."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(allow=LOGGED),
        request_by_route,
    ]
    # Whoever develops wants to read the whole error.
    ending: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if settings.DEBUG
        else [error_by_place, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Django's own handlers, which it sets up before this, would say everything twice.
    logging.getLogger("django").handlers.clear()
    root.setLevel(settings.LOG_LEVEL)
    for name in ("django.server", "uvicorn.access", "daphne"):
        logging.getLogger(name).setLevel(logging.WARNING)


def request_by_route(_logger: Any, _name: str, event: Event) -> Event:
    """Django's words about a request name its path, which may hold an invitation's or a reset link's secret."""
    record: logging.LogRecord = event["_record"]
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        status = getattr(record, "status_code", 500)
        event["event"] = "request_failed" if status >= 500 else "request_refused"
        event.update(method=method_of(request), route=route_of(request), status=status)
    elif record.name.startswith("django.security"):
        event["event"] = record.name
    return event


def error_by_place(_logger: Any, _name: str, event: Event) -> Event:
    """An error by its kind and the places it came through. Its text is left out: a database tells there what somebody wrote."""
    if isinstance(found := event.pop("exc_info", None), tuple) and found[1] is not None:
        event["error"] = [type(error).__name__ for error in chain(found[1])]
        event["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found[2])]
    return event


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class ObserveRequests:
    """Counts and times every request by its route, never by its path: paths have ids in them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        route = route_of(request)
        REQUESTS.labels(method_of(request), route, response.status_code).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


def route_of(request: HttpRequest) -> str:
    """The pattern that the address matched, `unknown` for none."""
    return request.resolver_match.route if request.resolver_match else "unknown"


def method_of(request: HttpRequest) -> str:
    """The method; whoever invents new ones must not make a new time series with each."""
    return request.method if request.method in METHODS else "other"
