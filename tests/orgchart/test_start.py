import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from audit.models import Entry
from orgchart import first_start
from orgchart.actions.first_start import start
from orgchart.models import Member, Organization
from tests.cast import PASSWORD, unsaved_user
from wire.problems import Problem

FORM = {
    "organization": "湖畔科技",
    "handle": "lakeside",
    "name": "林溪",
    "address": "lin@lakeside.example",
    "password": PASSWORD,
}


def form() -> dict[str, str]:
    return {"token": first_start.token(), **FORM}


def test_an_empty_server_leads_to_the_first_start(db: None) -> None:
    assert Client().get("/")["Location"] == "/start/"


def test_the_consoles_token_opens_the_page(db: None) -> None:
    path = first_start.url().removeprefix("http://127.0.0.1:8000")
    assert "湖畔" not in Client().get("/start/").content.decode()
    assert Client().get(path).context["form"].fields.keys() == {"organization", "handle", "name", "address", "password"}


@pytest.mark.parametrize("token", ["", "wrong", "0" * 24])
def test_without_the_token_nobody_founds_anything(db: None, token: str) -> None:
    answer = Client().post("/start/", {**FORM, "token": token})
    assert answer.status_code == (403 if token else 200)
    assert not Organization.objects.exists()


def test_the_founder_owns_the_company_looks_after_the_server_and_is_signed_in(db: None) -> None:
    browser = Client()
    assert browser.post("/start/", form())["Location"] == "/o/lakeside/chat/"
    member = Member.objects.get()
    assert (member.name, member.role, member.organization.name) == ("林溪", "owner", "湖畔科技")
    assert member.user.is_operator
    assert browser.get("/api/v1/orgs/lakeside").status_code == 200
    assert Entry.objects.filter(action="organization.founded").exists()


def test_afterwards_the_page_does_not_exist(lin: Member) -> None:
    assert Client().get("/start/", {"token": first_start.token()}).status_code == 404
    assert Client().post("/start/", form()).status_code == 404
    assert Organization.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"handle": "Lake Side"}, "handle"),
        ({"handle": "-a"}, "handle"),
        ({"organization": ""}, "organization"),
        ({"organization": "\u3164"}, "organization"),
        ({"password": "short"}, "password"),
    ],
)
def test_a_bad_field_is_refused_by_name(db: None, change: dict[str, str], field: str) -> None:
    answer = Client().post("/start/", {**form(), **change})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()


@pytest.mark.embedded
def test_two_founders_at_once_make_one_company(transactional_db: None) -> None:
    at_once = threading.Barrier(2)
    statuses: list[int] = []

    def found(number: int) -> None:
        user = unsaved_user(f"founder{number}@lakeside.example")
        at_once.wait()
        try:
            start(name="湖畔科技", handle=f"lakeside{number}", owner_name="林溪", user=user)
            statuses.append(201)
        except Problem as problem:
            statuses.append(problem.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=found, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 404]
    assert (Organization.objects.count(), User.objects.count()) == (1, 1)
