"""No text stands in a template outside of gettext."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

READ_ALOUD = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "content",
    "placeholder",
    "title",
    "value",
}
SPOKEN_META = {"description", "application-name"}
# The samples of the styleguide are seen by developers only; languages are called by their own names.
LEFT_OUT = {"styleguide"}
# Keys are called what stands on them.
SILENT = {"script", "style", "kbd"}
OWN_NAMES = {"中文", "English"}

DJANGO = re.compile(
    r"""
      \{%\ block\ \w+_(?:class|id|attributes)\ %\} .*? \{%\ endblock\ %\}
    | \{%\ comment\ .*? endcomment\ %\}
    | \{%\s*blocktrans(?:late)?\b .*? endblocktrans(?:late)?\s*%\}
    | \{% .*? %\} | \{\{ .*? \}\} | \{\# .*? \#\}
    """,
    re.DOTALL | re.VERBOSE,
)
LETTERS = re.compile(r"[^\W\d_]{2,}")


def templates() -> list[Path]:
    root = settings.BASE_DIR / "templates"
    return [path for path in sorted(root.rglob("*.html")) if path.relative_to(root).parts[0] not in LEFT_OUT]


class Reader(HTMLParser):
    """Collects what a person would read or hear of a template whose tags of Django were taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT:
            self.inside.append(tag)
        for name, value in attrs:
            if name not in READ_ALOUD or not value:
                continue
            if tag == "meta" and given.get("name") not in SPOKEN_META:
                continue
            if name == "value" and given.get("type") not in {"submit", "button"}:
                continue
            self.texts.append(value)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.texts.append(data)


def untranslatable(source: str) -> list[str]:
    # What Django fills in leaves a full stop, so that attributes don't fall apart and words don't grow together.
    reader = Reader()
    reader.feed(DJANGO.sub("·", source))
    reader.close()
    words = (word for text in reader.texts for word in [" ".join(text.split())])
    return [text for text in words if LETTERS.search(text) and text not in OWN_NAMES]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_template_has_no_text_outside_of_gettext(path):
    assert untranslatable(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<button aria-label="Close">{% icon "x" %}</button>',
        "<h1>{{ name }} 的设置</h1>",
        '<input placeholder="Search">',
    ],
)
def test_text_outside_of_gettext_is_found(source):
    assert untranslatable(source)


@pytest.mark.parametrize(
    "source",
    [
        '<p>{% translate "Hello" %}</p>',
        "<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</p>",
        '<input aria-label="{% translate "Search" %}" name="query" value="{{ query }}">',
        "{% comment %}For developers.{% endcomment %}<script>let words;</script>",
    ],
)
def test_what_is_translated_passes(source):
    assert untranslatable(source) == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_template_has_nothing_inline_that_the_content_security_policy_forbids(path):
    source = DJANGO.sub("", path.read_text())
    assert not re.search(r"\sstyle=|<style\b|\son[a-z]+=|javascript:", source)
