import pytest
from django.test import Client

from accounts.actions.attempts import PASSWORD_OF_USER
from accounts.models import Session
from audit.models import Entry
from orgchart import gate
from orgchart.models import Member
from realtime.gate import Knock, Pass
from realtime.models import Change
from tests.cast import PASSWORD, browser_of, program_of

NEW = "seven herons by the reeds"


def change(browser: Client, old: str = PASSWORD, new: str = NEW, **more: str) -> object:
    return browser.post("/password/change/", {"old_password": old, "password": new, **more})


def test_the_new_password_opens_and_the_old_one_no_longer_does(lin: Member) -> None:
    assert (
        change(browser_of(lin), next="/o/lakeside/settings/security/")["Location"] == "/o/lakeside/settings/security/"
    )
    lin.user.refresh_from_db()
    assert lin.user.check_password(NEW)
    assert not lin.user.check_password(PASSWORD)
    assert Entry.objects.filter(action="password.changed", actor_user_id=lin.user_id).exists()


def test_this_browser_stays_others_go_programs_stay(lin: Member) -> None:
    here, there, program = browser_of(lin), browser_of(lin), program_of(lin)
    change(here)
    assert here.get("/api/v1/me").status_code == 200
    assert there.get("/api/v1/me").status_code == 401
    assert program.get("/api/v1/me").status_code == 200


def test_the_sockets_of_this_browser_stay_open_though_its_cookie_changes(lin: Member) -> None:
    here, there = browser_of(lin), browser_of(lin)
    cookies = [browser.cookies["lakeside_session"].value for browser in (here, there)]
    mine, others = gate.admit([Knock(cookie, None, "lakeside") for cookie in cookies])
    assert isinstance(mine, Pass) and isinstance(others, Pass)
    change(here)
    assert here.cookies["lakeside_session"].value != cookies[0]
    assert gate.still_good({mine, others}) == {mine}
    assert Change.objects.filter(kind="rights.changed", object_id=lin.pk).exists()


def test_the_stolen_cookie_dies_with_the_change(lin: Member) -> None:
    here = browser_of(lin)
    thief = Client()
    thief.cookies["lakeside_session"] = here.cookies["lakeside_session"].value
    assert thief.get("/api/v1/me").status_code == 200
    change(here)
    assert thief.get("/api/v1/me").status_code == 401


def test_without_the_present_password_nothing_changes_and_tries_are_counted(lin: Member) -> None:
    browser = browser_of(lin)
    for _ in range(PASSWORD_OF_USER.allowed):
        answer = change(browser, old="wrong")
        assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["old_password"])
    assert change(browser).status_code == 429
    lin.user.refresh_from_db()
    assert lin.user.check_password(PASSWORD)


@pytest.mark.parametrize("weak", ["short", "password123", "lin@lakeside.example", "9876543210"])
def test_a_weak_password_is_refused(lin: Member, weak: str) -> None:
    browser = browser_of(lin)
    assert change(browser, new=weak).status_code == 400
    assert Session.objects.count() == 1


def test_who_is_not_signed_in_is_led_to_the_door(db: None) -> None:
    assert Client().get("/password/change/")["Location"] == "/sign-in/?next=/password/change/"
