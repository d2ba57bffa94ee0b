from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from audit.models import Entry
from chat.actions import participants as room
from chat.actions.participants import add_participants, give_role, remove_participant
from chat.models import Conversation, Message, Participant, Stay
from orgchart.models import Member
from tests.cast import browser_of, newcomer
from tests.chat.talk import head_of, kinds_since, say, seat
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def status_of(action: object, **arguments: object) -> int:
    with pytest.raises(Problem) as caught:
        action(**arguments)
    return caught.value.status


def roles(conversation: Conversation) -> dict[int, str]:
    active = Participant.objects.active().filter(conversation=conversation)
    return dict(active.values_list("member_id", "role"))


@pytest.fixture
def mei(lin: Member) -> Member:
    return newcomer(lin.organization, name="梅雪")


# ── coming ──


def test_anybody_in_a_group_brings_others_in(group: Conversation, wei: Member, mei: Member) -> None:
    _, version = head_of(group.stream)
    _, own = head_of(mei.stream)
    [added] = add_participants(conversation=group, members=[mei], by=wei)
    assert (added.member_id, added.role, added.is_active) == (mei.pk, "member", True)
    assert kinds_since(group.stream, version) == ["participant.added", "conversation.people_changed", "message.posted"]
    assert kinds_since(mei.stream, own) == ["membership.started"]
    event = Message.objects.filter(conversation=group).latest("seq").event
    assert (event["kind"], event["by"]["id"], [person["id"] for person in event["people"]]) == (
        "participants.added", wei.pk, [mei.pk],
    )  # fmt: skip
    assert Entry.objects.get(action="participants.added").detail == {"members": [mei.pk]}


def test_a_newcomer_takes_part_from_the_next_message_on_and_has_nothing_unread(
    group: Conversation, lin: Member, wei: Member, mei: Member
) -> None:
    seq = say(group, lin).seq
    add_participants(conversation=group, members=[mei], by=wei)
    own = seat(group, mei)
    assert (own.joined_seq, own.seen_seq) == (seq + 1, seq)
    assert list(Stay.objects.filter(participant=own).values_list("from_seq", "to_seq")) == [(seq + 1, None)]


def test_who_takes_part_already_stays_as_they_are(group: Conversation, lin: Member, zhao: Member) -> None:
    give_role(conversation=group, member=zhao, role="admin", by=lin)
    before = head_of(group.stream)
    assert add_participants(conversation=group, members=[zhao], by=lin) == []
    assert head_of(group.stream) == before
    assert roles(group)[zhao.pk] == "admin"


def test_nobody_is_added_to_a_direct_conversation(pair: Conversation, lin: Member, zhao: Member) -> None:
    assert status_of(add_participants, conversation=pair, members=[zhao], by=lin) == 403


def test_outsiders_add_nobody(pair: Conversation, group: Conversation, mei: Member, zhao: Member) -> None:
    assert status_of(add_participants, conversation=group, members=[mei], by=mei) == 404
    assert status_of(add_participants, conversation=pair, members=[mei], by=zhao) == 404


def test_adding_nobody_names_the_field(group: Conversation, lin: Member) -> None:
    assert status_of(add_participants, conversation=group, members=[], by=lin) == 400


def test_a_group_has_an_end(group: Conversation, lin: Member, mei: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_PEOPLE", 3)
    assert status_of(add_participants, conversation=group, members=[mei], by=lin) == 400
    assert mei.pk not in roles(group)


def test_who_comes_back_begins_a_second_stay(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    missed = say(group, lin).seq
    add_participants(conversation=group, members=[wei], by=lin)
    own = seat(group, wei)
    assert own.generation == 3
    stays = list(Stay.objects.filter(participant=own).order_by("from_seq").values_list("from_seq", "to_seq"))
    assert stays == [(1, 1), (missed + 1, None)]


# ── going ──


def test_a_removed_participant_is_told_and_gone(group: Conversation, lin: Member, wei: Member) -> None:
    _, version = head_of(group.stream)
    _, own = head_of(wei.stream)
    remove_participant(conversation=group, member=wei, by=lin)
    assert not seat(group, wei).is_active
    assert not Conversation.objects.visible_to(wei).filter(pk=group.pk).exists()
    assert kinds_since(group.stream, version) == [
        "participant.removed", "conversation.people_changed", "message.posted",
    ]  # fmt: skip
    assert kinds_since(wei.stream, own) == ["membership.ended"]
    entry = Entry.objects.get(action="participant.removed")
    assert (entry.actor_member_id, entry.detail) == (lin.pk, {"member": wei.pk})


def test_a_stay_ends_with_the_last_message_before_it(group: Conversation, lin: Member, wei: Member) -> None:
    seq = say(group, lin).seq
    remove_participant(conversation=group, member=wei, by=lin)
    assert Stay.objects.get(participant=seat(group, wei)).to_seq == seq


def test_leaving_is_said_as_leaving(group: Conversation, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=wei)
    assert Message.objects.filter(conversation=group).latest("seq").event["kind"] == "participant.left"
    assert Entry.objects.filter(action="participant.left").exists()


def test_who_is_gone_cannot_go_again_nor_remove_others(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    assert status_of(remove_participant, conversation=group, member=wei, by=wei) == 404
    assert status_of(remove_participant, conversation=group, member=wei, by=lin) == 404
    assert status_of(remove_participant, conversation=group, member=lin, by=wei) == 404


def test_a_direct_conversation_cannot_be_left(pair: Conversation, lin: Member, wei: Member) -> None:
    assert status_of(remove_participant, conversation=pair, member=lin, by=lin) == 403
    assert status_of(remove_participant, conversation=pair, member=wei, by=lin) == 403


def test_administrators_remove_those_without_a_role_and_members_nobody(
    group: Conversation, lin: Member, wei: Member, zhao: Member, mei: Member
) -> None:
    add_participants(conversation=group, members=[mei], by=lin)
    for member in (wei, mei):
        give_role(conversation=group, member=member, role="admin", by=lin)
    assert status_of(remove_participant, conversation=group, member=wei, by=zhao) == 403
    assert status_of(remove_participant, conversation=group, member=lin, by=wei) == 403
    assert status_of(remove_participant, conversation=group, member=mei, by=wei) == 403
    remove_participant(conversation=group, member=zhao, by=wei)
    remove_participant(conversation=group, member=mei, by=lin)
    assert set(roles(group)) == {lin.pk, wei.pk}


def test_a_leaving_owner_is_followed_by_an_administrator(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    give_role(conversation=group, member=zhao, role="admin", by=lin)
    remove_participant(conversation=group, member=lin, by=lin)
    assert roles(group) == {wei.pk: "member", zhao.pk: "owner"}


def test_without_administrators_by_who_has_been_there_longest(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    remove_participant(conversation=group, member=wei, by=wei)
    add_participants(conversation=group, members=[wei], by=lin)
    remove_participant(conversation=group, member=lin, by=lin)
    assert roles(group) == {wei.pk: "member", zhao.pk: "owner"}


def test_the_last_one_may_go_as_well(group: Conversation, lin: Member, wei: Member, zhao: Member) -> None:
    for member in (lin, wei, zhao):
        remove_participant(conversation=group, member=member, by=member)
    assert roles(group) == {}


# ── roles ──


def test_the_owner_gives_roles_and_takes_them(group: Conversation, lin: Member, wei: Member) -> None:
    _, version = head_of(group.stream)
    give_role(conversation=group, member=wei, role="admin", by=lin)
    assert roles(group)[wei.pk] == "admin"
    assert kinds_since(group.stream, version)[0] == "participant.role_changed"
    give_role(conversation=group, member=wei, role="member", by=lin)
    assert roles(group)[wei.pk] == "member"
    given = Entry.objects.filter(action="participant.role_changed").order_by("id")
    assert [entry.detail["role"] for entry in given] == ["admin", "member"]


def test_handing_a_group_over_leaves_one_owner(group: Conversation, lin: Member, wei: Member, zhao: Member) -> None:
    give_role(conversation=group, member=wei, role="owner", by=lin)
    assert roles(group) == {lin.pk: "admin", wei.pk: "owner", zhao.pk: "member"}


def test_nobody_else_gives_roles(group: Conversation, lin: Member, wei: Member, zhao: Member, ben: Member) -> None:
    give_role(conversation=group, member=wei, role="admin", by=lin)
    assert status_of(give_role, conversation=group, member=zhao, role="admin", by=wei) == 403
    assert status_of(give_role, conversation=group, member=zhao, role="admin", by=ben) == 404


def test_an_owner_cannot_step_down_without_an_heir(group: Conversation, lin: Member) -> None:
    assert status_of(give_role, conversation=group, member=lin, role="member", by=lin) == 400


def test_a_role_is_for_those_who_take_part(group: Conversation, lin: Member, mei: Member) -> None:
    assert status_of(give_role, conversation=group, member=mei, role="admin", by=lin) == 404


def test_the_same_role_again_is_no_event(group: Conversation, lin: Member, wei: Member) -> None:
    before = head_of(group.stream)
    give_role(conversation=group, member=wei, role="member", by=lin)
    assert head_of(group.stream) == before


# ── the list ──


def walked(browser: Client, conversation: Conversation, between: Callable[[], None] = lambda: None) -> list[int]:
    """The ids of all members in the list, by pages of two, with something done after the first page."""
    members: list[int] = []
    place = {}
    while True:
        answer = browser.get(
            f"/api/v1/orgs/lakeside/conversations/{conversation.pk}/participants", {"limit": 2, **place}
        ).json()
        members += [row["person"]["id"] for row in answer["results"]]
        if answer["next"] is None:
            return members
        place = {"cursor": answer["next"]}
        between()


def test_pages_go_by_rank_then_by_name_and_tell_namesakes_apart(
    group: Conversation, lin: Member, wei: Member, zhao: Member
) -> None:
    namesakes = [newcomer(lin.organization, name="高远") for _ in range(5)]
    add_participants(conversation=group, members=namesakes, by=lin)
    give_role(conversation=group, member=zhao, role="admin", by=lin)
    others = sorted([wei, *namesakes], key=lambda member: (member.sort_key, member.pk))
    assert walked(browser_of(lin), group) == [member.pk for member in (lin, zhao, *others)]


def test_who_leaves_between_two_pages_hides_nobody(group: Conversation, lin: Member, zhao: Member) -> None:
    add_participants(conversation=group, members=[newcomer(lin.organization) for _ in range(4)], by=lin)
    everybody = set(group.participants.values_list("member_id", flat=True))
    give_role(conversation=group, member=zhao, role="admin", by=lin)

    def leave() -> None:
        if zhao.pk in group.participants.active().values_list("member_id", flat=True):
            remove_participant(conversation=group, member=zhao, by=zhao)

    assert set(walked(browser_of(lin), group, leave)) == everybody
