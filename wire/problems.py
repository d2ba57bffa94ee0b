"""Errors as documents (RFC 9457, application/problem+json).

Actions raise them; REST and socket answer the same words. What one batch of the socket's frames refuses goes to people of several
languages: sentences that may be among it are lazy, and become words in `document()`.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.utils.functional import lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MEDIA_TYPE = "application/problem+json"
# Who sends a thousand mistakes has one, and the answer must not outgrow the question.
ERRORS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. The path is dotted: `members.3`."""

    field: str
    message: StrOrPromise


class Problem(Exception):
    """A refusal with its status (400 to 599), a code that programs may compare, and a sentence for people."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        detail: StrOrPromise = "",
        errors: list[FieldError] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = (errors or [])[:ERRORS_SHOWN]
        self.retry_after = retry_after
        super().__init__(status, code)

    def __str__(self) -> str:
        said = self.detail or "; ".join(f"{error.field}: {error.message}" for error in self.errors)
        return f"{self.status} {self.code}: {said}"

    def document(self) -> dict[str, Any]:
        """The body to answer with, in the language that is active."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.code.replace('_', '-')}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = str(self.detail)
        if self.retry_after is not None:
            document["retry_after"] = self.retry_after
        if self.errors:
            document["errors"] = [{"field": error.field, "message": str(error.message)} for error in self.errors]
        return document


def _fill(sentence: StrOrPromise, facts: dict[str, Any]) -> str:
    return str(sentence) % facts


# A lazy sentence with facts in it, which `%` would make words of at once: filled(_("… %(scope)s."), {"scope": scope}).
filled = lazy(_fill, str)


def invalid(field: str, message: StrOrPromise, *, code: str = "invalid") -> Problem:
    """400: this field can't be taken as it is."""
    return Problem(400, code, errors=[FieldError(field, message)])


def forbidden(detail: StrOrPromise, *, code: str = "forbidden") -> Problem:
    """403: you may see it, but not do this to it."""
    return Problem(403, code, detail=detail)


def missing() -> Problem:
    """404, the same bytes for what isn't there and for what isn't yours."""
    return Problem(404, "missing")


def conflict(detail: StrOrPromise, *, code: str = "conflict") -> Problem:
    """409: somebody was faster, or a key came back with other content."""
    return Problem(409, code, detail=detail)
