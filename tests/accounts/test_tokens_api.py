import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.tokens import TOKENS_AT_MOST, create_token
from accounts.models import AccessToken, Session
from audit.models import Entry
from orgchart.models import Member
from tests.cast import browser_of, program_of, token_of
from wire.problems import Problem

TOKENS = "/api/v1/tokens"
BODY = {"organization": "lakeside", "name": "build server", "scopes": ["chat:read", "chat:write"], "days": 30}


def make(client: Client, **change: object) -> object:
    return client.post(TOKENS, {**BODY, **change}, content_type="application/json")


def test_a_new_token_is_shown_once_and_kept_as_a_digest(lin: Member) -> None:
    answer = make(browser_of(lin))
    assert answer.status_code == 201
    secret = answer.json()["secret"]
    assert secret.startswith("lks_") and len(secret) > 40
    token = AccessToken.objects.get()
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert token.hint == secret[-4:]
    assert abs(token.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    listed = browser_of(lin).get(TOKENS).json()["results"][0]
    assert "secret" not in listed
    assert (listed["name"], listed["organization"], listed["scopes"]) == (
        "build server",
        "lakeside",
        ["chat:read", "chat:write"],
    )
    assert Entry.objects.get(action="token.created").detail == {"scopes": ["chat:read", "chat:write"]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": 7}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "\u3164"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"scopes": "chat:read"}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"organization": "northwind"}, "organization"),
        ({"organization": "nowhere"}, "organization"),
        ({"user": 7}, "user"),
    ],
)
def test_a_bad_wish_is_refused_by_its_field(lin: Member, ana: Member, change: dict[str, object], field: str) -> None:
    answer = make(browser_of(lin), **change)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not AccessToken.objects.exists()


def test_a_token_makes_and_revokes_none_and_signs_no_browser_out(lin: Member) -> None:
    browser_of(lin)
    program, token, session = program_of(lin), AccessToken.objects.get(), Session.objects.get()
    for answer in (
        make(program),
        program.delete(f"{TOKENS}/{token.pk}"),
        program.delete(f"{TOKENS}/999999"),
        program.delete(f"/api/v1/sessions/{session.pk}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
    assert AccessToken.objects.good().get() == token
    assert Session.objects.filter(pk=session.pk).exists()


def test_somebody_makes_tokens_for_each_of_their_companies(lin: Member, ana: Member) -> None:
    Member.objects.create(organization=ana.organization, user=lin.user, name="Lin")
    assert make(browser_of(lin), organization="northwind").status_code == 201


def test_a_revoked_token_opens_nothing(lin: Member) -> None:
    program = program_of(lin)
    assert program.get("/api/v1/me").status_code == 200
    browser = browser_of(lin)
    token = browser.get(TOKENS).json()["results"][0]["id"]
    assert browser.delete(f"{TOKENS}/{token}").status_code == 204
    assert browser.delete(f"{TOKENS}/{token}").status_code == 204
    assert program.get("/api/v1/me").status_code == 401
    assert browser.get(TOKENS).json()["results"] == []
    assert Entry.objects.filter(action="token.revoked").count() == 1


def test_an_expired_token_opens_nothing_and_is_not_listed(lin: Member) -> None:
    program = program_of(lin)
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.get("/api/v1/me").status_code == 401
    assert browser_of(lin).get(TOKENS).json()["results"] == []


def test_another_persons_token_is_missing(lin: Member, wei: Member) -> None:
    token_of(lin)
    browser = browser_of(wei)
    foreign = browser.delete(f"{TOKENS}/{AccessToken.objects.get().pk}")
    absent = browser.delete(f"{TOKENS}/999999")
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    assert AccessToken.objects.good().exists()


def test_there_is_an_end_to_tokens(lin: Member) -> None:
    make_one = {
        "user": lin.user,
        "organization_id": lin.organization_id,
        "name": "x",
        "scopes": ["chat:read"],
        "days": 1,
    }
    for _ in range(TOKENS_AT_MOST):
        create_token(**make_one)
    with pytest.raises(Problem) as refusal:
        create_token(**make_one)
    assert refusal.value.status == 409


def test_use_is_noted_once_a_minute(lin: Member) -> None:
    program = program_of(lin)
    assert AccessToken.objects.get().used_at is None
    program.get("/api/v1/me")
    first = AccessToken.objects.get().used_at
    assert first is not None
    program.get("/api/v1/me")
    assert AccessToken.objects.get().used_at == first
    AccessToken.objects.update(used_at=timezone.now() - timedelta(minutes=2))
    program.get("/api/v1/me")
    assert AccessToken.objects.get().used_at >= first


def test_reading_ones_account_needs_a_scope(lin: Member) -> None:
    assert program_of(lin, "chat:read").get(TOKENS).status_code == 403
    reader = program_of(lin, "account:read")
    assert reader.get(TOKENS).status_code == 200
    assert make(reader).status_code == 403
