"""What waits is shown on every page of the organization, not only where it lives."""

from uuid import uuid4

import pytest

from chat.actions.conversations import create_group
from chat.actions.posting import post_message
from chat.actions.preferences import prefer
from orgchart.models import Member
from tests.cast import browser_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


def test_the_directory_shows_how_much_is_unread_in_chat(lin: Member, wei: Member) -> None:
    group = create_group(by=lin, members=[wei], key=uuid4(), name="产品")
    for text in ("早", "在吗"):
        post_message(conversation=group, sender=lin, key=uuid4(), text=text)
    assert 'aria-label="2 unread messages">2<' in browser_of(wei).get("/o/lakeside/people/").content.decode()
    assert "data-unread-total hidden" in browser_of(lin).get("/o/lakeside/people/").content.decode()


def test_what_is_muted_does_not_call(lin: Member, wei: Member) -> None:
    group = create_group(by=lin, members=[wei], key=uuid4(), name="产品")
    post_message(conversation=group, sender=lin, key=uuid4(), text="早")
    prefer(conversation=group, member=wei, is_muted=True)
    assert "data-unread-total hidden" in browser_of(wei).get("/o/lakeside/settings/").content.decode()
