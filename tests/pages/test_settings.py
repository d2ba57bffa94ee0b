"""One's own corner."""

import re

import pytest

from accounts.agents import described
from tests.cast import browser_of, token_of

SETTINGS = "/o/lakeside/settings/"
SECTIONS = ["profile", "appearance", "security", "tokens"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_opens_and_is_marked(wei, section):
    html = browser_of(wei).get(f"{SETTINGS}{section}/").content.decode()
    assert html.count('aria-current="page"') == 3, "the section, and the room in the rail and among a phone's tabs"
    assert "app--open" in html


def test_without_a_section_a_phone_shows_the_list(wei):
    assert "app--open" not in browser_of(wei).get(SETTINGS).content.decode()


def test_an_unknown_section_is_missing(wei):
    assert browser_of(wei).get(f"{SETTINGS}money/").status_code == 404


def test_another_company_has_no_settings_here(ana, wei):
    assert browser_of(ana).get(f"{SETTINGS}profile/").status_code == 404


def test_what_i_chose_is_what_the_page_wears(wei):
    wei.user.theme, wei.user.density, wei.user.language = "dark", "compact", "zh-hans"
    wei.user.save()
    html = browser_of(wei).get(f"{SETTINGS}appearance/").content.decode()
    assert '<html lang="zh-Hans" data-theme="dark" data-density="compact"' in html
    assert "外观与语言" in html


def test_my_browsers_are_listed_and_the_present_one_cannot_be_ended_there(wei):
    other = browser_of(wei)
    other.get("/", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"})
    html = browser_of(wei).get(f"{SETTINGS}security/").content.decode()
    assert html.count("data-ends-session") == 1
    assert html.count("this one") == 1
    assert "Last used just now" in html


def test_one_is_offered_to_sign_out_everywhere_else_where_there_is_such_a_place(wei):
    alone = browser_of(wei)
    offer = re.compile(r'<button [^>]*id="end-others"( hidden)?>')
    assert offer.search(alone.get(f"{SETTINGS}security/").content.decode())[1] == " hidden"
    browser_of(wei)
    assert offer.search(alone.get(f"{SETTINGS}security/").content.decode())[1] is None


def test_my_tokens_are_listed_without_their_secrets(wei, lin):
    mine, foreign = token_of(wei, "chat:read"), token_of(lin, "chat:read")
    html = browser_of(wei).get(f"{SETTINGS}tokens/").content.decode()
    assert ">Read my conversations</span>" in html
    assert mine not in html
    assert foreign[-4:] not in html


def test_what_a_token_may_do_is_said_in_words(wei):
    token_of(wei, "chat:read", "directory:read")
    wei.user.language = "zh-hans"
    wei.user.save()
    html = browser_of(wei).get(f"{SETTINGS}tokens/").content.decode()
    assert ">读我的会话、读通讯录</span>" in html


@pytest.mark.parametrize(
    ("user_agent", "name", "is_mobile"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
            "Chrome · Windows",
            False,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge · Windows",
            False,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1",
            "Safari · iPhone",
            True,
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome · Android",
            True,
        ),
        ("curl/8.5", "", False),
        ("", "", False),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent, name, is_mobile):
    assert described(user_agent) == (name, is_mobile)
