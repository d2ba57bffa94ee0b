"""Windows of the cast, and what they talk in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from chat.actions.conversations import create_group, start_direct
from chat.models import Conversation
from orgchart.models import Member
from tests.browser.screen import Screen
from tests.cast import browser_of
from tests.conftest import Server

LookIn = Callable[..., Screen]


@pytest.fixture
def screen_of(browser: Browser, server: Server) -> Iterator[LookIn]:
    """`screen_of(lin)`: a browser of their own, signed in; options go to Playwright. At the end no page may have complained."""
    with contextlib.ExitStack() as stack:
        screens: list[Screen] = []

        def screen_of(member: Member, **options: Any) -> Screen:
            context = stack.enter_context(
                contextlib.closing(
                    browser.new_context(
                        **{
                            "base_url": server.url,
                            "locale": "en-GB",
                            "viewport": {"width": 1280, "height": 800},
                            **options,
                        }
                    )
                )
            )
            session = browser_of(member).cookies[settings.SESSION_COOKIE_NAME].value
            host = str(urlsplit(server.url).hostname)
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": host, "path": "/"}])
            screens.append(Screen(context, member))
            return screens[-1]

        yield screen_of
        assert [fault for screen in screens for fault in screen.faults] == []


@pytest.fixture
def pair(lin: Member, wei: Member) -> Conversation:
    """lin and wei between themselves."""
    return start_direct(by=lin, other=wei)


@pytest.fixture
def group(lin: Member, wei: Member, zhao: Member) -> Conversation:
    """发布值班: lin owns it, wei and zhao take part; newcomers see everything."""
    return create_group(by=lin, members=[wei, zhao], key=uuid4(), name="发布值班", history_mode="all")
