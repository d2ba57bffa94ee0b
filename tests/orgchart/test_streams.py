"""The directory as a stream: what state plus changes give is what one would fetch."""

from collections.abc import Callable

import pytest

from accounts.actions.tokens import revoke_token
from accounts.actions.users import deactivate_user, reactivate_user
from accounts.models import AccessToken
from orgchart import streams
from orgchart.actions.departments import create_department, place_member
from orgchart.actions.members import deactivate_member, reactivate_member, update_member
from orgchart.models import Department, Member
from realtime.models import Change
from realtime.registry import Rendered, registry
from tests.cast import browser_of, newcomer, program_of, token_of

pytestmark = pytest.mark.embedded
SYNC = "/api/v1/orgs/lakeside/sync"


def test_the_company_is_followed_by_its_active_members(lin: Member, wei: Member, zhao: Member, ana: Member) -> None:
    deactivate_member(member=zhao, by=lin)
    everybody = [lin.pk, wei.pk, zhao.pk, ana.pk]
    kind = registry.streams["organization"]
    ids = [lin.organization_id, ana.organization_id]
    assert {id: set(sights) for id, sights in kind.followers(ids, everybody).items()} == {
        lin.organization_id: {lin.pk, wei.pk},
        ana.organization_id: {ana.pk},
    }
    assert set(kind.followed_by(everybody)) == {
        (lin.pk, lin.organization_id),
        (wei.pk, wei.organization_id),
        (ana.pk, ana.organization_id),
    }


def test_a_members_stream_is_their_own(lin: Member, wei: Member) -> None:
    kind = registry.streams["member"]
    assert {id: set(sights) for id, sights in kind.followers([lin.pk, wei.pk], [wei.pk]).items()} == {wei.pk: {wei.pk}}
    deactivate_member(member=wei, by=lin)
    assert not kind.followers([wei.pk], [wei.pk])


def test_another_members_and_another_companys_stream_are_missing(lin: Member, wei: Member, ana: Member) -> None:
    browser = browser_of(lin)
    streams_ = [
        f"member:{wei.pk}",
        f"member:{ana.pk}",
        "member:999999",
        f"organization:{ana.organization_id}",
        "organization:999999",
    ]
    answers = [browser.get(f"{SYNC}/{stream}") for stream in streams_]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_state_and_changes_are_the_state_fetched_again(lin: Member, wei: Member, design: Department) -> None:
    browser = browser_of(lin)
    company = f"organization:{lin.organization_id}"
    cursor = browser.get(f"{SYNC}/{company}").json()["cursor"]
    held = {member["id"]: member for member in browser.get("/api/v1/orgs/lakeside/members").json()["results"]}
    tree = {node["id"]: node for node in browser.get("/api/v1/orgs/lakeside/departments").json()["results"]}

    joined = newcomer(lin.organization, name="许知夏")
    update_member(member=wei, by=lin, name="魏然然", title="组长")
    place_member(member=joined, department=design)
    create_department(organization=lin.organization, name="销售部", parent=design)
    gone = newcomer(lin.organization)
    deactivate_member(member=gone, by=lin)

    answer = browser.get(f"{SYNC}/{company}", {"cursor": cursor}).json()
    assert not answer["reset"]
    for change in answer["changes"]:
        (held if change["object"]["type"] == "member" else tree)[change["object"]["id"]] = change["object"]
    held = {id: member for id, member in held.items() if member["is_active"]}

    fetched = browser.get("/api/v1/orgs/lakeside/members").json()["results"]
    assert held == {member["id"]: member for member in fetched}
    nodes = browser.get("/api/v1/orgs/lakeside/departments").json()["results"]
    assert tree == {node["id"]: node for node in nodes}


def test_who_starts_over_gets_the_tree(lin: Member, design: Department) -> None:
    answer = browser_of(lin).get(f"{SYNC}/organization:{lin.organization_id}").json()
    assert answer["reset"]
    assert [change["object"]["name"] for change in answer["changes"]] == ["产品部", "设计组"]


def test_a_revoked_token_moves_its_owners_stream(wei: Member) -> None:
    token_of(wei)
    revoke_token(token=AccessToken.objects.get(), by=wei.user)
    assert list(Change.objects.filter(stream__kind="member").values_list("kind", "object_id")) == [
        ("rights.changed", wei.pk)
    ]


def test_other_rooms_add_to_a_members_window(wei: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams.member_stream, "parts", [lambda ids: {id: [Rendered({"of": id})] for id in ids}])
    answer = browser_of(wei).get(f"{SYNC}/member:{wei.pk}").json()
    assert [change["object"] for change in answer["changes"]] == [{"of": wei.pk}]


def test_a_token_without_the_scope_follows_nothing(lin: Member) -> None:
    assert program_of(lin, "directory:write").get(f"{SYNC}/organization:{lin.organization_id}").status_code == 403


def left(member: Member) -> None:
    deactivate_member(member=member, by=None)


def left_and_is_back(member: Member) -> None:
    deactivate_member(member=member, by=None)
    reactivate_member(member=member, by=None)


def locked_out(member: Member) -> None:
    deactivate_user(user=member.user, even_last_owner=True)


def locked_out_and_let_in(member: Member) -> None:
    deactivate_user(user=member.user, even_last_owner=True)
    reactivate_user(user=member.user)


@pytest.mark.parametrize("happens", [left, left_and_is_back, locked_out, locked_out_and_let_in])
def test_colleagues_hear_who_is_there_with_the_departments_that_count_them(
    lin: Member, wei: Member, design: Department, happens: Callable[[Member], None]
) -> None:
    browser = browser_of(lin)
    company = f"organization:{lin.organization_id}"
    cursor = browser.get(f"{SYNC}/{company}").json()["cursor"]
    happens(wei)
    changes = browser.get(f"{SYNC}/{company}", {"cursor": cursor}).json()["changes"]
    told = {(change["object"]["type"], change["object"]["id"]): change["object"] for change in changes}
    assert set(told) == {("member", wei.pk), ("department", design.pk), ("department", design.parent_id)}
    is_there = "is_back" in happens.__name__ or "let_in" in happens.__name__
    assert told["member", wei.pk]["is_active"] == is_there
    assert [told["department", pk]["member_count"] for pk in (design.parent_id, design.pk)] == [is_there] * 2


def test_who_is_let_in_again_is_told_to_colleagues(lin: Member, wei: Member) -> None:
    deactivate_user(user=wei.user)
    told = Change.objects.filter(stream__kind="organization", kind="member.changed", object_id=wei.pk)
    before = told.count()
    reactivate_user(user=wei.user)
    assert told.count() == before + 1
