"""Groups: made once, named, led and left."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Request, Route, expect

from chat.actions.conversations import create_group, switch_history
from chat.actions.participants import add_participants, remove_participant
from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.browser.screen import Screen
from tests.chat.talk import say

pytestmark = [pytest.mark.browser, pytest.mark.embedded]


def test_a_group_is_made_named_and_left(screen_of: LookIn, lin: Member, wei: Member, zhao: Member) -> None:
    one, other = screen_of(lin).come_in(), screen_of(wei).come_in()
    one.page.get_by_role("button", name="New conversation").first.click()
    picker = one.page.locator("#new-conversation people-picker")
    for letters, name in (("weiran", "魏然"), ("zmy", "赵明远")):
        one.page.keyboard.type(letters)
        expect(picker.get_by_role("option").first).to_contain_text(name)
        expect(picker.get_by_role("option")).to_have_count(1)
        one.page.keyboard.press("Enter")
    expect(picker.locator(".token")).to_have_count(2)
    one.page.get_by_label("Name of the group").fill("2.0 上线")
    one.page.get_by_role("button", name="Make the group").click()
    expect(one.page.get_by_role("heading", name="2.0 上线")).to_be_visible()
    expect(one.composer).to_be_focused()
    expect(other.line_of("2.0 上线")).to_be_visible()
    other.line_of("2.0 上线").click()
    expect(other.page.locator(".system")).to_contain_text("林溪 made this group with you, 赵明远")
    other.page.get_by_role("button", name="Details").click()
    other.page.get_by_role("button", name="Leave the group").click()
    other.page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    expect(other.line_of("2.0 上线")).to_have_count(0)
    expect(other.page.get_by_text("Choose a conversation")).to_be_visible()
    expect(one.page.locator(".system").last).to_contain_text("魏然 left")
    expect(one.page.locator("[data-part=meta]").first).to_have_text("Group · 2 people")


def fill_in_a_group_of_all(screen: Screen, *, name: str, others: int) -> None:
    screen.page.get_by_role("button", name="New conversation").first.click()
    options = screen.page.locator("#new-conversation").get_by_role("option")
    expect(options).to_have_count(others)
    for option in options.all():
        option.click()
    screen.page.get_by_label("Name of the group").fill(name)


def test_asking_twice_makes_one_group(screen_of: LookIn, lin: Member, wei: Member, zhao: Member) -> None:
    screen = screen_of(lin).come_in()
    asked: list[Request] = []
    screen.page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    fill_in_a_group_of_all(screen, name="一次", others=2)
    screen.page.locator("#new-conversation form").evaluate("form => [form.requestSubmit(), form.requestSubmit()]")
    expect(screen.page.get_by_role("heading", name="一次")).to_be_visible()
    assert len(asked) == 1
    assert Conversation.objects.filter(name="一次").count() == 1


def test_a_group_that_was_made_without_an_answer_is_not_made_again(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member
) -> None:
    screen = screen_of(lin).come_in()
    fill_in_a_group_of_all(screen, name="一次", others=2)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    screen.page.route("**/conversations", lose_the_answer, times=1)
    make = screen.page.get_by_role("button", name="Make the group")
    make.click()
    expect(screen.page.locator("#new-conversation [role=alert]")).to_contain_text("The server doesn’t answer")
    make.click()
    expect(screen.page.get_by_role("heading", name="一次")).to_be_visible()
    assert Conversation.objects.filter(name="一次").count() == 1


def test_words_of_others_are_recalled_after_a_question_and_everybody_sees_by_whom(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member, group: Conversation
) -> None:
    say(group, wei, "said in anger")
    one, other, third = (screen_of(member).come_in(group) for member in (lin, wei, zhao))
    one.message("said in anger").focus()
    one.page.keyboard.press("Delete")
    question = one.page.get_by_role("alertdialog")
    expect(question).to_contain_text("Recall the message of 魏然?")
    one.page.keyboard.press("Escape")
    expect(one.message("said in anger")).to_be_focused()
    one.page.keyboard.press("Delete")
    question.get_by_role("button", name="Recall").click()
    expect(one.page.locator(".system [data-part=words]").last).to_have_text("You recalled a message of 魏然")
    expect(other.page.locator(".system [data-part=words]").last).to_have_text("林溪 recalled your message")
    expect(third.page.locator(".system [data-part=words]").last).to_have_text("林溪 recalled a message of 魏然")
    expect(third.line_of("发布值班")).to_contain_text("林溪 recalled a message of 魏然")


def test_history_that_is_closed_to_newcomers_goes_from_their_screen(
    screen_of: LookIn, lin: Member, wei: Member, zhao: Member
) -> None:
    conversation = create_group(by=lin, members=[wei], key=uuid4(), name="旧事", history_mode="all")
    say(conversation, wei, "before zhao")
    add_participants(conversation=conversation, members=[zhao], by=lin)
    say(conversation, wei, "after zhao")
    screen = screen_of(zhao).come_in(conversation)
    expect(screen.message("before zhao")).to_be_visible()
    switch_history(conversation=conversation, by=lin, history_mode="join")
    expect(screen.message("before zhao")).to_have_count(0)
    expect(screen.message("after zhao")).to_be_visible()


def test_nothing_of_a_lost_group_stays_beside_the_chat(
    screen_of: LookIn, lin: Member, wei: Member, group: Conversation
) -> None:
    screen = screen_of(wei).come_in(group)
    screen.page.locator("#conversation-head [data-panel-toggle]").click()
    details = screen.page.locator("conversation-details")
    expect(details.locator("[data-part=participants]")).to_contain_text(lin.name)
    remove_participant(conversation=group, member=wei, by=lin)
    expect(details).to_be_hidden()
    expect(details.locator("[data-part=participants] li")).to_have_count(0)
    add_participants(conversation=group, members=[wei], by=lin)
    screen.line_of(group.name).click()
    screen.page.locator("#conversation-head").wait_for()
    expect(details.locator("[data-part=participants]")).to_contain_text(lin.name)
