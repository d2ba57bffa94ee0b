import re
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions import sessions
from accounts.actions.attempts import SIGN_IN_ADDRESS, SIGN_IN_SOURCE
from accounts.actions.users import create_user, deactivate_user, new_user
from accounts.models import Attempts, Session, User
from audit.models import Entry
from orgchart.models import Member
from tests.cast import PASSWORD, browser_of


def sign_in(client: Client, address: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/sign-in/", {"address": address, "password": password, **more})


def said(answer: HttpResponse) -> str:
    """The page without what differs in every answer, and without what was typed."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]+"', "", answer.content.decode())
    return re.sub(r'name="address" value="[^"]*"', "", text)


@pytest.mark.parametrize("typed", ["lin@lakeside.example", " LIN@Lakeside.Example "])
def test_a_person_signs_in_with_their_mail_address(lin: Member, client: Client, typed: str) -> None:
    answer = sign_in(client, typed)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert Session.objects.get().user == lin.user


@pytest.mark.parametrize(
    "typed", ["+8613800138000", "138 0013 8000", "008613800138000", "+86 (138) 0013-8000", "１３８００１３８０００"]
)
def test_a_person_signs_in_with_their_phone_number(db: None, client: Client, typed: str) -> None:
    create_user(user=new_user(address="+86 138 0013 8000", password=PASSWORD))
    assert sign_in(client, typed).status_code == 302


def test_however_a_phone_number_is_typed_its_tries_are_counted_together(db: None) -> None:
    create_user(user=new_user(address="+86 138 0013 8000", password=PASSWORD))
    ways = (
        "13800138000",
        "138 0013 8000",
        "+8613800138000",
        "008613800138000",
        "138-0013-8000",
        "１３８００１３８０００",
    )
    for number in range(SIGN_IN_ADDRESS.allowed):
        assert sign_in(Client(), ways[number % len(ways)], "wrong").status_code == 400
    assert sign_in(Client(), "(138) 0013.8000").status_code == 429


def test_a_wrong_password_and_an_unknown_address_are_the_same_answer(lin: Member, client: Client) -> None:
    wrong = sign_in(client, "lin@lakeside.example", "something else")
    unknown = sign_in(client, "nobody@lakeside.example", "something else")
    assert wrong.status_code == unknown.status_code == 400
    assert said(wrong) == said(unknown)


def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(lin: Member, client: Client) -> None:
    hashed = []
    for address in ("lin@lakeside.example", "nobody@lakeside.example", "not an address"):
        with (
            patch.object(Argon2PasswordHasher, "verify", autospec=True, return_value=False) as verify,
            patch.object(Argon2PasswordHasher, "encode", autospec=True, return_value="argon2$x") as encode,
        ):
            sign_in(client, address, "something else")
        hashed.append(verify.call_count + encode.call_count)
    assert hashed == [1, 1, 1]


def test_a_deactivated_person_is_refused_in_the_same_words(lin: Member, client: Client) -> None:
    wrong = sign_in(client, "lin@lakeside.example", "something else")
    deactivate_user(user=lin.user, even_last_owner=True)
    assert said(sign_in(client, "lin@lakeside.example")) == said(wrong)


def test_passwords_are_kept_by_argon2(db: None) -> None:
    assert new_user(address="lin@lakeside.example", password=PASSWORD).password.startswith("argon2$argon2id$")


def test_tries_are_counted_for_each_address(lin: Member, client: Client) -> None:
    for _ in range(SIGN_IN_ADDRESS.allowed):
        assert sign_in(client, "lin@lakeside.example", "wrong").status_code == 400
    refused = sign_in(client, "lin@lakeside.example")
    assert refused.status_code == 429
    assert "Try again in 5 minutes." in refused.content.decode()
    assert not Session.objects.exists()


def test_an_unknown_address_is_counted_as_a_known_one(lin: Member, client: Client) -> None:
    for _ in range(SIGN_IN_ADDRESS.allowed):
        sign_in(client, "nobody@lakeside.example", "wrong")
    assert sign_in(client, "nobody@lakeside.example", "wrong").status_code == 429


def test_tries_are_counted_for_each_place_they_come_from(
    lin: Member, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "SIGN_IN_SOURCE", replace(SIGN_IN_SOURCE, allowed=3))
    for number in range(3):
        sign_in(client, f"person{number}@lakeside.example", "wrong")
    assert sign_in(client, "lin@lakeside.example").status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert sign_in(elsewhere, "lin@lakeside.example").status_code == 302


def test_a_whole_office_signs_in_from_one_place(lin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SIGN_IN_SOURCE", replace(SIGN_IN_SOURCE, allowed=3))
    assert {sign_in(Client(), "lin@lakeside.example").status_code for _ in range(6)} == {302}


def test_after_the_window_there_are_new_tries(lin: Member, client: Client) -> None:
    for _ in range(SIGN_IN_ADDRESS.allowed + 1):
        sign_in(client, "lin@lakeside.example", "wrong")
    Attempts.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(client, "lin@lakeside.example").status_code == 302


def test_who_succeeds_begins_anew(lin: Member) -> None:
    for _ in range(3):
        for _ in range(SIGN_IN_ADDRESS.allowed - 1):
            sign_in(Client(), "lin@lakeside.example", "wrong")
        assert sign_in(Client(), "lin@lakeside.example").status_code == 302


def test_the_last_tries_are_announced(lin: Member, client: Client) -> None:
    for _ in range(SIGN_IN_ADDRESS.allowed - 3):
        answer = sign_in(client, "lin@lakeside.example", "wrong")
    assert "You have 3 more tries." in answer.content.decode()


def test_one_goes_on_to_where_one_wanted_to_go_but_never_to_another_site(lin: Member) -> None:
    assert sign_in(Client(), "lin@lakeside.example", next="/o/lakeside/people/")["Location"] == "/o/lakeside/people/"
    elsewhere = ("https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "abc", "home")
    for wanted in elsewhere:
        assert sign_in(Client(), "lin@lakeside.example", next=wanted)["Location"] == "/"
        assert browser_of(lin).get("/sign-in/", {"next": wanted})["Location"] == "/"


def test_signing_in_gives_another_cookie(lin: Member, client: Client) -> None:
    client.cookies["lakeside_session"] = "planted"
    sign_in(client, "lin@lakeside.example")
    assert client.cookies["lakeside_session"].value != "planted"


def test_the_cookie_itself_is_kept_nowhere(lin: Member, client: Client) -> None:
    sign_in(client, "lin@lakeside.example")
    row = Session.objects.get()
    assert client.cookies["lakeside_session"].value not in {row.digest, row.data}


def test_coming_and_going_leaves_entries(lin: Member, client: Client) -> None:
    sign_in(client, "lin@lakeside.example", "wrong")
    sign_in(client, "lin@lakeside.example")
    client.post("/sign-out/")
    entries = Entry.objects.filter(action__startswith="session.").order_by("pk").values_list("action", "actor_user_id")
    assert list(entries) == [
        ("session.refused", None),
        ("session.started", lin.user_id),
        ("session.ended", lin.user_id),
    ]


def test_signing_out_deletes_the_session(lin: Member) -> None:
    browser = browser_of(lin)
    cookie = browser.cookies["lakeside_session"].value
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert not Session.objects.exists()
    again = Client()
    again.cookies["lakeside_session"] = cookie
    assert again.get("/api/v1/me").status_code == 401


def test_signing_out_by_a_link_is_not_possible(lin: Member) -> None:
    browser = browser_of(lin)
    assert browser.get("/sign-out/").status_code == 405
    assert browser.get("/api/v1/me").status_code == 200


def test_a_form_without_the_csrf_token_signs_nobody_in(lin: Member) -> None:
    assert sign_in(Client(enforce_csrf_checks=True), "lin@lakeside.example").status_code == 403


@pytest.mark.parametrize("address", ["lin\x00@lakeside.example", "lin\u202e@lakeside.example", "", "x" * 300])
def test_bad_text_is_refused_at_its_field(lin: Member, client: Client, address: str) -> None:
    answer = sign_in(client, address)
    assert answer.status_code == 400
    assert "address" in answer.context["form"].errors


def test_a_session_remembers_which_browser_it_is(lin: Member) -> None:
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    sign_in(browser, "lin@lakeside.example")
    assert Session.objects.get().agent.endswith("Firefox/140.0")


def test_who_is_signed_in_already_goes_on(lin: Member) -> None:
    assert browser_of(lin).get("/sign-in/")["Location"] == "/"


def test_addresses_are_stored_in_one_form(db: None) -> None:
    create_user(user=new_user(address="Lin@Lakeside.Example", password=PASSWORD))
    assert User.objects.get().email == "lin@lakeside.example"
