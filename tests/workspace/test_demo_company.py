"""The demo company as it stands after the command ran: made once for all of these tests, on a Friday afternoon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from chat import store
from chat.models import Conversation, Message, Participant
from orgchart.models import Department, Member, Organization
from workspace.demo import cast, staging

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        staging.make_demo(now=NOW)
    yield
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


def person(address: str) -> Member:
    return Member.objects.select_related("organization", "user").get(user__email=address)


def said_in(name: str) -> list[Message]:
    return list(Message.objects.filter(conversation__name=name).in_order())


def test_a_second_run_changes_nothing_and_says_so() -> None:
    before = Message.objects.count(), Member.objects.count()
    out = StringIO()
    call_command("demo", stdout=out)
    assert "is there already; nothing was changed" in out.getvalue()
    assert all(text in out.getvalue() for text in (*cast.NAMED, cast.PASSWORD))
    assert (Message.objects.count(), Member.objects.count()) == before


def test_the_company_is_as_large_as_the_readme_says() -> None:
    lakeside = Organization.objects.get(handle="lakeside")
    assert 55 <= lakeside.members.count() <= 65
    assert Department.objects.filter(organization=lakeside).count() >= 10
    assert Department.objects.filter(organization=lakeside, parent__parent__isnull=False).exists()
    assert Member.objects.filter(organization=lakeside, placements__is_primary=False).distinct().count() >= 3


def test_nothing_is_said_in_the_future_or_at_night() -> None:
    moments = [timezone.localtime(at, NOW.tzinfo) for at in Message.objects.values_list("posted_at", flat=True)]
    assert max(moments) <= NOW
    assert max(moments) > NOW - timedelta(hours=1)
    assert {moment.hour for moment in moments} <= set(range(8, 22))
    assert {moment.weekday() for moment in moments} == set(range(5))


def test_every_conversation_is_numbered_without_gaps_and_in_the_order_of_its_dates() -> None:
    for conversation in Conversation.objects.all():
        messages = list(conversation.messages.in_order().values_list("seq", "posted_at"))
        assert [seq for seq, _at in messages] == list(range(1, len(messages) + 1))
        assert [at for _seq, at in messages] == sorted(at for _seq, at in messages)


def test_one_group_has_a_long_history() -> None:
    assert len(said_in("值班与发布 On-call")) > 1_500


def test_people_come_go_mend_and_take_back() -> None:
    events = [message.event["kind"] for message in said_in("西溪书店试点") if message.event]
    assert events == ["conversation.created", "participant.left", "participants.added", "participant.removed"]
    mended = Message.objects.get(text__contains="再亮一点点就更好了，明天发布前")
    assert mended.edited_at is not None
    assert timedelta(0) < mended.edited_at - mended.posted_at < timedelta(minutes=10)
    assert any(message.recalled_at and not message.text for message in said_in("产品研发部"))


def test_somebody_has_something_to_read_and_everybody_else_has_read_it() -> None:
    def unread(address: str, name: str) -> int:
        rows = store.conversation_rows(member_id=person(address).pk, after=None, limit=100)
        return next(row["unread"] for row in rows if row["name"] == name)

    assert unread("xu@lakeside.example", "产品研发部") == 2
    assert unread("zhao@lakeside.example", "产品研发部") == 0
    seat = Participant.objects.get(member=person("luo@lakeside.example"), conversation__name="产品研发部")
    assert seat.read_seq == seat.seen_seq == len(said_in("产品研发部"))


def test_lists_are_kept_in_order_by_their_owners() -> None:
    lin = Participant.objects.filter(member=person("lin@lakeside.example"), conversation__kind="group")
    assert "产品研发部" in lin.filter(is_pinned=True).values_list("conversation__name", flat=True)
    assert "周五羽毛球 🏸" in lin.filter(is_muted=True).values_list("conversation__name", flat=True)


def test_the_two_companies_know_nothing_of_each_other() -> None:
    ana = person("ana@northwind.example")
    assert Conversation.objects.visible_to(ana).count() >= 3
    assert not Conversation.objects.visible_to(ana).filter(organization__handle="lakeside").exists()
    assert not Participant.objects.exclude(member__organization_id=ana.organization_id).filter(
        organization=ana.organization
    )
