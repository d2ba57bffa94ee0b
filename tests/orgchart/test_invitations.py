from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions.attempts import JOIN_SOURCE
from accounts.models import User
from audit.models import Entry
from orgchart.actions.invitations import create_invitation, join_by_invitation, revoke_invitation
from orgchart.actions.members import deactivate_member
from orgchart.models import Department, Invitation, Member
from orgchart.tasks import mail_invitation
from orgchart.views import entrance
from outbox.models import DueRow
from realtime.models import Change
from tests.cast import PASSWORD, browser_of, newcomer, program_of, unsaved_user
from wire.problems import Problem

INVITATIONS = "/api/v1/orgs/lakeside/invitations"
NEWCOMER = {"name": "许知夏", "address": "xu@lakeside.example", "password": PASSWORD}


def token_of_link(invitation: Invitation) -> str:
    return invitation.path.split("/")[2]


# ── making and closing ──


def test_an_administrator_makes_a_link(zhao: Member, design: Department) -> None:
    answer = browser_of(zhao).post(
        INVITATIONS, {"department": design.pk, "use_limit": 30, "days": 3}, content_type="application/json"
    )
    assert answer.status_code == 201
    shown = answer.json()
    assert shown["link"].startswith("http://testserver/join/")
    assert (shown["use_limit"], shown["used_count"], shown["department"]) == (30, 0, design.pk)
    assert Client().get(shown["link"]).status_code == 200
    assert Entry.objects.filter(action="invitation.created", actor_member_id=zhao.pk).exists()


def test_a_member_invites_nobody_and_sees_no_invitations(wei: Member, lin: Member) -> None:
    invitation = create_invitation(by=lin)
    browser = browser_of(wei)
    assert browser.get(INVITATIONS).status_code == 403
    assert browser.post(INVITATIONS, {}, content_type="application/json").status_code == 403
    assert browser.delete(f"{INVITATIONS}/{invitation.pk}").status_code == 404
    assert browser.get("/o/lakeside/invitations/").status_code == 404
    with pytest.raises(Problem) as refusal:
        create_invitation(by=wei)
    assert refusal.value.status == 403


def test_a_token_needs_the_scope_to_invite(lin: Member) -> None:
    reader = program_of(lin, "directory:read")
    assert reader.get(INVITATIONS).status_code == 200
    assert reader.post(INVITATIONS, {}, content_type="application/json").status_code == 403


def test_another_companys_invitation_is_missing(lin: Member, ana: Member) -> None:
    invitation = create_invitation(by=ana)
    foreign = browser_of(lin).delete(f"{INVITATIONS}/{invitation.pk}")
    absent = browser_of(lin).delete(f"{INVITATIONS}/999999")
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    assert Invitation.objects.open().filter(pk=invitation.pk).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 31}, "days"),
        ({"use_limit": 0}, "use_limit"),
        ({"use_limit": 1001}, "use_limit"),
        ({"use_limit": 2, "email": "xu@lakeside.example"}, "use_limit"),
        ({"email": "nobody"}, "email"),
        ({"department": 999999}, "department"),
        ({"organization": 7}, "organization"),
    ],
)
def test_a_bad_wish_is_refused_by_its_field(lin: Member, body: dict[str, object], field: str) -> None:
    answer = browser_of(lin).post(INVITATIONS, body, content_type="application/json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Invitation.objects.exists()


def test_a_foreign_department_is_as_unknown_as_a_missing_one(ana: Member, design: Department) -> None:
    answer = browser_of(ana).post(
        "/api/v1/orgs/northwind/invitations", {"department": design.pk}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "department"


def test_a_closed_link_lets_nobody_in_and_is_not_listed(lin: Member) -> None:
    invitation = create_invitation(by=lin)
    browser = browser_of(lin)
    assert browser.delete(f"{INVITATIONS}/{invitation.pk}").status_code == 204
    assert browser.delete(f"{INVITATIONS}/{invitation.pk}").status_code == 204
    assert browser.get(INVITATIONS).json()["results"] == []
    assert Client().get(invitation.path).status_code == 410
    assert Entry.objects.filter(action="invitation.revoked").count() == 1


def test_a_mailed_invitation_leaves_through_the_outbox(lin: Member) -> None:
    invitation = create_invitation(by=lin, email="xu@lakeside.example")
    assert mail.outbox == []
    row = DueRow.objects.get(kind="mail.invitation")
    assert row.payload == {"invitation": invitation.pk, "language": "en"}
    mail_invitation(**row.payload)
    assert mail.outbox[0].to == ["xu@lakeside.example"]
    assert invitation.path in mail.outbox[0].body
    assert "林溪" in mail.outbox[0].subject


def test_a_closed_invitation_is_not_mailed(lin: Member) -> None:
    invitation = create_invitation(by=lin, email="xu@lakeside.example")
    revoke_invitation(invitation=invitation, by=lin)
    mail_invitation(invitation=invitation.pk, language="en")
    assert mail.outbox == []


# ── coming in ──


def test_somebody_new_comes_in_with_three_fields(lin: Member, design: Department) -> None:
    invitation = create_invitation(by=lin, department=design, use_limit=5)
    browser = Client()
    page = browser.get(invitation.path)
    assert list(page.context["form"].fields) == ["name", "address", "password"]
    assert browser.post(invitation.path, NEWCOMER)["Location"] == "/o/lakeside/chat/"
    me = browser.get("/api/v1/me").json()["organizations"][0]["member"]
    assert (me["name"], me["role"], [place["name"] for place in me["departments"]]) == ("许知夏", "member", ["设计组"])
    invitation.refresh_from_db()
    assert invitation.used_count == 1


def test_who_is_signed_in_elsewhere_comes_in_as_themselves(lin: Member, ana: Member) -> None:
    invitation = create_invitation(by=lin)
    browser = browser_of(ana)
    assert list(browser.get(invitation.path).context["form"].fields) == ["name"]
    assert browser.post(invitation.path, {"name": "安娜"})["Location"] == "/o/lakeside/chat/"
    assert Member.objects.filter(user=ana.user).count() == 2
    assert User.objects.count() == 2


def test_a_colleague_is_led_inside_and_uses_nothing_up(lin: Member, wei: Member) -> None:
    invitation = create_invitation(by=lin)
    assert browser_of(wei).get(invitation.path)["Location"] == "/o/lakeside/chat/"
    invitation.refresh_from_db()
    assert invitation.used_count == 0


def test_a_link_is_used_up(lin: Member) -> None:
    invitation = create_invitation(by=lin, use_limit=1)
    Client().post(invitation.path, NEWCOMER)
    assert Client().get(invitation.path).status_code == 410
    late = Client().post(invitation.path, {**NEWCOMER, "address": "late@lakeside.example"})
    assert late.status_code == 410
    assert not User.objects.filter(email="late@lakeside.example").exists()


def test_who_has_left_meanwhile_neither_makes_nor_closes_a_link(lin: Member, zhao: Member) -> None:
    invitation = create_invitation(by=lin)
    deactivate_member(member=zhao, by=lin)
    for attempt in (lambda: create_invitation(by=zhao), lambda: revoke_invitation(invitation=invitation, by=zhao)):
        with pytest.raises(Problem) as refusal:
            attempt()
        assert refusal.value.status == 403
    assert Invitation.objects.open().count() == 1


def test_a_link_expires(lin: Member) -> None:
    invitation = create_invitation(by=lin)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(invitation.path).status_code == 410


def test_who_knows_the_database_can_still_not_make_a_link(lin: Member) -> None:
    invitation = create_invitation(by=lin)
    assert Client().get(f"/join/{invitation.key.hex}.made-up/").status_code == 410
    assert Client().get(f"/join/{invitation.key.hex}/").status_code == 410


def test_a_mailed_link_lets_only_its_address_in(lin: Member, ana: Member) -> None:
    invitation = create_invitation(by=lin, email="xu@lakeside.example")
    with pytest.raises(Problem) as refusal:
        join_by_invitation(token=token_of_link(invitation), name="Ana", user=ana.user)
    assert refusal.value.status == 400
    assert Client().post(invitation.path, {**NEWCOMER, "address": "other@lakeside.example"}).status_code == 302
    assert list(User.objects.filter(memberships__name="许知夏").values_list("email", flat=True)) == [
        "xu@lakeside.example"
    ]


def test_an_address_that_somebody_has_is_refused_and_uses_nothing_up(lin: Member, ana: Member) -> None:
    invitation = create_invitation(by=lin)
    answer = Client().post(invitation.path, {**NEWCOMER, "address": "ana@northwind.example"})
    assert answer.status_code == 409
    assert Member.objects.filter(organization=lin.organization).count() == 1
    invitation.refresh_from_db()
    assert invitation.used_count == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"address": "nobody"}, "address"),
        ({"address": "12"}, "address"),
        ({"password": "short"}, "password"),
        ({"password": "xu@lakeside.example"}, "password"),
    ],
)
def test_a_bad_field_is_refused_by_name(lin: Member, change: dict[str, str], field: str) -> None:
    invitation = create_invitation(by=lin)
    answer = Client().post(invitation.path, {**NEWCOMER, **change})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert Member.objects.count() == 1


def test_strangers_let_the_server_hash_only_what_was_counted(lin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "JOIN_SOURCE", replace(JOIN_SOURCE, allowed=2))
    path = create_invitation(by=lin, use_limit=10).path
    with patch.object(Argon2PasswordHasher, "encode", autospec=True, return_value="argon2$x") as encode:
        for wrong in (
            {"name": ""},
            {"address": "nobody"},
            {"password": "short"},
            {"name": "\u3164", "password": "password12"},
        ):
            assert Client().post(path, {**NEWCOMER, **wrong}).status_code == 400
        assert encode.call_count == 0
        taken = {**NEWCOMER, "address": "lin@lakeside.example"}
        assert [Client().post(path, taken).status_code for _ in range(4)] == [409, 409, 429, 429]
        assert encode.call_count == 2


def test_joining_tells_the_company_and_leaves_entries(lin: Member, design: Department) -> None:
    invitation = create_invitation(by=lin, department=design)
    member = join_by_invitation(
        token=token_of_link(invitation), name="许知夏", user=unsaved_user("xu@lakeside.example")
    )
    actions = set(Entry.objects.filter(organization_id=lin.organization_id).values_list("action", flat=True))
    assert {"member.added", "member.placed", "invitation.used"} <= actions
    kinds = list(Change.objects.filter(stream__kind="organization", object_id=member.pk).values_list("kind", flat=True))
    assert "member.changed" in kinds


def test_the_page_makes_shows_and_closes_links(zhao: Member) -> None:
    browser = browser_of(zhao)
    address = "/o/lakeside/invitations/"
    assert browser.post(address, {"use_limit": 3, "days": 7, "email": ""}).status_code == 302
    invitation = Invitation.objects.get()
    assert invitation.path in browser.get(address).content.decode()
    assert browser.post(f"{address}{invitation.pk}/end/").status_code == 302
    assert invitation.path not in browser.get(address).content.decode()
    assert browser.post(address, {"use_limit": 0, "days": 7}).status_code == 400


def test_a_new_person_is_seen_by_colleagues(lin: Member) -> None:
    newcomer(lin.organization, name="许知夏")
    found = browser_of(lin).get("/api/v1/orgs/lakeside/members", {"q": "xzx"}).json()["results"]
    assert [member["name"] for member in found] == ["许知夏"]
