"""Asking wrongly, and what every refusal looks like."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.api.conftest import Room
from wire.problems import MEDIA_TYPE

NOBODY = 999_999_999_999
HUGE = 10**30
# Bodies that are good as they stand; a conversation lacks its members still.
MESSAGE = {"key": "7f1b7b0e-8f5f-4c7e-9a51-1d1f6a3c2b10", "text": "早"}
NEW = {"key": "7f1b7b0e-8f5f-4c7e-9a51-1d1f6a3c2b11", "kind": "group", "name": "新群"}


def under(room: Room, rest: str) -> str:
    return f"/api/v1/orgs/lakeside/conversations/{room.group.pk}{rest}"


def send(client: Client, method: str, path: str, body: Any, **extra: Any) -> HttpResponse:
    """The body as JSON, or as it is if it is text already."""
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.generic(method, path, data, content_type=extra.pop("content_type", "application/json"), **extra)


def assert_refused(answer: HttpResponse, *fields: str, status: int = 400, code: str | None = None) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE), answer.content[:300]
    problem = answer.json()
    assert problem["status"] == status
    assert [error["field"] for error in problem.get("errors", [])] == list(fields), problem
    assert all(error["message"] for error in problem.get("errors", []))
    assert code is None or problem["code"] == code
