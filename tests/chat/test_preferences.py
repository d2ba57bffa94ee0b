from __future__ import annotations

import pytest

from chat.actions.participants import remove_participant
from chat.actions.preferences import prefer
from chat.models import Conversation
from orgchart.models import Member
from tests.chat.talk import head_of, kinds_since, membership, seat
from wire.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_muting_and_pinning_are_one_s_own_affair(pair: Conversation, lin: Member, wei: Member) -> None:
    others = head_of(pair.stream), head_of(wei.stream)
    _, version = head_of(lin.stream)
    prefer(conversation=pair, member=lin, is_muted=True)
    prefer(conversation=pair, member=lin, is_pinned=True)
    shown = membership(pair, lin)
    assert (shown["is_muted"], shown["is_pinned"]) == (True, True)
    assert kinds_since(lin.stream, version) == ["membership.changed", "membership.changed"]
    assert shown["version"] == head_of(lin.stream)[1]
    assert (head_of(pair.stream), head_of(wei.stream)) == others
    assert not seat(pair, wei).is_muted


def test_what_is_not_said_stays(pair: Conversation, lin: Member) -> None:
    prefer(conversation=pair, member=lin, is_muted=True, is_pinned=True)
    prefer(conversation=pair, member=lin, is_muted=False)
    assert (seat(pair, lin).is_muted, seat(pair, lin).is_pinned) == (False, True)


def test_the_same_again_is_no_change(pair: Conversation, lin: Member) -> None:
    prefer(conversation=pair, member=lin, is_muted=True)
    before = head_of(lin.stream)
    prefer(conversation=pair, member=lin, is_muted=True)
    prefer(conversation=pair, member=lin)
    assert head_of(lin.stream) == before


def test_who_takes_no_part_prefers_nothing(group: Conversation, lin: Member, wei: Member) -> None:
    remove_participant(conversation=group, member=wei, by=lin)
    with pytest.raises(Problem) as caught:
        prefer(conversation=group, member=wei, is_pinned=True)
    assert caught.value.status == 404


def test_leaving_takes_the_pin_along(group: Conversation, lin: Member, wei: Member) -> None:
    prefer(conversation=group, member=wei, is_pinned=True)
    remove_participant(conversation=group, member=wei, by=lin)
    assert not seat(group, wei).is_pinned
