"""What a message looks like, and what it must not be able to do."""

import pytest

from chat import markup
from chat.markup import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("早上好", "<p>早上好</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("**重要**", "<p><strong>重要</strong></p>"),
        ("`x = 1`", "<p><code>x = 1</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        (
            "see https://lakeside.example/a?b=1",
            '<p>see <a href="https://lakeside.example/a?b=1" rel="noopener noreferrer nofollow">https://lakeside.example/a?b=1</a></p>',
        ),
        ("<b>no</b>", "<p>&lt;b&gt;no&lt;/b&gt;</p>"),
        ("![p](https://lakeside.example/p.png)", None),
    ],
)
def test_a_little_markdown_and_no_more(text: str, html: str | None) -> None:
    shown = render(text)
    assert "<img" not in shown
    assert html is None or shown == html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//other.example", "/sign-out/", "?a"])
def test_a_link_leads_to_an_absolute_address_or_nowhere(address: str) -> None:
    assert "href" not in render(f"[x]({address})")


@pytest.mark.parametrize("pattern", ["[*", "*[", "[", "***a", "*\n", "a.com ", "`", "~~x", "> ", "- a\n", "<a ", "_a*"])
def test_text_that_is_nearly_all_marks_is_shown_without_asking_the_parser(
    pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markup, "_parser", None)
    shown = render((pattern * 20_000)[:20_000])
    assert shown.startswith("<p>")
    assert "<a" not in shown
