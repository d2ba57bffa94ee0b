import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import Entry
from orgchart.models import Member
from tests.cast import PASSWORD, browser_of, program_of


def test_a_deactivated_person_is_out_everywhere_until_it_is_undone(lin: Member) -> None:
    browser, program = browser_of(lin), program_of(lin)
    call_command("deactivate", "lin@lakeside.example", verbosity=0)
    assert browser.get("/api/v1/me").status_code == 401
    assert program.get("/api/v1/me").status_code == 401
    form = {"address": "lin@lakeside.example", "password": PASSWORD}
    assert Client().post("/sign-in/", form).status_code == 400
    call_command("deactivate", "lin@lakeside.example", "--undo", verbosity=0)
    assert Client().post("/sign-in/", form).status_code == 302
    assert program.get("/api/v1/me").status_code == 401
    assert list(Entry.objects.filter(action__startswith="user.").order_by("pk").values_list("action", flat=True)) == [
        "user.created",
        "user.deactivated",
        "user.reactivated",
    ]


def test_an_unknown_address_is_said(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("deactivate", "nobody@lakeside.example")
