"""Pages of the house itself: the door, its health, its errors, its documentation."""

from __future__ import annotations

import sys
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from accounts.preferences import language_for
from orgchart.models import Member, Organization
from outbox import figures
from realtime import hints
from wire.problems import Problem
from wire.rest import answer, headers

# A due row that waits longer means that nobody sweeps.
PATIENCE = timedelta(minutes=5)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the chat of one's organization; to the sign-in page; or, on an empty server, to the first start."""
    if not request.user.is_authenticated:
        return redirect("start" if not Organization.objects.exists() else "sign-in")
    member = (
        Member.objects.active().filter(user=request.user).select_related("organization").order_by("joined_at").first()
    )
    if member is None:
        return render(request, "errors/no_organization.html", status=403)
    return redirect("chat", org=member.organization.handle)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and somebody works the due rows off.

    Hints are reported; losing them only makes screens slower, so they don't count.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        age = figures.seconds_late()
    except Error:
        return JsonResponse({"status": "unready", "database": "unreachable"}, status=503)
    is_ready = age < PATIENCE.total_seconds()
    report = {
        "status": "ready" if is_ready else "unready",
        "database": "ok",
        "hints": hints.state(),
        "oldest_due_seconds": round(age, 1),
    }
    return JsonResponse(report, status=200 if is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus; to operators, and from the machine itself."""
    is_operator = request.user.is_authenticated and request.user.is_operator
    is_local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "HTTP_X_FORWARDED_FOR" not in request.META
    if not (is_operator or is_local):
        return page_not_found(request)
    figures.observe()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@require_safe
@ensure_csrf_cookie
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API's documentation, to try out."""
    return render(request, "api_docs.html")


def _error(request: HttpRequest, status: int, code: str, *, retry_after: int | None = None) -> HttpResponse:
    problem = Problem(status, code, retry_after=retry_after)
    if request.path.startswith("/api/"):
        return answer(problem)
    page = render(request, f"errors/{status}.html", status=status)
    for name, value in headers(problem).items():
        page[name] = value
    return page


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, "malformed")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403, "forbidden")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404, "missing")


def server_error(request: HttpRequest) -> HttpResponse:
    """A defect of ours, unless it is the database that does not answer, or not in time: then it is worth coming back."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return _error(request, 500, "defect")
    # Who asks can't be looked up now.
    request.user = AnonymousUser()
    with translation.override(language_for(request)):
        return _error(request, 503, "unavailable", retry_after=1)
