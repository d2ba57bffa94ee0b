from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from chat.actions.conversations import create_group, rename, start_direct, switch_history
from chat.actions.participants import add_participants, give_role, remove_participant
from chat.models import Conversation, Message, Participant
from orgchart.models import Member
from tests.cast import newcomer
from tests.chat.talk import head_of, kinds_since, say, seat
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def problem_of(action: object, **arguments: object) -> Problem:
    with pytest.raises(Problem) as caught:
        action(**arguments)
    return caught.value


# ── between two ──


def test_two_people_have_one_conversation_whoever_asks(lin: Member, wei: Member) -> None:
    assert start_direct(by=lin, other=wei) == start_direct(by=wei, other=lin) == start_direct(by=lin, other=wei)
    assert Conversation.objects.count() == 1


def test_it_begins_empty_and_both_hear_of_it(lin: Member, wei: Member) -> None:
    versions = {member: head_of(member.stream)[1] for member in (lin, wei)}
    pair = start_direct(by=lin, other=wei)
    assert head_of(pair.stream)[0] == 0
    for member, version in versions.items():
        assert kinds_since(member.stream, version) == ["membership.started"]


def test_nobody_talks_to_oneself(lin: Member) -> None:
    problem = problem_of(start_direct, by=lin, other=lin)
    assert (problem.status, problem.errors[0].field) == (400, "members")


def test_the_database_refuses_a_second_conversation_of_the_same_pair(pair: Conversation, lin: Member) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(
            organization_id=pair.organization_id, kind="direct", direct_key=pair.direct_key, created_by=lin,
            key=uuid4(), created_at=timezone.now(),
        )  # fmt: skip


# ── groups ──


def test_who_makes_a_group_owns_it_and_its_first_message_says_so(lin: Member, wei: Member, zhao: Member) -> None:
    group = create_group(by=lin, members=[wei, zhao], key=uuid4(), name="设计周会")
    roles = dict(Participant.objects.filter(conversation=group).values_list("member_id", "role"))
    assert roles == {lin.pk: "owner", wei.pk: "member", zhao.pk: "member"}
    first = Message.objects.get(conversation=group)
    assert (first.seq, first.kind, first.event["kind"]) == (1, "system", "conversation.created")
    assert [person["id"] for person in first.event["people"]] == [wei.pk, zhao.pk]


def test_a_group_without_a_name_is_named_by_its_first_people(lin: Member, wei: Member, zhao: Member) -> None:
    assert create_group(by=lin, members=[wei, zhao], key=uuid4()).name == "林溪、魏然、赵明远"


def test_people_named_twice_and_oneself_are_seated_once(lin: Member, wei: Member) -> None:
    group = create_group(by=lin, members=[wei, lin, wei], key=uuid4())
    assert Participant.objects.filter(conversation=group).count() == 2


def test_the_same_key_again_is_the_same_group(lin: Member, wei: Member) -> None:
    key = uuid4()
    first = create_group(by=lin, members=[wei], key=key, name="设计周会")
    assert create_group(by=lin, members=[wei], key=key, name="设计周会") == first
    assert Conversation.objects.count() == 1


def test_a_retry_is_known_by_what_was_asked_for_not_by_what_became_of_it(
    lin: Member, wei: Member, zhao: Member
) -> None:
    asked = {"by": lin, "members": [wei, zhao], "key": uuid4(), "name": "设计周会"}
    group = create_group(**asked)
    rename(conversation=group, by=lin, name="周会")
    switch_history(conversation=group, by=lin, history_mode="all")
    remove_participant(conversation=group, member=zhao, by=lin)
    assert create_group(**{**asked, "members": [zhao, wei, lin, wei]}) == group
    for now in ({"name": "周会"}, {"members": [wei]}, {"history_mode": "all"}):
        assert problem_of(create_group, **{**asked, **now}).status == 409


def test_a_retry_for_a_group_without_a_name_survives_that_somebody_is_called_otherwise(
    lin: Member, wei: Member
) -> None:
    key = uuid4()
    group = create_group(by=lin, members=[wei], key=key)
    wei.name = "魏然然"
    assert create_group(by=lin, members=[wei], key=key) == group


def test_the_same_key_for_something_else_is_a_conflict(lin: Member, wei: Member, zhao: Member) -> None:
    key = uuid4()
    create_group(by=lin, members=[wei], key=key, name="设计周会")
    for other in (
        {"name": "周会", "members": [wei]},
        {"name": "", "members": [wei]},
        {"name": "设计周会", "members": [wei, zhao]},
        {"name": "设计周会", "members": [zhao]},
        {"name": "设计周会", "members": [wei], "history_mode": "all"},
    ):
        problem = problem_of(create_group, by=lin, key=key, **other)
        assert (problem.status, problem.code) == (409, "key_reused")


def test_a_key_used_for_a_group_does_not_disturb_a_direct_conversation(lin: Member, wei: Member) -> None:
    key = uuid4()
    group = create_group(by=lin, members=[wei], key=key)
    assert start_direct(by=lin, other=wei) != group


@pytest.mark.parametrize("members", [[], ["lin"]])
def test_a_group_needs_somebody_else(lin: Member, members: list[str]) -> None:
    problem = problem_of(create_group, by=lin, members=[lin for _ in members], key=uuid4())
    assert (problem.status, problem.errors[0].field) == (400, "members")


def test_a_name_has_at_most_80_characters(lin: Member, wei: Member) -> None:
    assert create_group(by=lin, members=[wei], key=uuid4(), name="湖" * 80).name == "湖" * 80
    problem = problem_of(create_group, by=lin, members=[wei], key=uuid4(), name="湖" * 81)
    assert (problem.status, problem.errors[0].field) == (400, "name")


@pytest.mark.parametrize("name", ["a\x00b", "exe\u202efdp"])
def test_a_name_with_a_refused_character_names_the_field(
    group: Conversation, lin: Member, wei: Member, name: str
) -> None:
    for problem in (
        problem_of(create_group, by=lin, members=[wei], key=uuid4(), name=name),
        problem_of(rename, conversation=group, by=lin, name=name),
    ):
        assert (problem.status, problem.code, problem.errors[0].field) == (400, "bad_character", "name")


def test_beginning_a_group_is_noted(group: Conversation, lin: Member) -> None:
    entry = Entry.objects.get(action="conversation.created")
    assert (entry.actor_member_id, entry.object_kind, entry.object_id) == (lin.pk, "conversation", group.pk)
    assert entry.detail == {"people_count": 3}


# ── its name ──


def test_a_group_is_renamed_by_those_who_look_after_it(group: Conversation, lin: Member, wei: Member) -> None:
    assert problem_of(rename, conversation=group, by=wei, name="周会").status == 403
    give_role(conversation=group, member=wei, role="admin", by=lin)
    _, version = head_of(group.stream)
    rename(conversation=group, by=wei, name=" 周会 ")
    group.refresh_from_db()
    assert group.name == "周会"
    assert kinds_since(group.stream, version) == ["conversation.renamed", "message.posted"]
    assert Entry.objects.get(action="conversation.renamed").detail == {"before": "设计周会", "after": "周会"}


def test_the_same_name_again_is_no_event(group: Conversation, lin: Member) -> None:
    before = head_of(group.stream)
    rename(conversation=group, by=lin, name="设计周会")
    assert head_of(group.stream) == before


@pytest.mark.parametrize("name", ["", "   ", "湖" * 81])
def test_a_name_cannot_be_taken_away_or_be_endless(group: Conversation, lin: Member, name: str) -> None:
    problem = problem_of(rename, conversation=group, by=lin, name=name)
    assert (problem.status, problem.errors[0].field) == (400, "name")


def test_a_direct_conversation_has_no_name_to_change(pair: Conversation, lin: Member) -> None:
    assert problem_of(rename, conversation=pair, by=lin, name="我们").status == 403


def test_for_outsiders_there_is_nothing_to_rename(group: Conversation, ben: Member) -> None:
    assert problem_of(rename, conversation=group, by=ben, name="我们").status == 404


# ── its history ──


def test_the_owner_alone_decides_what_newcomers_see(group: Conversation, lin: Member, wei: Member) -> None:
    give_role(conversation=group, member=wei, role="admin", by=lin)
    assert problem_of(switch_history, conversation=group, by=wei, history_mode="all").status == 403
    _, version = head_of(group.stream)
    switch_history(conversation=group, by=lin, history_mode="all")
    group.refresh_from_db()
    assert (group.history_mode, group.generation) == ("all", 1)
    assert kinds_since(group.stream, version) == ["conversation.history_switched", "message.posted"]
    assert Entry.objects.get(action="conversation.history_switched").detail == {"after": "all"}


def test_who_inherits_a_group_cannot_open_its_past_to_themselves(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    remove_participant(conversation=group, member=zhao, by=lin)
    late = newcomer(lin.organization)
    add_participants(conversation=group, members=[late], by=lin)
    give_role(conversation=group, member=late, role="owner", by=lin)
    assert problem_of(switch_history, conversation=group, by=late, history_mode="all").status == 403
    give_role(conversation=group, member=wei, role="owner", by=late)
    switch_history(conversation=group, by=wei, history_mode="all")


def test_switching_to_what_is_already_so_starts_nobody_over(group: Conversation, lin: Member) -> None:
    before = head_of(group.stream)
    switch_history(conversation=group, by=lin, history_mode="join")
    group.refresh_from_db()
    assert group.generation == 0
    assert head_of(group.stream) == before


def test_an_owner_is_one_at_most_says_the_database(group: Conversation, wei: Member) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.filter(pk=seat(group, wei).pk).update(role="owner")


def test_numbers_of_messages_cannot_be_given_twice_says_the_database(group: Conversation, wei: Member) -> None:
    message = say(group, wei)
    message.pk, message.key = None, uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        message.save(force_insert=True)


def test_a_recalled_message_cannot_keep_words_says_the_database(group: Conversation, wei: Member) -> None:
    message = say(group, wei)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(recalled_at=timezone.now(), recalled_by=wei)


def test_what_was_recalled_was_recalled_by_somebody_says_the_database(group: Conversation, wei: Member) -> None:
    message = say(group, wei)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(recalled_at=timezone.now(), text="", html="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(recalled_by=wei)
