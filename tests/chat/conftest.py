"""Conversations of the cast, and how they talk in one line."""

from __future__ import annotations

from uuid import uuid4

import pytest

from chat.actions.conversations import create_group, start_direct
from chat.models import Conversation
from orgchart.models import Member


@pytest.fixture
def pair(lin: Member, wei: Member) -> Conversation:
    """lin and wei between themselves."""
    return start_direct(by=lin, other=wei)


@pytest.fixture
def group(lin: Member, wei: Member, zhao: Member) -> Conversation:
    """设计周会: lin owns it, wei and zhao take part. Its first message says that it was made."""
    return create_group(by=lin, members=[wei, zhao], key=uuid4(), name="设计周会")


@pytest.fixture
def open_group(lin: Member, wei: Member, zhao: Member) -> Conversation:
    """The same people where newcomers see everything."""
    return create_group(by=lin, members=[wei, zhao], key=uuid4(), name="公告", history_mode="all")
