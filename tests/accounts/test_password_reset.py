import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.actions.attempts import RESET_ADDRESS
from accounts.actions.users import create_user, deactivate_user, new_user
from accounts.models import Session
from accounts.tasks import mail_password_reset
from audit.models import Entry
from orgchart.models import Member
from outbox.models import DueRow
from tests.cast import PASSWORD, browser_of, program_of

NEW = "seven herons by the reeds"


def ask(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).post("/password/reset/", {"address": address})
    assert answer.status_code == 200
    return answer.content.decode().replace(address, "…")


def work_off() -> None:
    for row in DueRow.objects.filter(kind="mail.password_reset"):
        mail_password_reset(**row.payload)


def mailed_link() -> str:
    work_off()
    found = re.search(r"http://[^/]+(/password/reset/\S+)", mail.outbox[-1].body)
    assert found
    return found.group(1)


def test_the_link_of_the_mail_sets_another_password_and_signs_in(lin: Member) -> None:
    ask("lin@lakeside.example")
    link, browser = mailed_link(), Client()
    assert browser.get(link).status_code == 200
    assert browser.post(link, {"password": NEW})["Location"] == "/"
    lin.user.refresh_from_db()
    assert lin.user.check_password(NEW)
    assert browser.get("/api/v1/me").json()["user"]["id"] == lin.user_id


def test_nothing_is_mailed_before_somebody_works_the_outbox_off(lin: Member) -> None:
    ask("lin@lakeside.example")
    assert mail.outbox == []
    row = DueRow.objects.get()
    assert row.payload == {"user": lin.user_id, "language": "en"}


def test_an_unknown_address_is_answered_and_written_as_a_known_one(lin: Member) -> None:
    known = ask("lin@lakeside.example")
    unknown = ask("nobody@lakeside.example")
    assert re.sub(r'value="\w{64}"|nonce="[^"]+"', "", known) == re.sub(r'value="\w{64}"|nonce="[^"]+"', "", unknown)
    assert DueRow.objects.count() == 2
    assert Entry.objects.filter(action="password.reset_requested").count() == 2
    work_off()
    assert [message.to for message in mail.outbox] == [["lin@lakeside.example"]]


def test_both_cost_the_same_number_of_queries(lin: Member) -> None:
    counts = []
    for address in ("lin@lakeside.example", "nobody@lakeside.example"):
        with CaptureQueriesContext(connection) as queries:
            ask(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_deactivated_person_gets_no_mail(lin: Member) -> None:
    deactivate_user(user=lin.user, even_last_owner=True)
    ask("lin@lakeside.example")
    work_off()
    assert mail.outbox == []


def test_somebody_with_a_phone_alone_gets_no_mail(db: None) -> None:
    create_user(user=new_user(address="+8613800138000", password=PASSWORD))
    ask("+8613800138000")
    work_off()
    assert mail.outbox == []


def test_a_link_works_once(lin: Member) -> None:
    ask("lin@lakeside.example")
    link = mailed_link()
    Client().post(link, {"password": NEW})
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"password": "something else entirely"}).status_code == 410
    lin.user.refresh_from_db()
    assert lin.user.check_password(NEW)


def test_a_link_dies_with_a_newer_password_and_with_time(lin: Member, settings: Settings) -> None:
    ask("lin@lakeside.example")
    link = mailed_link()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link).status_code == 410
    settings.PASSWORD_RESET_TIMEOUT = 7200
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize("path", ["/password/reset/1/made-up/", "/password/reset/999999/abc-def/"])
def test_a_made_up_link_opens_nothing(lin: Member, path: str) -> None:
    assert Client().get(path).status_code == 410


def test_all_browsers_are_signed_out(lin: Member) -> None:
    old = browser_of(lin)
    ask("lin@lakeside.example")
    Client().post(mailed_link(), {"password": NEW})
    assert old.get("/api/v1/me").status_code == 401
    assert Session.objects.count() == 1


def test_all_tokens_are_revoked(lin: Member, ana: Member) -> None:
    mine, theirs = program_of(lin), program_of(ana)
    ask("lin@lakeside.example")
    Client().post(mailed_link(), {"password": NEW})
    assert mine.get("/api/v1/me").status_code == 401
    assert theirs.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("weak", ["short", "password123", "lin@lakeside.example", "1234567890"])
def test_a_weak_password_is_refused(lin: Member, weak: str) -> None:
    ask("lin@lakeside.example")
    assert Client().post(mailed_link(), {"password": weak}).status_code == 400
    lin.user.refresh_from_db()
    assert lin.user.check_password(PASSWORD)


def test_asking_again_and_again_is_refused_for_known_and_unknown(lin: Member) -> None:
    for address in ("lin@lakeside.example", "nobody@lakeside.example"):
        for _ in range(RESET_ADDRESS.allowed):
            ask(address)
        assert Client().post("/password/reset/", {"address": address}).status_code == 429


def test_however_a_phone_number_is_typed_its_resets_are_counted_together(db: None) -> None:
    for number in range(RESET_ADDRESS.allowed):
        ask("138" + " " * number + "00138000")
    assert Client().post("/password/reset/", {"address": "+8613800138000"}).status_code == 429


def test_the_mail_speaks_the_language_of_its_reader(lin: Member) -> None:
    lin.user.language = "zh-hans"
    lin.user.save()
    ask("lin@lakeside.example")
    work_off()
    assert "湖畔" in mail.outbox[0].subject


def test_a_reset_leaves_its_entries(lin: Member) -> None:
    ask("lin@lakeside.example")
    Client().post(mailed_link(), {"password": NEW})
    actions = set(Entry.objects.filter(actor_user_id=lin.user_id).values_list("action", flat=True))
    assert {"password.reset_requested", "password.reset", "session.started"} <= actions
