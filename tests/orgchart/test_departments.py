from collections.abc import Callable

import pytest

from orgchart.actions.departments import create_department, place_member
from orgchart.actions.members import deactivate_member, set_manager
from orgchart.models import Department, Member, Organization, Placement
from realtime.models import Change
from tests.cast import browser_of, names_of, newcomer, program_of
from wire.problems import Problem

DEPARTMENTS = "/api/v1/orgs/lakeside/departments"


def test_the_tree_comes_parents_first_with_everybody_counted_once(lin: Member, wei: Member, design: Department) -> None:
    outer = design.parent
    place_member(member=lin, department=outer)
    place_member(member=wei, department=outer)
    create_department(organization=lin.organization, name="销售部")
    shown = browser_of(lin).get(DEPARTMENTS).json()["results"]
    assert [(node["name"], node["parent"], node["position"], node["member_count"]) for node in shown] == [
        ("产品部", None, 0, 2),
        ("设计组", outer.pk, 0, 1),
        ("销售部", None, 1, 0),
    ]


def test_who_left_is_not_counted(lin: Member, wei: Member, design: Department) -> None:
    deactivate_member(member=wei, by=lin)
    shown = browser_of(lin).get(DEPARTMENTS).json()["results"]
    assert [node["member_count"] for node in shown] == [0, 0]


def test_another_company_has_its_own_tree(ana: Member, design: Department) -> None:
    assert browser_of(ana).get("/api/v1/orgs/northwind/departments").json()["results"] == []


def test_a_token_without_the_scope_sees_no_tree(lin: Member) -> None:
    assert program_of(lin, "chat:read").get(DEPARTMENTS).status_code == 403


@pytest.mark.embedded
def test_siblings_have_different_names_cousins_need_not(lakeside: Organization, design: Department) -> None:
    with pytest.raises(Problem) as refusal:
        create_department(organization=lakeside, name="设计组", parent=design.parent)
    assert refusal.value.code == "name_taken"
    with pytest.raises(Problem):
        create_department(organization=lakeside, name="产品部")
    create_department(organization=lakeside, name="产品部", parent=design)


def test_nothing_hangs_under_another_companys_tree(northwind: Organization, ana: Member, design: Department) -> None:
    for attempt in (
        lambda: create_department(organization=northwind, name="x", parent=design),
        lambda: place_member(member=ana, department=design),
    ):
        with pytest.raises(Problem) as refusal:
            attempt()
        assert refusal.value.status == 404


def test_only_administrators_of_the_company_arrange_it(
    lin: Member, wei: Member, zhao: Member, ana: Member, design: Department
) -> None:
    def attempts(by: Member) -> list[Callable[[], object]]:
        return [
            lambda: create_department(organization=lin.organization, name="销售部", by=by),
            lambda: place_member(member=zhao, department=design, by=by),
            lambda: set_manager(member=wei, manager=lin, by=by),
        ]

    statuses = []
    for attempt in [*attempts(wei), *attempts(ana)]:
        with pytest.raises(Problem) as refusal:
            attempt()
        statuses.append(refusal.value.status)
    assert statuses == [403] * 3 + [404] * 3
    assert not Placement.objects.filter(member=zhao).exists()
    for attempt in attempts(zhao):
        attempt()
    deactivate_member(member=zhao, by=lin)
    with pytest.raises(Problem):
        create_department(organization=lin.organization, name="市场部", by=zhao)


def test_the_first_place_is_the_main_one_until_another_is(
    wei: Member, lakeside: Organization, design: Department
) -> None:
    sales = create_department(organization=lakeside, name="销售部")
    place_member(member=wei, department=sales)
    assert Placement.objects.get(member=wei, is_primary=True).department == design
    place_member(member=wei, department=sales, is_primary=True)
    assert Placement.objects.get(member=wei, is_primary=True).department == sales


def test_a_place_is_told_to_the_company_all_the_way_up(lin: Member, design: Department) -> None:
    member = newcomer(lin.organization)
    before = Change.objects.filter(stream__kind="organization").count()
    place_member(member=member, department=design)
    told = list(
        Change.objects.filter(stream__kind="organization").order_by("version").values_list("kind", "object_id")
    )[before:]
    assert told == [
        ("department.changed", design.parent_id),
        ("department.changed", design.pk),
        ("member.changed", member.pk),
    ]


def test_the_organization_answers_who_it_is(lin: Member) -> None:
    shown = browser_of(lin).get("/api/v1/orgs/lakeside").json()
    assert shown == {"type": "organization", "id": lin.organization_id, "handle": "lakeside", "name": "湖畔科技"}


def test_the_number_of_queries_does_not_grow_with_the_tree(lin: Member, django_assert_max_num_queries: object) -> None:
    root = create_department(organization=lin.organization, name="root")
    for number in range(20):
        create_department(organization=lin.organization, name=f"d{number}", parent=root)
    browser = browser_of(lin)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(names_of(browser.get(DEPARTMENTS).json()["results"])) == 21
