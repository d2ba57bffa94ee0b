"""The schema and the server say the same: schemathesis asks whatever the schema allows, and much that it doesn't."""

from __future__ import annotations

import copy
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, Phase, given
from pytest_django.fixtures import Settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from orgchart.models import Member
from tests.api.conftest import Room
from tests.cast import browser_of, token_of
from tests.conftest import Server
from workspace import openapi

# What a check may hold against an answer. Not among them: that everything the schema allows is accepted; a schema can't say
# which members exist.
HELD = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)
# Only for tokens: the session's cookie is sent by us, and the check can't take it away.
HELD_FOR_TOKENS = (*HELD, "ignored_auth")
ONLY_SIGNED_IN = {
    "POST /api/v1/tokens",
    "DELETE /api/v1/tokens/{token}",
    "DELETE /api/v1/sessions",
    "DELETE /api/v1/sessions/{session}",
}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, before + str(entry.pattern))
        else:
            yield before + str(entry.pattern), entry.callback


def test_every_operation_of_the_api_is_in_the_schema() -> None:
    told = {(method, path) for path, methods in openapi.document()["paths"].items() for method in methods}
    there = set()
    for route, view in addresses(get_resolver().url_patterns):
        if route.startswith("api/v1/") and hasattr(view, "cls") and route != "api/v1/schema":
            path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
            there |= {
                (method, path) for method in ("get", "post", "put", "patch", "delete") if hasattr(view.cls, method)
            }
    assert there == told


def test_operations_have_names_of_one_kind() -> None:
    names = [
        operation["operationId"] for methods in openapi.document()["paths"].values() for operation in methods.values()
    ]
    assert len(names) == len(set(names))
    verbs = {name.partition("_")[0] for name in names}
    assert verbs <= {
        "get",
        "list",
        "create",
        "change",
        "add",
        "give",
        "remove",
        "post",
        "edit",
        "recall",
        "move",
        "sync",
        "revoke",
        "end",
    }


def about(room: Room) -> dict[str, Any]:
    """The product's schema, with what exists in this test where it says `integer`: else nearly every answer would be 404."""
    people = {"enum": [room.other.pk]}
    known: dict[str, dict[str, Any]] = {
        "org": {"enum": ["lakeside"]},
        "conversation_id": {"enum": [room.group.pk, room.direct.pk]},
        "message_id": {"enum": [room.message_id]},
        "member_id": people,
        "member": people,
        "stream": {"enum": [str(room.group.stream), str(room.me.stream), str(room.me.organization.stream)]},
        "session": {"enum": [room.other_session_id]},
        "token": {"enum": [room.other_token_id]},
        "invitation": {"enum": [room.invitation_id]},
    }
    schema = copy.deepcopy(openapi.document())
    for methods in schema["paths"].values():
        for operation in methods.values():
            parameters = operation.get("parameters", ())
            in_group = any(parameter["name"] in {"message_id", "member_id"} for parameter in parameters)
            for parameter in parameters:
                if parameter["name"] == "conversation_id" and in_group:
                    parameter["schema"] = {"enum": [room.group.pk]}
                elif parameter["in"] == "path":
                    parameter["schema"] = known[parameter["name"]]
                elif parameter["name"] == "department":
                    parameter["schema"] = {"enum": [room.department_id]}
    bodies = schema["components"]["schemas"]
    for body, field in (
        ("NewMessageRequest", "text"),
        ("MessageChangeRequest", "text"),
        ("ConversationChangeRequest", "name"),
    ):
        # Most texts of the generator hold what no text may; some should get through.
        bodies[body]["properties"][field] = {"anyOf": [{"enum": ["早", "**收到**"]}, bodies[body]["properties"][field]]}
    for body in ("NewConversationRequest", "NewParticipantsRequest"):
        bodies[body]["properties"]["members"]["items"] = people
    # Who hands the group over could do nothing more in it.
    bodies["RoleRequest"]["properties"]["role"] = {"enum": ["admin", "member"]}
    bodies["TokenBodyRequest"]["properties"]["organization"] = known["org"]
    bodies["InvitationBodyRequest"]["properties"]["department"] = {"enum": [room.department_id, None]}
    bodies["PreferencesBodyRequest"]["properties"]["time_zone"] = {"enum": ["Asia/Shanghai", "Mars/Olympus"]}
    return schema


def shown_by(me: Member, kind: str) -> dict[str, dict[str, str]]:
    if kind == "token":
        return {"headers": {"Authorization": f"Bearer {token_of(me)}"}, "cookies": {}}
    browser = browser_of(me)
    browser.get("/api/docs")
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    return {"headers": {"X-CSRFToken": cookies["lakeside_csrf"]}, "cookies": cookies}


# Of each address, in each mode; of many fewer, no message would happen to be taken.
EXAMPLES = 20


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["session", "token"])
def test_no_answer_is_undocumented(server: Server, settings: Settings, room: Room, kind: str) -> None:
    settings.API_RATE = "1000000/min"
    load_all_checks()
    checks = CHECKS.get_by_names(HELD_FOR_TOKENS if kind == "token" else HELD)
    schema = schemathesis.openapi.from_dict(about(room))
    schema.config.update(base_url=server.url)
    shown = shown_by(room.me, kind)
    answers: dict[str, Counter[int]] = defaultdict(Counter)
    faults: list[str] = []

    def ask(case: schemathesis.Case) -> None:
        answer = case.call(**shown, timeout=20)
        answers[case.operation.label][answer.status_code] += 1
        case.validate_response(
            answer, checks=checks, headers=shown["headers"], transport_kwargs={"cookies": shown["cookies"]}
        )

    operations = [found.ok() for found in schema.get_all_operations()]
    # Who has signed out everywhere else has no browser left to sign out by itself.
    operations.sort(key=lambda operation: operation.label == "DELETE /api/v1/sessions")
    for operation in operations:
        for mode in GenerationMode:
            try:
                limited(EXAMPLES)(given(case=operation.as_strategy(generation_mode=mode))(ask))()
            except (Exception, FailureGroup) as fault:  # noqa: BLE001 - whatever it is, the others are asked as well
                faults.append(f"{operation.label}, {mode.value}: {fault}")
    assert not faults, "\n\n".join(faults)
    never = {label for label, counts in answers.items() if not any(200 <= status < 300 for status in counts)}
    assert never == (ONLY_SIGNED_IN if kind == "token" else set()), {label: dict(answers[label]) for label in never}


def limited(examples: int) -> Any:
    """So many examples, the same ones in every run."""
    return hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
