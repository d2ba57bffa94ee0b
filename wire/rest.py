"""How REST speaks: JSON in and out by `wire.json`, errors as problem documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from wire.json import cleaned, decode, encode_bytes
from wire.problems import ERRORS_SHOWN, MEDIA_TYPE, FieldError, Problem, missing
from wire.text import BadText, clean_name

# A refusal names the field; whoever sends a name of a megabyte needn't get it back.
NAME_SHOWN = 80
JSON = dict[str, Any]


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        # One byte more tells what is too large, however much is still to come.
        body = stream.read(most + 1)
        if len(body) > most:
            raise Problem(413, "too_large", detail=_("The body is larger than %(most)s bytes.") % {"most": most})
        return decode(body)


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else encode_bytes(data)


class OneFormat(BaseContentNegotiation):
    """The API speaks JSON, whatever `Accept` says (RFC 9110, 12.5.1 lets a server disregard it); bodies must say that they are JSON."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class Body(serializers.Serializer[Any]):
    """What a client may send: the fields that are declared, and nothing else. Unknown ones are refused by name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise _refused(unknown, _("This field is not known."))
        return super().to_internal_value(data)


class OneField(Body):
    """One act, one transaction: exactly one of the fields, because two could end half done."""

    def validate(self, attrs: JSON) -> JSON:
        if len(attrs) != 1:
            names = list(self.fields)
            message = _("Give one of %(names)s.") % {"names": ", ".join(names)}
            raise serializers.ValidationError({names[0]: [message]})
        return attrs


class Shape(serializers.Serializer[Any]):
    """An object on the wire; only the schema reads it."""


class Text(serializers.CharField):
    """A string, and nothing that could be made one: 7 is not "7"."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Name(Text):
    """What somebody or something is called: one line, with a character that can be seen."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return clean_name(super().to_internal_value(data))
        except BadText as error:
            raise serializers.ValidationError(error.sentence) from None


class Email(Text, serializers.EmailField):
    """An e-mail address."""


class List(serializers.ListField):
    """Items of one kind. They are counted before any of them is looked at, and the first bad one ends the looking."""

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        self.run_validators(data)
        checked = []
        for number, item in enumerate(data):
            try:
                checked.append(self.child.run_validation(item))
            except serializers.ValidationError as error:
                raise serializers.ValidationError({str(number): error.detail}) from None
        return checked


class Choice(serializers.ChoiceField):
    """One of a few strings."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Number(serializers.IntegerField):
    """A whole number, written as one."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Key(serializers.UUIDField):
    """A UUID in its usual form of 36 characters (RFC 9562)."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


def sent(body: type[Body], request: Request) -> JSON:
    """What the body holds, checked. Raises Problem or ValidationError (400) naming the fields."""
    return _checked(body, request.data)


def asked(query: type[Body], request: Request) -> JSON:
    """What stands behind the question mark, checked. Raises as `sent` does, also for what is given twice."""
    if twice := {name for name, values in request.query_params.lists() if len(values) > 1}:
        raise _refused(twice, _("Give this once."))
    return _checked(query, cleaned(request.query_params.dict()))


def _refused(names: Iterable[str], message: str) -> Problem:
    few = sorted(names)[:ERRORS_SHOWN]
    return Problem(400, "invalid", errors=[FieldError(name[:NAME_SHOWN], message) for name in few])


def _checked(kind: type[Body], data: Any) -> JSON:
    checked = kind(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def handle(error: Exception, context: Any) -> Response | None:
    """REST framework's exception handler: every refusal becomes a problem document.

    Anything else is a defect and stays one.
    """
    problem = as_problem(error)
    if problem is None:
        return None
    response = Response(problem.document(), status=problem.status, content_type=MEDIA_TYPE)
    for name, value in headers(problem).items():
        response[name] = value
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
            wait = max(1, int(getattr(error, "wait", None) or 1))
            return Problem(429, "too_many_requests", detail=_("Too many requests."), retry_after=wait)
        case exceptions.APIException():
            return Problem(error.status_code, str(error.default_code), detail=str(error.detail))
    return None


def _field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)[:NAME_SHOWN]
            yield from _field_errors(inner, ".".join(part for part in (path, own) if part))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            # A list of sentences belongs to the field itself; a list of lists or dicts to its items.
            yield from _field_errors(inner, path if isinstance(inner, str) else f"{path}.{number}".lstrip("."))
    else:
        yield FieldError(path or "body", str(detail))


def headers(problem: Problem) -> dict[str, str]:
    """What a refusal says beside its document."""
    found = {}
    if problem.retry_after is not None:
        found["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        found["WWW-Authenticate"] = 'Bearer realm="Lakeside"'
    return found


def answer(problem: Problem) -> HttpResponse:
    """The same document outside of REST framework's views."""
    body = encode_bytes(problem.document())
    return HttpResponse(body, status=problem.status, content_type=MEDIA_TYPE, headers=headers(problem))


@csrf_exempt
def not_found(request: HttpRequest) -> HttpResponse:
    """For addresses under /api/ that no route knows, whatever the method: the same bytes as any missing thing."""
    return answer(missing())
