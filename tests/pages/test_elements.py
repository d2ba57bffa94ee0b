"""What the pages' own elements do under a keyboard, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.cast import browser_of

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def wei_at(wei, context, page, server):
    """Wei's window, signed in."""
    client = browser_of(wei)
    name = "lakeside_session"
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])
    return page


def test_the_tree_is_one_stop_and_arrows_move_in_it(wei_at, design):
    wei_at.goto("/o/lakeside/people/")
    tree = wei_at.get_by_role("tree")
    expect(tree.locator('[tabindex="0"]')).to_have_count(1)
    tree.locator('[tabindex="0"]').focus()
    wei_at.keyboard.press("ArrowDown")
    outer = wei_at.get_by_role("treeitem", name=re.compile("产品部"))
    expect(outer).to_be_focused()
    expect(tree.get_by_text("设计组")).to_be_hidden()
    wei_at.keyboard.press("ArrowRight")
    wei_at.keyboard.press("ArrowRight")
    expect(wei_at.get_by_role("treeitem", name=re.compile("设计组"))).to_be_focused()
    wei_at.keyboard.press("ArrowLeft")
    expect(outer).to_be_focused()
    wei_at.keyboard.press("ArrowLeft")
    expect(outer).to_have_attribute("aria-expanded", "false")
    wei_at.keyboard.press("Enter")
    expect(wei_at).to_have_url(re.compile(rf"department={design.parent_id}$"))
    expect(wei_at.get_by_role("heading", level=1)).to_have_text("产品部")
    expect(outer).to_have_attribute("aria-current", "page")


def test_somebody_is_found_by_typing_and_opened_without_a_mouse(wei_at, lin):
    wei_at.goto("/o/lakeside/people/")
    search = wei_at.get_by_role("searchbox")
    search.press_sequentially("linxi")
    expect(wei_at.locator("#found a")).to_have_count(1)
    expect(wei_at.get_by_role("tree")).to_be_hidden()
    search.press("ArrowDown")
    expect(wei_at.locator("#found a")).to_be_focused()
    wei_at.keyboard.press("Enter")
    expect(wei_at.locator("#profile h3").first).to_have_text("林溪")
    search.fill("")
    expect(wei_at.get_by_role("tree")).to_be_visible()


def test_enter_that_ends_a_composition_opens_nobody(wei_at, lin):
    wei_at.goto("/o/lakeside/people/")
    search = wei_at.get_by_role("searchbox")
    search.press_sequentially("linxi")
    expect(wei_at.locator("#found a")).to_have_count(1)
    enter = (
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: %s, cancelable: true}))"
    )
    assert search.evaluate(enter % "true"), "left to the input method"
    assert not search.evaluate(enter % "false"), "taken"
    expect(wei_at.locator("#profile h3").first).to_have_text("林溪")


def test_a_narrow_windows_drawer_closes_by_escape_and_gives_focus_back(wei_at, lin):
    wei_at.set_viewport_size({"width": 1000, "height": 800})
    wei_at.goto("/o/lakeside/people/")
    row = wei_at.locator("#people").get_by_role("link", name=re.compile("林溪"))
    row.focus()
    wei_at.keyboard.press("Enter")
    expect(wei_at.locator("#profile").get_by_role("button", name="Close")).to_be_focused()
    wei_at.keyboard.press("Escape")
    expect(wei_at.locator("#profile")).to_be_hidden()
    expect(row).to_be_focused()


def test_a_phone_shows_the_tree_or_the_people_and_says_which_is_the_main_thing(wei_at, design):
    wei_at.set_viewport_size(PHONE)
    wei_at.goto("/o/lakeside/people/")
    expect(wei_at.get_by_role("main")).to_have_attribute("aria-label", "Departments")
    wei_at.get_by_role("treeitem", name=re.compile("产品部")).click()
    expect(wei_at.get_by_role("main")).to_have_attribute("id", "people")
    expect(wei_at.get_by_role("tree")).to_be_hidden()
    wei_at.get_by_role("link", name="Back to the departments").click()
    expect(wei_at.get_by_role("tree")).to_be_visible()


def test_who_is_there_has_a_dot(wei_at, wei, lin):
    wei_at.goto("/o/lakeside/people/")
    row = wei_at.locator("#people").get_by_role("link", name=re.compile("魏然"))
    expect(row.locator(".avatar__presence")).to_be_visible()
    absent = wei_at.locator("#people").get_by_role("link", name=re.compile("林溪"))
    expect(absent.locator(".avatar__presence")).to_be_hidden()


def test_a_theme_is_worn_at_once_and_kept(wei_at):
    wei_at.goto("/o/lakeside/settings/appearance/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = wei_at.evaluate(paper)
    with wei_at.expect_response("**/api/v1/me") as answer:
        wei_at.get_by_label("Dark").check()
    assert answer.value.status == 200
    assert wei_at.evaluate(paper) != light
    wei_at.reload()
    expect(wei_at.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_language_changes_the_page(wei_at):
    wei_at.goto("/o/lakeside/settings/appearance/")
    wei_at.get_by_label("Language").select_option("zh-hans")
    expect(wei_at.get_by_role("heading", level=1)).to_have_text("外观与语言")
    expect(wei_at.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_a_token_is_made_shown_once_and_revoked_after_a_question(wei_at):
    wei_at.goto("/o/lakeside/settings/tokens/")
    wei_at.get_by_role("button", name="New token").click()
    wei_at.get_by_label("What is it for?").fill("nightly report")
    wei_at.get_by_role("button", name="Make the token").click()
    expect(wei_at.locator("#secret")).to_have_text(re.compile("^lks_"))
    expect(wei_at.get_by_text("nightly report")).to_be_visible()
    wei_at.reload()
    expect(wei_at.locator("#secret")).to_be_hidden()

    revoke = wei_at.get_by_role("button", name="Revoke")
    revoke.click()
    question = wei_at.get_by_role("alertdialog")
    expect(question).to_contain_text("nightly report")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    wei_at.keyboard.press("Escape")
    expect(revoke).to_be_focused()
    revoke.click()
    question.get_by_role("button", name="Revoke").click()
    expect(wei_at.get_by_text("No tokens yet")).to_be_visible()


def test_another_browser_is_signed_out_from_here(wei_at, wei):
    other = browser_of(wei)
    wei_at.goto("/o/lakeside/settings/security/")
    wei_at.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(wei_at.get_by_role("status")).to_contain_text("Signed out there")
    assert other.get("/o/lakeside/people/").status_code == 302


def test_all_other_browsers_are_signed_out_from_here_after_a_question(wei_at, wei):
    others = [browser_of(wei), browser_of(wei)]
    wei_at.goto("/o/lakeside/settings/security/")
    button = wei_at.get_by_role("button", name="Sign out everywhere else")
    button.click()
    question = wei_at.get_by_role("alertdialog")
    expect(question).to_contain_text("This one stays signed in")
    question.get_by_role("button", name="Cancel").click()
    assert others[0].get("/o/lakeside/people/").status_code == 200
    button.click()
    question.get_by_role("button", name="Sign out everywhere else").click()
    expect(wei_at.get_by_role("status")).to_contain_text("Signed out everywhere else")
    expect(wei_at.locator("[data-row]")).to_have_count(1)
    expect(button).to_be_hidden()
    assert [other.get("/o/lakeside/people/").status_code for other in others] == [302, 302]
    wei_at.reload()
    expect(wei_at.locator("[data-row]")).to_contain_text("this one")


def test_who_has_ended_the_last_other_browser_is_not_asked_to_end_more(wei_at, wei):
    browser_of(wei)
    wei_at.goto("/o/lakeside/settings/security/")
    wei_at.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(wei_at.get_by_role("button", name="Sign out everywhere else")).to_be_hidden()


def test_a_browser_without_light_dark_is_told_so_and_sees_nothing_else(wei_at):
    wei_at.goto("/o/lakeside/people/")
    expect(wei_at.locator(".old-browser")).to_be_hidden()

    def aged(route):
        """The stylesheet as a browser reads it that doesn't know the function."""
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace("(color: light-dark(#000, #fff))", "(color: unheard-of)")
        )

    wei_at.route("**/*.css", aged)
    wei_at.reload()
    expect(wei_at.get_by_role("alert")).to_contain_text("too old for Lakeside")
    expect(wei_at.get_by_role("navigation")).to_have_count(0)
