"""Who is let in, who stays, who sees whom: what realtime asks at each delivery."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.sessions import sign_out_everywhere_else
from accounts.actions.tokens import revoke_token
from accounts.actions.users import deactivate_user
from accounts.models import AccessToken, Session
from accounts.sessions import SessionStore
from orgchart import gate
from orgchart.actions.members import deactivate_member
from orgchart.models import Member
from realtime.gate import Knock, Pass, Refusal
from tests.cast import browser_of, newcomer, token_of

pytestmark = pytest.mark.embedded


def cookie(member: Member) -> str:
    return browser_of(member).cookies["lakeside_session"].value


def by_cookie(member: Member, handle: str = "lakeside") -> Pass | Refusal:
    return gate.admit([Knock(cookie(member), None, handle)])[0]


def by_token(member: Member, *scopes: str, handle: str = "lakeside") -> Pass | Refusal:
    return gate.admit([Knock(None, token_of(member, *scopes), handle)])[0]


def test_a_member_comes_in_by_cookie_and_by_token(wei: Member) -> None:
    passed = by_cookie(wei)
    assert passed == Pass(
        wei.organization_id, wei.pk, wei.user_id, f"session:{Session.objects.get().pk}", language="en"
    )
    passed = by_token(wei, "chat:read", "chat:write")
    assert passed == Pass(
        wei.organization_id,
        wei.pk,
        wei.user_id,
        f"token:{AccessToken.objects.get().pk}",
        language="en",
        barred=frozenset({"organization"}),
    )


def test_a_token_without_chat_write_reads_only_and_one_without_chat_read_stays_outside(wei: Member) -> None:
    reader = by_token(wei, "chat:read")
    assert isinstance(reader, Pass)
    assert (reader.can_write, reader.barred) == (False, {"organization"})
    assert by_token(wei, "directory:read") == Refusal(4003)


@pytest.mark.parametrize(
    "knock", [Knock(None, None, "lakeside"), Knock("made-up", None, "lakeside"), Knock(None, "lks_made-up", "lakeside")]
)
def test_who_shows_nothing_good_is_not_signed_in(wei: Member, knock: Knock) -> None:
    assert gate.admit([knock]) == [Refusal(4001)]


@pytest.mark.parametrize("handle", ["northwind", "nowhere"])
def test_another_company_and_a_missing_one_are_the_same_refusal(wei: Member, ana: Member, handle: str) -> None:
    assert by_cookie(wei, handle) == Refusal(4003)
    assert by_token(wei, handle=handle) == Refusal(4003)


def test_a_token_opens_the_company_that_it_was_made_for_only(wei: Member, ana: Member) -> None:
    both = Member.objects.create(organization=ana.organization, user=wei.user, name="Wei")
    assert by_token(wei, handle="northwind") == Refusal(4003)
    assert isinstance(by_cookie(both, "northwind"), Pass)


def test_an_anonymous_session_opens_nothing(lin: Member) -> None:
    browser = Client()
    session = browser.session
    session["something"] = 1
    session.save()
    assert gate.admit([Knock(session.session_key, None, "lakeside")]) == [Refusal(4001)]


def test_many_knocks_are_answered_in_their_order_by_three_queries(
    lin: Member, django_assert_num_queries: Callable
) -> None:
    people = [newcomer(lin.organization) for _ in range(6)]
    knocks = [Knock(cookie(person), None, "lakeside") for person in people[:3]]
    knocks += [Knock(None, token_of(person), "lakeside") for person in people[3:]]
    with django_assert_num_queries(3):
        answers = gate.admit([Knock(None, None, "lakeside"), *knocks])
    assert answers[0] == Refusal(4001)
    assert [answer.member_id for answer in answers[1:] if isinstance(answer, Pass)] == [person.pk for person in people]


def end_session(member: Member) -> None:
    sign_out_everywhere_else(user=member.user, but=None)


def expire_session(member: Member) -> None:
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def end_token(member: Member) -> None:
    revoke_token(token=AccessToken.objects.get(user=member.user), by=member.user)


def expire_token(member: Member) -> None:
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def end_membership(member: Member) -> None:
    deactivate_member(member=member, by=None)


def end_user(member: Member) -> None:
    deactivate_user(user=member.user, even_last_owner=True)


@pytest.mark.parametrize("end", [end_session, expire_session, end_membership, end_user])
def test_a_session_is_good_until_something_ends_it(wei: Member, lin: Member, end: Callable[[Member], None]) -> None:
    mine, others = by_cookie(wei), by_token(lin)
    assert isinstance(mine, Pass) and isinstance(others, Pass)
    assert gate.still_good({mine, others}) == {mine, others}
    end(wei)
    assert gate.still_good({mine, others}) == {others}


@pytest.mark.parametrize("end", [end_token, end_membership, end_user])
def test_a_token_is_good_until_something_ends_it(wei: Member, lin: Member, end: Callable[[Member], None]) -> None:
    mine, others = by_token(wei), by_cookie(lin)
    assert isinstance(mine, Pass) and isinstance(others, Pass)
    end(wei)
    assert gate.still_good({mine, others}) == {others}


def test_a_token_is_good_until_it_expires(wei: Member) -> None:
    mine = by_token(wei)
    assert isinstance(mine, Pass)
    expire_token(wei)
    assert gate.still_good({mine}) == set()


def test_the_databases_clock_decides_not_a_processs(wei: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browser_of(wei)
    passes = {by_cookie(wei), by_token(wei)}
    in_a_year = timezone.now() + timedelta(days=366)
    monkeypatch.setattr(timezone, "now", lambda: in_a_year)
    assert gate.still_good(passes) == passes
    assert SessionStore(browser.cookies["lakeside_session"].value).load()
    SessionStore.clear_expired()
    assert Session.objects.count() == 2


def test_one_persons_session_proves_nothing_for_another(wei: Member, lin: Member) -> None:
    mine = by_cookie(wei)
    assert isinstance(mine, Pass)
    forged = Pass(lin.organization_id, lin.pk, lin.user_id, mine.credential)
    assert gate.still_good({forged}) == set()


def test_hundreds_are_proved_by_one_query(lin: Member, wei: Member, django_assert_num_queries: Callable) -> None:
    passes = {
        answer for member in (lin, wei) for answer in (by_cookie(member), by_token(member)) if isinstance(answer, Pass)
    }
    with django_assert_num_queries(1):
        assert gate.still_good(passes) == passes
    with django_assert_num_queries(0):
        assert gate.still_good(set()) == set()


def test_colleagues_are_visible_others_and_leavers_are_not(lin: Member, wei: Member, zhao: Member, ana: Member) -> None:
    deactivate_member(member=zhao, by=lin)
    viewer = by_cookie(lin)
    assert isinstance(viewer, Pass)
    assert gate.visible_members(viewer, [lin.pk, wei.pk, zhao.pk, ana.pk, 999999]) == {lin.pk, wei.pk}
    assert gate.visible_members(replace(viewer, member_id=zhao.pk), [lin.pk]) == set()
    assert gate.visible_members(replace(viewer, barred=frozenset({"organization"})), [lin.pk]) == set()
