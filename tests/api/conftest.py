"""A room to ask about: zhao, administrator of 湖畔科技, owns a group, talks to lin, and is who asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import AccessToken, Session
from chat.actions.conversations import create_group, start_direct
from chat.actions.posting import post_message
from chat.models import Conversation
from orgchart.actions.invitations import create_invitation
from orgchart.models import Department, Member
from tests.cast import browser_of, token_of


@dataclass(frozen=True)
class Room:
    """Who asks (`me`, an administrator), somebody else who takes part, and what is mine: to be read, changed and ended."""

    me: Member
    other: Member
    group: Conversation
    direct: Conversation
    message_id: int
    department_id: int
    invitation_id: int
    other_session_id: int
    other_token_id: int


@pytest.fixture
def room(lin: Member, zhao: Member, wei: Member, design: Department) -> Room:
    group = create_group(by=zhao, members=[lin, wei], key=uuid4(), name="设计周会")
    direct = start_direct(by=zhao, other=lin)
    message = post_message(conversation=group, sender=zhao, key=uuid4(), text="早")
    browser_of(zhao)
    token_of(zhao)
    return Room(
        me=zhao,
        other=lin,
        group=group,
        direct=direct,
        message_id=message.pk,
        department_id=design.pk,
        invitation_id=create_invitation(by=zhao).pk,
        other_session_id=Session.objects.get(user=zhao.user).pk,
        other_token_id=AccessToken.objects.get(user=zhao.user).pk,
    )


@pytest.fixture
def client(room: Room) -> Client:
    return browser_of(room.me)


@pytest.fixture
def nothing_written(room: Room, client: Client, ana: Member) -> Iterator[None]:
    """The tables have as many rows after the test as before."""
    before = row_counts()
    yield
    assert row_counts() == before


def row_counts() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.managed}
