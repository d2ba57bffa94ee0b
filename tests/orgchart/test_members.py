"""What the actions on people promise, whoever calls them."""

import pytest

from accounts.models import AccessToken
from audit.models import Entry
from orgchart.actions.departments import create_department
from orgchart.actions.members import add_member, deactivate_member, reactivate_member, set_manager, update_member
from orgchart.actions.organizations import found_organization
from orgchart.models import Member
from realtime.models import Change
from tests.cast import browser_of, newcomer, program_of, unsaved_user
from wire.problems import Problem


def changes(kind: str) -> list[tuple[str, int]]:
    """What was told on streams of this kind, oldest first."""
    return list(
        Change.objects.filter(stream__kind=kind).order_by("stream_id", "version").values_list("kind", "object_id")
    )


def test_the_same_person_is_a_member_once(lin: Member, wei: Member) -> None:
    with pytest.raises(Problem) as refusal:
        add_member(organization=lin.organization, user=wei.user, name="魏然")
    assert refusal.value.status == 409


def test_a_change_of_name_is_found_sorted_and_told(lin: Member, wei: Member) -> None:
    update_member(member=wei, by=wei, name="Wei Ran")
    wei.refresh_from_db()
    assert wei.sort_key == "wei ran"
    assert Member.objects.named_like("ran").get() == wei
    assert changes("organization")[-1] == ("member.changed", wei.pk)
    assert Entry.objects.get(action="member.updated").detail == {"name": "Wei Ran"}


def test_a_member_changes_their_own_name_only(wei: Member, lin: Member) -> None:
    for refused in ({"member": lin, "name": "x"}, {"member": wei, "title": "x"}, {"member": wei, "role": "owner"}):
        with pytest.raises(Problem) as refusal:
            update_member(by=wei, **refused)
        assert refusal.value.status == 403


def test_an_administrator_touches_no_owner(zhao: Member, lin: Member, wei: Member) -> None:
    update_member(member=wei, by=zhao, role="admin", title="组长")
    for refused in ({"member": lin, "role": "member"}, {"member": wei, "role": "owner"}):
        with pytest.raises(Problem) as refusal:
            update_member(by=zhao, **refused)
        assert refusal.value.status == 403
    with pytest.raises(Problem):
        deactivate_member(member=lin, by=zhao)


def test_a_company_keeps_an_owner(lin: Member, zhao: Member) -> None:
    for attempt in (
        lambda: update_member(member=lin, by=lin, role="member"),
        lambda: deactivate_member(member=lin, by=None),
    ):
        with pytest.raises(Problem) as refusal:
            attempt()
        assert refusal.value.code == "last_owner"
    update_member(member=zhao, by=lin, role="owner")
    update_member(member=lin, by=lin, role="member")


def test_a_role_is_told_to_the_company_and_the_rights_to_the_member(wei: Member, lin: Member) -> None:
    update_member(member=wei, by=lin, role="admin")
    assert changes("organization")[-1] == ("member.changed", wei.pk)
    assert changes("member") == [("rights.changed", wei.pk)]


def test_who_is_deactivated_finds_every_door_shut(wei: Member, lin: Member) -> None:
    browser, program = browser_of(wei), program_of(wei)
    deactivate_member(member=wei, by=lin)
    assert browser.get("/api/v1/orgs/lakeside").status_code == 404
    assert browser.get("/o/lakeside/people/").status_code == 404
    assert program.get("/api/v1/orgs/lakeside").status_code == 401
    assert browser.get("/api/v1/me").json()["organizations"] == []
    assert not AccessToken.objects.good().exists()
    assert changes("member") == [("rights.changed", wei.pk)]
    assert Entry.objects.filter(action="member.deactivated", object_id=wei.pk, actor_member_id=lin.pk).exists()


def test_deactivating_twice_changes_nothing_more(wei: Member, lin: Member) -> None:
    deactivate_member(member=wei, by=lin)
    deactivate_member(member=wei, by=lin)
    assert Entry.objects.filter(action="member.deactivated").count() == 1


def test_nobody_deactivates_themselves(zhao: Member) -> None:
    with pytest.raises(Problem) as refusal:
        deactivate_member(member=zhao, by=zhao)
    assert refusal.value.status == 403


def test_who_comes_back_has_the_role_they_had_but_new_tokens_to_make(zhao: Member, lin: Member) -> None:
    program = program_of(zhao)
    deactivate_member(member=zhao, by=lin)
    reactivate_member(member=zhao, by=lin)
    assert browser_of(zhao).get("/api/v1/orgs/lakeside/invitations").status_code == 200
    assert program.get("/api/v1/orgs/lakeside").status_code == 401


def test_an_administrator_who_was_demoted_a_moment_ago_may_no_longer(zhao: Member, lin: Member, wei: Member) -> None:
    update_member(member=zhao, by=lin, role="member")
    assert zhao.role == "admin"  # what the caller still holds in memory
    with pytest.raises(Problem) as refusal:
        deactivate_member(member=wei, by=zhao)
    assert refusal.value.status == 403


def test_nobody_reports_to_themselves_however_far_around(lin: Member, wei: Member, zhao: Member) -> None:
    set_manager(member=wei, manager=lin)
    set_manager(member=zhao, manager=wei)
    for manager in (wei, zhao, lin):
        with pytest.raises(Problem) as refusal:
            set_manager(member=lin, manager=manager)
        assert refusal.value.code == "circle_of_managers"
    set_manager(member=wei, manager=None)
    set_manager(member=lin, manager=zhao)


def test_a_manager_is_of_the_same_company(lin: Member, ana: Member) -> None:
    with pytest.raises(Problem) as refusal:
        set_manager(member=lin, manager=ana)
    assert refusal.value.status == 404


def test_an_act_that_is_refused_writes_nothing(wei: Member, zhao: Member) -> None:
    entries, told = Entry.objects.count(), Change.objects.count()
    with pytest.raises(Problem):
        update_member(member=zhao, by=wei, name="x")
    assert (Entry.objects.count(), Change.objects.count()) == (entries, told)


@pytest.mark.parametrize(
    "name", ["\u200b", "\u3164\u2800", "\ufe0f", "\U000e0041", "\u0301", "", " \u3000", "a\nb", "a\u2028b"]
)
def test_nobody_and_nothing_is_called_by_what_cannot_be_seen(lin: Member, name: str) -> None:
    unsaved = unsaved_user("founder@lakeside.example")
    for act in (
        lambda: update_member(member=lin, name=name, by=lin),
        lambda: create_department(organization=lin.organization, name=name),
        lambda: found_organization(name=name, handle="unseen", owner_name="林溪", user=unsaved),
        lambda: found_organization(name="Unseen", handle="unseen", owner_name=name, user=unsaved),
    ):
        with pytest.raises(Problem) as refusal:
            act()
        assert (refusal.value.status, refusal.value.errors[0].field) == (400, "name")


@pytest.mark.parametrize("name", ["林", "O’Brien", "🐟", "क्षि", "Zoë\u200d", "7"])
def test_people_are_called_as_they_are(lin: Member, name: str) -> None:
    assert update_member(member=lin, name=f" {name} ", by=lin).name == name


def test_a_newcomer_is_told_to_the_company(lin: Member) -> None:
    member = newcomer(lin.organization)
    assert ("member.changed", member.pk) in changes("organization")
