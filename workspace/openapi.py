"""The schema, OpenAPI 3.1: what every operation takes and gives, its refusals included."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.utils import Direction

from wire.rest import Body, OneField, Shape

JSON = dict[str, Any]

REFUSALS = {
    "400": "Something in the request can't be taken; `errors` names the fields.",
    "401": "Nobody is signed in, or no longer.",
    "403": "You may see it, but not do this to it; or the access token lacks the scope.",
    "404": "Missing, or not yours: both are the same answer.",
    "405": "This address doesn't know the method.",
    "409": "Somebody was faster, or a key came back with other content.",
    "413": "The body is too large.",
    "415": "Send `application/json`.",
    "429": "Too many requests; wait `Retry-After` seconds.",
    "503": "The database does not answer, or not in time; come back after `Retry-After` seconds.",
}
ONLY_WITH_BODY = {"409", "413", "415"}
RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."}}
HEADERS = {
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}}},
    "429": RETRY_AFTER,
    "503": RETRY_AFTER,
}
PROBLEM = {
    "type": "object",
    "description": "Why the server refused (RFC 9457). `code` is for programs; `detail` and `message` are for people, in their language.",
    "required": ["type", "title", "status", "code"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "description": "`/problems/` and the code."},
        "title": {"type": "string", "description": "The phrase of the status."},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "retry_after": {"type": "integer", "description": "Seconds to wait, as in the header Retry-After."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "additionalProperties": False,
                "properties": {
                    "field": {"type": "string", "description": "Dotted: `members.3`."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


class Schema(AutoSchema):
    """An operation of ours: filed under its subject, with the refusals that any operation may answer."""

    def get_tags(self) -> list[str]:
        if not self.path.startswith("/api/v1/orgs/"):
            return ["Account"]
        return ["Conversations" if type(self.view).__module__.startswith("chat.") else "Directory"]

    def _get_response_bodies(self, direction: Any = "response") -> JSON:
        responses = super()._get_response_bodies(direction)
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for status, description in REFUSALS.items():
            if status not in ONLY_WITH_BODY or self.method in {"POST", "PUT", "PATCH", "DELETE"}:
                refusal: JSON = {"description": description, "content": problem}
                if status in HEADERS:
                    refusal["headers"] = HEADERS[status]
                responses.setdefault(status, refusal)
        return responses


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> JSON:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token, `lks_…`: made in the settings, for one organization, with scopes.",
        }


class CookieScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.CookieAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> JSON:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "lakeside_session",
            "description": "The browser's session. What changes something needs the header `X-CSRFToken` as well.",
        }


class BodyShape(OpenApiSerializerExtension):
    """A body holds nothing beside its fields."""

    target_class = "wire.rest.Body"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> JSON:
        shape: JSON = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if isinstance(self.target, OneField):
            shape |= {"minProperties": 1, "maxProperties": 1}
        return {**shape, "additionalProperties": False}


def completed(result: JSON, **_: Any) -> JSON:
    """Postprocessing hook: the component that the refusals refer to."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    return cast(JSON, without_marks(result))


def without_marks(value: Any) -> Any:
    """The same without the marks that drf-spectacular leaves for a hook that we don't use."""
    if isinstance(value, list):
        return [without_marks(item) for item in value]
    if isinstance(value, dict):
        return {name: without_marks(item) for name, item in value.items() if name != "x-spec-enum-id"}
    return value


def classes_without_a_word() -> list[type]:
    """Base classes whose docstrings speak to us, not to who reads the schema."""
    return [*get_lib_doc_excludes(), Body, OneField, Shape]


@cache
def document() -> JSON:
    """The whole schema, in English, made once per process."""
    with translation.override("en"):
        schema: JSON = SchemaGenerator().get_schema(public=True)
    return schema
