"""The directory's pages, as a whole and in the parts that htmx asks for."""

import re

import pytest
from django.test import Client

from orgchart.views.people import PART
from tests.cast import browser_of, newcomer

PEOPLE = "/o/lakeside/people/"


def part(browser: Client, target: str, address: str = PEOPLE, **query: object) -> str:
    response = browser.get(address, query, headers={"HX-Request": "true", "HX-Target": target})
    assert response.status_code == 200
    return response.content.decode()


def people_in(html: str) -> list[str]:
    return re.findall(r'data-person="(\d+)"', html)


def test_the_page_shows_the_tree_and_everybody(wei, design):
    html = browser_of(wei).get(PEOPLE).content.decode()
    assert "设计组" in html
    assert "林溪" in html
    assert "魏然" in html
    assert "<!doctype html>" in html


def test_a_department_shows_who_is_in_it_and_below_and_marks_its_head(lin, wei, design):
    html = part(browser_of(lin), "people", department=design.parent_id)
    assert people_in(html) == [str(wei.pk)]
    assert "<!doctype" not in html
    inner = part(browser_of(lin), "people", department=design.pk)
    assert "headed by 魏然" in inner
    assert inner.count("Head</span>") == 1


def test_a_long_list_comes_in_parts_without_gap_or_double(lin):
    for _ in range(PART + 10):
        newcomer(lin.organization)
    browser = browser_of(lin)
    first = part(browser, "people")
    cursor = re.search(r"cursor=([^\"&]+)", first)
    rest = browser.get(
        f"{PEOPLE}?cursor={cursor[1]}", headers={"HX-Request": "true", "HX-Target": "more"}
    ).content.decode()
    shown = people_in(first) + people_in(rest)
    assert len(people_in(first)) == PART
    assert len(shown) == len(set(shown)) == PART + 11
    assert "cursor=" not in rest


@pytest.mark.parametrize("typed", ["魏", "weiran", "wr", "wran"])
def test_people_are_found_by_name_pinyin_and_initials(lin, wei, typed):
    assert people_in(part(browser_of(lin), "found", q=typed)) == [str(wei.pk)]


def test_nobody_found_is_said_and_nothing_typed_gives_the_tree_back(lin):
    assert "Nobody is called “qqq”" in part(browser_of(lin), "found", q="qqq")
    assert part(browser_of(lin), "found", q=" ") == ""


@pytest.mark.parametrize("typed", ["\x00", "\u202e", "%", "'", "x" * 5000, "<script>"])
def test_whatever_is_typed_is_answered(lin, typed):
    assert "<script>" not in part(browser_of(lin), "found", q=typed)


def test_the_card_shows_places_manager_and_addresses(lin, wei, design):
    lin.user.phone = "+8613800138000"
    lin.user.save()
    type(wei).objects.filter(pk=wei.pk).update(manager=lin)
    html = part(browser_of(lin), "profile", f"{PEOPLE}{wei.pk}/")
    assert re.search(r"产品部\s*/\s*设计组", html)
    assert "林溪" in html
    assert "wei@lakeside.example" in html
    assert f'data-message-to="{wei.pk}"' in html


def test_nobody_writes_to_themselves(lin):
    html = part(browser_of(lin), "profile", f"{PEOPLE}{lin.pk}/")
    assert "data-message-to" not in html


def test_a_card_opened_as_a_page_stands_beside_the_directory(lin, wei):
    html = browser_of(lin).get(f"{PEOPLE}{wei.pk}/").content.decode()
    assert "app--panel" in html
    assert "<title>魏然 · Lakeside</title>" in html


def test_only_those_who_may_invite_see_the_way_there(lin, wei):
    assert "/o/lakeside/invitations/" in browser_of(lin).get(PEOPLE).content.decode()
    assert "/o/lakeside/invitations/" not in browser_of(wei).get(PEOPLE).content.decode()


@pytest.mark.parametrize(
    "query", ["department=999999", "department=abc", "department=%00", "department=1e3", "cursor=nonsense"]
)
def test_places_that_do_not_exist_are_missing(lin, query):
    assert browser_of(lin).get(f"{PEOPLE}?{query}").status_code == 404


def test_foreign_and_missing_are_the_same_page(ana, wei):
    browser = browser_of(ana)
    foreign = [browser.get(address) for address in (PEOPLE, f"{PEOPLE}{wei.pk}/", f"/o/northwind/people/{wei.pk}/")]
    missing = browser.get("/o/nowhere/people/")
    assert {response.status_code for response in [*foreign, missing]} == {404}
    assert {response.content for response in foreign} == {missing.content}


def test_the_directory_asks_who_you_are(lin):
    assert Client().get(PEOPLE).headers["Location"] == f"/sign-in/?next={PEOPLE}"


def test_the_directory_takes_as_many_queries_for_fifty_people_as_for_three(
    lin, wei, design, django_assert_max_num_queries
):
    browser = browser_of(lin)
    browser.get(PEOPLE)
    for _ in range(50):
        newcomer(lin.organization)
    with django_assert_max_num_queries(12):
        browser.get(PEOPLE)
