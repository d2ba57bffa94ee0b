"""Limited places, taken by more people at once than there are: exact, whatever the rush."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from orgchart.actions.invitations import create_invitation, join_by_invitation
from orgchart.models import Member
from tests.cast import unsaved_user
from wire.problems import Problem

PLACES = 5
PEOPLE = 24

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


def rush(token: str, addresses: list[str]) -> list[int]:
    """Everybody at once; the statuses that they got, 201 for a place."""
    start = threading.Barrier(len(addresses))
    statuses: list[int] = []

    def come(number: int, address: str) -> None:
        user = unsaved_user(address)
        start.wait()
        try:
            join_by_invitation(token=token, name=f"Person {number}", user=user)
            statuses.append(201)
        except Problem as problem:
            statuses.append(problem.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(number, address)) for number, address in enumerate(addresses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_a_link_for_five_lets_exactly_five_in(transactional_db: None, lin: Member) -> None:
    invitation = create_invitation(by=lin, use_limit=PLACES)
    token = invitation.path.split("/")[2]
    statuses = rush(token, [f"person{number}@lakeside.example" for number in range(PEOPLE)])
    assert sorted(statuses) == [201] * PLACES + [410] * (PEOPLE - PLACES)
    assert Member.objects.filter(organization=lin.organization).count() == PLACES + 1
    assert User.objects.count() == PLACES + 1
    invitation.refresh_from_db()
    assert invitation.used_count == PLACES


def test_one_address_comes_in_once(transactional_db: None, lin: Member) -> None:
    invitation = create_invitation(by=lin, use_limit=PEOPLE)
    token = invitation.path.split("/")[2]
    statuses = rush(token, ["same@lakeside.example"] * 8)
    assert sorted(statuses) == [201] + [409] * 7
    invitation.refresh_from_db()
    assert invitation.used_count == 1
