from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from audit.models import Entry
from orgchart.models import Member
from realtime.models import Change
from tests.cast import browser_of, program_of

SESSIONS = "/api/v1/sessions"


def test_one_sees_ones_browsers_and_which_of_them_asks(lin: Member, wei: Member) -> None:
    browser_of(wei)
    old, new = browser_of(lin), browser_of(lin)
    Session.objects.filter(pk=old.get(SESSIONS).json()["results"][0]["id"]).update(
        seen_at=timezone.now() - timedelta(days=1)
    )
    shown = new.get(SESSIONS).json()["results"]
    assert len(shown) == 2
    assert sorted(session["is_current"] for session in shown) == [False, True]
    assert shown[0]["seen_at"] >= shown[1]["seen_at"]


def test_a_program_is_none_of_the_browsers(lin: Member) -> None:
    browser_of(lin)
    assert [session["is_current"] for session in program_of(lin).get(SESSIONS).json()["results"]] == [False]


def test_a_browser_signs_another_one_out(lin: Member) -> None:
    lost = browser_of(lin)
    lost_id = lost.get(SESSIONS).json()["results"][0]["id"]
    here = browser_of(lin)
    assert here.delete(f"{SESSIONS}/{lost_id}").status_code == 204
    assert lost.get("/api/v1/me").status_code == 401
    assert here.get("/api/v1/me").status_code == 200
    assert Change.objects.filter(kind="rights.changed", object_id=lin.pk).exists()


def test_a_browser_signs_all_others_of_its_person_out(lin: Member, wei: Member) -> None:
    lost, forgotten, foreign = browser_of(lin), browser_of(lin), browser_of(wei)
    here = browser_of(lin)
    assert here.delete(SESSIONS).status_code == 204
    assert [browser.get("/api/v1/me").status_code for browser in (lost, forgotten)] == [401, 401]
    assert [browser.get("/api/v1/me").status_code for browser in (here, foreign)] == [200, 200]
    entry = Entry.objects.get(action="sessions.ended")
    assert (entry.actor_user_id, entry.detail) == (lin.user_id, {"count": 2})


def test_signing_out_everywhere_else_again_changes_nothing(lin: Member) -> None:
    here = browser_of(lin)
    assert [here.delete(SESSIONS).status_code for _time in range(2)] == [204, 204]
    assert here.get("/api/v1/me").status_code == 200
    assert not Entry.objects.filter(action="sessions.ended").exists()


def test_a_program_signs_no_browser_out(lin: Member) -> None:
    browser = browser_of(lin)
    answer = program_of(lin).delete(SESSIONS)
    assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
    assert browser.get("/api/v1/me").status_code == 200


def test_an_ended_session_is_not_brought_back_by_a_request_under_way(lin: Member) -> None:
    under_way = browser_of(lin).session
    under_way.get("what this request has read so far")
    Session.objects.all().delete()
    under_way["something"] = 1
    with pytest.raises(UpdateError):
        under_way.save()
    assert not Session.objects.exists()


def test_another_persons_browser_is_missing(lin: Member, wei: Member) -> None:
    foreign_id = browser_of(lin).get(SESSIONS).json()["results"][0]["id"]
    browser = browser_of(wei)
    foreign, absent = browser.delete(f"{SESSIONS}/{foreign_id}"), browser.delete(f"{SESSIONS}/999999")
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    assert Session.objects.filter(pk=foreign_id).exists()


def test_an_expired_session_opens_nothing(lin: Member) -> None:
    browser = browser_of(lin)
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.get("/api/v1/me").status_code == 401


def test_use_is_noted_once_a_minute(lin: Member) -> None:
    browser = browser_of(lin)
    before = Session.objects.get().seen_at
    browser.get("/api/v1/me")
    assert Session.objects.get().seen_at == before
    Session.objects.update(seen_at=before - timedelta(minutes=2))
    browser.get("/api/v1/me")
    assert Session.objects.get().seen_at > before - timedelta(minutes=1)


def test_a_session_in_use_lives_on(lin: Member) -> None:
    browser = browser_of(lin)
    soon = timezone.now() + timedelta(days=1)
    Session.objects.update(expires_at=soon, seen_at=timezone.now() - timedelta(hours=1))
    answer = browser.get("/api/v1/me")
    assert Session.objects.get().expires_at > soon + timedelta(days=20)
    assert "lakeside_session" in answer.cookies


def test_changing_something_by_cookie_needs_the_csrf_token(lin: Member) -> None:
    browser = browser_of(lin, enforce_csrf_checks=True)
    answer = browser.patch("/api/v1/me", {"theme": "dark"}, content_type="application/json")
    assert answer.status_code == 403
    browser.get("/password/change/")
    token = browser.cookies["lakeside_csrf"].value
    answer = browser.patch(
        "/api/v1/me", {"theme": "dark"}, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 200


def test_a_program_needs_no_csrf_token(lin: Member) -> None:
    program = program_of(lin)
    program.handler.enforce_csrf_checks = True
    assert program.patch("/api/v1/me", {"theme": "dark"}, content_type="application/json").status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer lks_made-up", "Bearer lks_\x00", "bearer x y"])
def test_a_bad_token_is_nobody_even_beside_a_good_cookie(lin: Member, header: str) -> None:
    answer = browser_of(lin).get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_another_scheme_is_not_ours_to_judge(lin: Member) -> None:
    assert browser_of(lin).get("/api/v1/me", headers={"Authorization": "Basic eDp5"}).status_code == 200
    assert Client().get("/api/v1/me", headers={"Authorization": "Basic eDp5"}).status_code == 401
