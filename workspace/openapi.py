"""The schema, OpenAPI 3.1: every operation answers problems as problem+json, and says so."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """Adds the refusals that any operation may answer."""

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        responses = super()._get_response_bodies(direction)
        problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        refusals = {"400": "Something in the request can't be taken.", "401": "Not signed in.", "403": "Not allowed.", "404": "Missing, or not yours."}
        if self.method in {"POST", "PUT", "PATCH"}:
            refusals |= {"409": "Somebody was faster.", "413": "Too large.", "415": "Send application/json."}
        refusals |= {"405": "This address doesn't know the method.", "429": "Too many requests; wait `Retry-After` seconds."}
        for status, description in refusals.items():
            responses.setdefault(status, {**problem, "description": description})
        return responses


PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def with_problem(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing hook: the component that the refusals refer to."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    return result
