import pytest
from django.test import Client

from orgchart.models import Member
from tests.cast import browser_of, program_of

ME = "/api/v1/me"


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("zh", "zh-hans"),
        ("en-GB,zh;q=0.5", "en"),
        ("de,zh-Hant-HK;q=0.7,en;q=0.3", "zh-hans"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
        ("zh" * 5000, "en"),
    ],
)
def test_a_stranger_is_answered_in_the_language_of_their_browser(db: None, accepts: str, language: str) -> None:
    assert Client().get("/sign-in/", headers={"Accept-Language": accepts})["Content-Language"] == language


def test_a_choice_at_the_door_beats_the_browser(db: None) -> None:
    browser = Client(headers={"Accept-Language": "en"})
    browser.post("/language/", {"language": "zh-hans", "next": "/sign-in/"})
    assert browser.get("/sign-in/")["Content-Language"] == "zh-hans"
    browser.cookies["lakeside_language"] = "klingon"
    assert browser.get("/sign-in/")["Content-Language"] == "en"


def test_a_persons_own_choice_beats_both(lin: Member) -> None:
    browser = browser_of(lin, headers={"Accept-Language": "en"})
    browser.cookies["lakeside_language"] = "en"
    assert (
        browser.patch(ME, {"language": "zh-hans"}, content_type="application/json").json()["user"]["language"]
        == "zh-hans"
    )
    assert browser.get("/password/change/")["Content-Language"] == "zh-hans"


def test_one_persons_language_does_not_leak_into_the_next_request(lin: Member) -> None:
    browser = browser_of(lin)
    browser.patch(ME, {"language": "zh-hans"}, content_type="application/json")
    browser.get("/password/change/")
    assert Client().get("/sign-in/")["Content-Language"] == "en"


def test_theme_and_density_dress_every_page(lin: Member) -> None:
    browser = browser_of(lin)
    browser.patch(ME, {"theme": "dark", "density": "compact"}, content_type="application/json")
    page = browser.get("/password/change/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-density="compact"' in page


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"theme": "pink"}, "theme"),
        ({"density": ""}, "density"),
        ({"language": "tlh"}, "language"),
        ({"time_zone": "Moon/Base"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"is_operator": True}, "is_operator"),
        ({"email": "x@y.example"}, "email"),
        ({"password": "x"}, "password"),
    ],
)
def test_what_is_no_choice_is_refused_by_name_and_nothing_is_kept(
    lin: Member, body: dict[str, object], field: str
) -> None:
    answer = browser_of(lin).patch(ME, {"theme": "dark", **body}, content_type="application/json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    lin.user.refresh_from_db()
    assert lin.user.theme == "system"


def test_an_empty_choice_goes_back_to_the_default(lin: Member) -> None:
    browser = browser_of(lin)
    browser.patch(ME, {"language": "zh-hans", "time_zone": "Europe/Stockholm"}, content_type="application/json")
    shown = browser.patch(ME, {"language": "", "time_zone": ""}, content_type="application/json").json()["user"]
    assert (shown["language"], shown["time_zone"]) == ("", "")


def test_i_am_told_who_i_am_and_where_i_belong(lin: Member, ana: Member) -> None:
    Member.objects.create(organization=ana.organization, user=lin.user, name="Lin Xi")
    shown = browser_of(lin).get(ME).json()
    assert shown["user"]["email"] == "lin@lakeside.example"
    assert [(place["handle"], place["name"], place["member"]["name"]) for place in shown["organizations"]] == [
        ("lakeside", "湖畔科技", "林溪"),
        ("northwind", "Northwind", "Lin Xi"),
    ]


def test_a_token_is_told_of_its_own_company_only(lin: Member, ana: Member) -> None:
    Member.objects.create(organization=ana.organization, user=lin.user, name="Lin Xi")
    assert [place["handle"] for place in program_of(lin).get(ME).json()["organizations"]] == ["lakeside"]
