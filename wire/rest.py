"""How REST speaks: JSON in and out by `wire.json`, errors as problem documents."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions, serializers
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from wire.json import decode, encode
from wire.problems import MEDIA_TYPE, FieldError, Problem, missing


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return decode(stream.read())
        except RequestDataTooBig:
            raise Problem(413, "too_large", detail="The body is larger than 2.5 MB.") from None


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else encode(data).encode()


class Body(serializers.Serializer[Any]):
    """What a client may send: the fields that are declared, and nothing else. Unknown ones are refused by name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["This field is not known."] for name in unknown})
        return super().to_internal_value(data)


def handle(error: Exception, context: Any) -> Response | None:
    """REST framework's exception handler.

    Every refusal becomes a problem document. Anything else is a defect and stays one.
    """
    problem = as_problem(error)
    if problem is None:
        return None
    response = Response(problem.document(), status=problem.status, content_type=MEDIA_TYPE)
    if problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def as_problem(error: Exception) -> Problem | None:
    """The refusal that this exception means, or None for a defect."""
    match error:
        case Problem():
            return error
        case Http404() | exceptions.NotFound():
            return missing()
        case exceptions.ValidationError():
            return Problem(400, "invalid", errors=list(_field_errors(error.detail)))
        case exceptions.Throttled():
            return Problem(
                429, "too_many_requests", detail="Too many requests.", retry_after=max(1, int(error.wait or 1))
            )
        case exceptions.APIException():
            return Problem(error.status_code, str(error.default_code), detail=str(error.detail))
    return None


def _field_errors(detail: Any, path: str = "") -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _field_errors(inner, ".".join(part for part in (path, own) if part))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            # A list of sentences belongs to the field itself; a list of lists or dicts to its items.
            yield from _field_errors(inner, path if isinstance(inner, str) else f"{path}.{number}".lstrip("."))
    else:
        yield FieldError(path or "body", str(detail))


def answer(problem: Problem) -> HttpResponse:
    """The same document outside of REST framework's views."""
    response = HttpResponse(encode(problem.document()), status=problem.status, content_type=MEDIA_TYPE)
    if problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """For addresses under /api/ that no route knows: the same bytes as any missing thing."""
    return answer(missing())
