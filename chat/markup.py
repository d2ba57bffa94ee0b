"""What somebody typed, as HTML that is safe to show: a little CommonMark (emphasis, code, lists, quotes) and clickable links.

Made once, before the lock, and kept with the message. Two fences: the parser knows no raw HTML, and nh3 lets only
these tags through.
"""

from __future__ import annotations

import html
import re

import nh3
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
_parser.enable(["linkify", "strikethrough"]).disable(
    ["image", "heading", "lheading", "hr", "reference", "html_block", "html_inline", "entity"]
)

_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
# Nine of ten messages have none of these and need no parser.
_PLAIN = re.compile(r"[^*_`~\[\]\\<>&@#\n.:/|+\-]*(?:[.\-:](?![\w/])[^*_`~\[\]\\<>&@#\n.:/|+\-]*)*")
_LIST_LIKE = re.compile(r"\s|\d")
# The parser's time grows faster than the text where nearly every character means something; nobody writes like that.
_MARKS = re.compile(r"[*_`~\[\]<>.\n]")
_MOST_MARKS = 2_000


def render(text: str) -> str:
    """The HTML of a message: block elements only at the top, links with an absolute address."""
    if _PLAIN.fullmatch(text) and not _LIST_LIKE.match(text):
        return f"<p>{html.escape(text, quote=False)}</p>"
    if len(text) > _MOST_MARKS and len(_MARKS.findall(text)) > _MOST_MARKS:
        return "<p>" + html.escape(text, quote=False).replace("\n", "<br>") + "</p>"
    return nh3.clean(
        _parser.render(text).strip(),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )
