import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.actions.users import deactivate_user
from accounts.models import User
from audit.models import Entry
from orgchart.models import Member
from tests.cast import PASSWORD, browser_of, newcomer, program_of


def test_a_deactivated_person_is_out_everywhere_until_it_is_undone(wei: Member) -> None:
    browser, program = browser_of(wei), program_of(wei)
    call_command("deactivate", "wei@lakeside.example", verbosity=0)
    assert browser.get("/api/v1/me").status_code == 401
    assert program.get("/api/v1/me").status_code == 401
    form = {"address": "wei@lakeside.example", "password": PASSWORD}
    assert Client().post("/sign-in/", form).status_code == 400
    call_command("deactivate", "wei@lakeside.example", "--undo", verbosity=0)
    assert Client().post("/sign-in/", form).status_code == 302
    assert program.get("/api/v1/me").status_code == 401
    entries = Entry.objects.filter(action__startswith="user.", object_id=wei.user_id)
    assert list(entries.order_by("pk").values_list("action", flat=True)) == [
        "user.created",
        "user.deactivated",
        "user.reactivated",
    ]


def test_an_unknown_address_is_said(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("deactivate", "nobody@lakeside.example")


def test_the_last_owner_is_kept_unless_it_is_meant(lin: Member, ana: Member) -> None:
    # One who can't act any more is no second owner.
    gone = newcomer(lin.organization, name="周宁", role=Member.Role.OWNER)
    deactivate_user(user=gone.user)
    with pytest.raises(CommandError, match="last owner of 湖畔科技"):
        call_command("deactivate", "lin@lakeside.example")
    assert User.objects.get(pk=lin.user_id).is_active
    call_command("deactivate", "lin@lakeside.example", "--last-owner", verbosity=0)
    assert not User.objects.get(pk=lin.user_id).is_active


def test_one_of_two_owners_is_not_asked_about(lin: Member) -> None:
    newcomer(lin.organization, name="周宁", role=Member.Role.OWNER)
    call_command("deactivate", "lin@lakeside.example", verbosity=0)
    assert not User.objects.get(pk=lin.user_id).is_active
