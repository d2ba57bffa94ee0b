import base64

import pytest
from django.test import Client

from orgchart.actions.members import deactivate_member, set_manager
from orgchart.models import Department, Member
from tests.cast import browser_of, names_of, newcomer, program_of

MEMBERS = "/api/v1/orgs/lakeside/members"


def test_people_come_by_name_chinese_and_others_together(lin: Member, wei: Member, zhao: Member) -> None:
    newcomer(lin.organization, name="Maya Park")
    answer = browser_of(wei).get(MEMBERS).json()
    assert names_of(answer["results"]) == ["林溪", "Maya Park", "魏然", "赵明远"]
    assert answer["next"] is None


def test_a_member_has_everything_that_a_card_shows(wei: Member, lin: Member, design: Department) -> None:
    set_manager(member=wei, manager=lin)
    shown = browser_of(lin).get(f"{MEMBERS}/{wei.pk}").json()
    assert shown == {
        "type": "member",
        "id": wei.pk,
        "name": "魏然",
        "initials": "魏然",
        "paint": wei.paint,
        "title": "",
        "role": "member",
        "is_active": True,
        "email": "wei@lakeside.example",
        "phone": None,
        "manager": {"id": lin.pk, "name": "林溪", "initials": "林溪", "paint": lin.paint},
        "departments": [{"id": design.pk, "name": "设计组", "title": "组长", "is_head": True, "is_primary": True}],
    }


def test_pages_follow_one_another_without_gap_or_repetition(lin: Member) -> None:
    for name in ["同名", "同名", "Anna", "吴一", "赵一"]:
        newcomer(lin.organization, name=name)
    browser, seen, cursor = browser_of(lin), [], ""
    while cursor is not None:
        page = browser.get(MEMBERS, {"limit": 2, "cursor": cursor}).json()
        seen += [member["id"] for member in page["results"]]
        cursor = page["next"]
    assert seen == list(Member.objects.in_order().values_list("pk", flat=True))


def test_a_department_lists_the_people_below_it_each_once(lin: Member, wei: Member, design: Department) -> None:
    outer = design.parent
    answer = browser_of(lin).get(MEMBERS, {"department": outer.pk}).json()
    assert names_of(answer["results"]) == ["魏然"]


@pytest.mark.parametrize("typed", ["魏", "wei", "wr"])
def test_people_are_found_by_characters_pinyin_and_initials(lin: Member, wei: Member, typed: str) -> None:
    assert names_of(browser_of(lin).get(MEMBERS, {"q": typed}).json()["results"]) == ["魏然"]


def test_who_left_is_not_listed(lin: Member, wei: Member) -> None:
    deactivate_member(member=wei, by=lin)
    browser = browser_of(lin)
    assert names_of(browser.get(MEMBERS).json()["results"]) == ["林溪"]
    assert browser.get(f"{MEMBERS}/{wei.pk}").status_code == 404


def test_a_foreign_person_a_missing_one_and_a_foreign_company_are_the_same_answer(lin: Member, ana: Member) -> None:
    browser = browser_of(lin)
    addresses = [
        f"{MEMBERS}/{ana.pk}",
        f"{MEMBERS}/999999",
        "/api/v1/orgs/northwind/members",
        "/api/v1/orgs/nowhere/members",
    ]
    answers = [browser.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"department": "-1"}, "department"),
        ({"department": str(2**70)}, "department"),
        ({"q": "a\x00"}, "q"),
        ({"q": "a" * 81}, "q"),
        ({"cursor": "made-up"}, "cursor"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_question_names_its_field(lin: Member, query: dict[str, str], field: str) -> None:
    answer = browser_of(lin).get(MEMBERS, query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "place",
    ["[1]", "[1, 2]", '["", "x"]', '["\\u0000", 1]', '["\\ud800", 1]', f'["a", {2**70}]', "[" * 3000, "{}", "7"],
)
def test_a_made_up_cursor_is_refused_by_api_and_page(lin: Member, place: str) -> None:
    cursor = base64.urlsafe_b64encode(place.encode()).decode()
    browser = browser_of(lin)
    assert browser.get(MEMBERS, {"cursor": cursor}).status_code == 400
    assert browser.get("/o/lakeside/people/", {"cursor": cursor}).status_code == 404


def test_a_foreign_department_is_missing(lin: Member, northwind: object, design: Department, ana: Member) -> None:
    answer = browser_of(ana).get("/api/v1/orgs/northwind/members", {"department": design.pk})
    assert answer.status_code == 404


def test_a_token_without_the_scope_reads_nothing(lin: Member) -> None:
    answer = program_of(lin, "chat:read").get(MEMBERS)
    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"
    assert program_of(lin, "directory:read").get(MEMBERS).status_code == 200


def test_nobody_signed_in_is_asked_to_sign_in(lin: Member) -> None:
    answer = Client().get(MEMBERS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_number_of_queries_does_not_grow_with_the_people(
    lin: Member, django_assert_max_num_queries: object
) -> None:
    for _ in range(10):
        newcomer(lin.organization)
    browser = browser_of(lin)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(browser.get(MEMBERS).json()["results"]) == 11
