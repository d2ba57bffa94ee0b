"""The words of the house: found in Python, templates and modules, kept in locale/, compiled for Django and for the browser.

Babel does all of it, because fresh machines have no gettext programs. Source strings are English, so English has no
catalogue. What is compiled is not committed; `manage.py words --compile` makes it in a second.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_javascript, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

DOMAINS = ("django", "djangojs")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
COMMENT_TAGS = ("Translators:",)
ROOMS = ("workspace", "accounts", "orgchart", "chat", "audit", "realtime", "outbox", "wire")

Extractor = Callable[..., Iterable[tuple[int, str | tuple[str, ...], list[str], str | None]]]


def languages() -> list[str]:
    """The languages that need a catalogue: all but that of the source."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def po_file(language: str, domain: str) -> Path:
    return settings.BASE_DIR / "locale" / to_locale(language) / "LC_MESSAGES" / f"{domain}.po"


def found_in_source(domain: str) -> Catalog:
    """Every string that asks to be translated, with the files it stands in."""
    catalogue = Catalog(domain=domain, fuzzy=False)
    for path, method in sources(domain):
        with path.open("rb") as file:
            for line, text, comments, context in extract(method, file, KEYWORDS, COMMENT_TAGS):
                place = (path.relative_to(settings.BASE_DIR).as_posix(), line)
                catalogue.add(text, None, [place], auto_comments=comments, context=context)
    return catalogue


def sources(domain: str) -> Iterator[tuple[Path, Extractor]]:
    if domain == "djangojs":
        for path in sorted((settings.BASE_DIR / "static" / "js").rglob("*.js")):
            yield path, extract_javascript
        return
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            yield path, extract_python
    for folder in (settings.BASE_DIR / "templates", *(settings.BASE_DIR / room / "templates" for room in ROOMS)):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in {".html", ".txt"}:
                yield path, extract_template


def extract_template(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """A template turned into the Python that Django would translate, then read as Python.

    Its indentation means nothing.
    """
    source = templatize(file.read().decode())
    flat = "\n".join(line.strip() for line in source.splitlines())
    yield from extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, options)


def catalogue_of(language: str, domain: str) -> Catalog:
    """The kept translations, or an empty catalogue."""
    path = po_file(language, domain)
    if not path.exists():
        return Catalog(locale=to_locale(language), domain=domain, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language), domain=domain)


def update() -> None:
    """Brings locale/ up to what the source says; translations of strings that are gone go with them."""
    for language in languages():
        for domain in DOMAINS:
            catalogue = catalogue_of(language, domain)
            # No fuzzy guesses: a wrong word that looks translated is worse than a missing one.
            catalogue.update(found_in_source(domain), no_fuzzy_matching=True)
            catalogue.obsolete.clear()
            catalogue.header_comment = f"# {language}: what `manage.py words` found, and its translations.\n#"
            path = po_file(language, domain)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=False)
            _forget_dates(path)


def untranslated(language: str) -> list[str]:
    """The strings of the source that have no translation into this language."""
    missing = []
    for domain in DOMAINS:
        kept = catalogue_of(language, domain)
        for message in found_in_source(domain):
            if not message.id:
                continue
            translation = kept.get(message.id, message.context)
            if not translation or not all(texts_of(translation.string)):
                missing.append(texts_of(message.id)[0])
    return missing


def compile_all() -> None:
    """Writes the .mo files that Django reads and the modules that the browser reads."""
    for language in languages():
        for domain in DOMAINS:
            with po_file(language, domain).with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue_of(language, domain))
        module = settings.BASE_DIR / "static" / "js" / "words" / f"{language}.js"
        module.write_text(as_module(catalogue_of(language, "djangojs")))


def as_module(catalogue: Catalog) -> str:
    """The catalogue as static/js/words/catalogue.js describes it.

    A plural rule of gettext is an expression of JavaScript, too.
    """
    words: dict[str, str | list[str]] = {}
    for message in catalogue:
        source, forms = texts_of(message.id), texts_of(message.string)
        if source[0] and all(forms):
            words[source[0]] = forms if message.pluralizable else forms[0]
    body = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"export default {{ plural: (n) => Number({catalogue.plural_expr}), words: {body} }};\n"


def texts_of(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """What Babel keeps of a string: one text, or its plural forms."""
    return [value] if isinstance(value, str) else list(value or [""])


def _forget_dates(path: Path) -> None:
    """Dates in the header would make every run a difference."""
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date'))))
