"""The browser's modules without a bundler: an import map to their addresses, and what a page needs, in one round trip.

A page has one entry, `<room>/main`. While developing, the browser follows the imports itself: a module is named
`lakeside/<its path under static/js>`, and relative imports meet the same map, because it also lists the plain addresses that they
resolve to; so every module has one address, and is loaded once. In production the entry holds all that it imports
(workspace/joining.py) but the words, which the map gives in the reader's language.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.conf import settings
from django.templatetags.static import static

from workspace import joining

IMPORT = re.compile(r"""^\s*(?:import\s*|(?:import|export)\b[^'"();=]*?\bfrom\s*)['"]([^'"]+)['"]""", re.MULTILINE)
PREFIX = "lakeside/"
WORDS = "words/catalogue"  # stands for the reader's language; the file of that name is the English one, and empty


def import_map(language: str) -> str:
    """The JSON of the import map for a reader of this language."""
    if settings.DEBUG:
        forget()
    return _import_map(catalogue_of(language))


def needed_by(entry: str, language: str) -> list[str]:
    """The addresses of this module and of all that is loaded with it, in the order in which they must run."""
    if not entry.endswith("/main"):
        raise ValueError(f"{entry} is no page's entry: only <room>/main is joined for production")
    if settings.DEBUG:
        forget()
        names = _needed_by(entry)
    else:
        names = [WORDS, entry] if WORDS in _needed_by(entry) else [entry]
    return [address(catalogue_of(language) if name == WORDS else name) for name in names]


def catalogue_of(language: str) -> str:
    """The module that holds the words of this language: compiled by `manage.py words`, or the empty English one."""
    name = f"words/{language}"
    return name if name in modules() else WORDS


def address(name: str) -> str:
    return static(f"js/{name}.js")


def joined(entry: str, read: Callable[[str], str]) -> str:
    """The entry with all that it imports but the words; `read` gives a module's text by its name."""
    return joining.script(closure(entry, read), read, resolved=resolved, apart=WORDS, address=PREFIX + WORDS)


@cache
def modules() -> dict[str, Path]:
    """Name to file, for every module under static/js."""
    root = settings.BASE_DIR / "static" / "js"
    return {path.relative_to(root).with_suffix("").as_posix(): path for path in sorted(root.rglob("*.js"))}


def read(name: str) -> str:
    return modules()[name].read_text()


@cache
def _import_map(catalogue: str) -> str:
    imports = {PREFIX + WORDS: address(catalogue)}
    if settings.DEBUG:
        for name in modules():
            if name.startswith("words/") and name != WORDS:
                continue
            target = address(catalogue if name == WORDS else name)
            imports[PREFIX + name] = target
            if (plain := f"{settings.STATIC_URL}js/{name}.js") != target:
                imports[plain] = target
    return json.dumps({"imports": imports}, separators=(",", ":"))


@cache
def _needed_by(entry: str) -> list[str]:
    return closure(entry, read)


def closure(entry: str, read: Callable[[str], str]) -> list[str]:
    """This module and all that it imports, each behind what it imports itself. Raises ValueError for a cycle."""
    order: list[str] = []

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            raise ValueError(f"modules import one another: {' → '.join((*way, name))}")
        if name in order:
            return
        for specifier in IMPORT.findall(read(name)):
            visit(resolved(specifier, name), (*way, name))
        order.append(name)

    visit(entry, ())
    return order


def resolved(specifier: str, importer: str) -> str:
    """The module that `importer` means by this specifier."""
    if specifier.startswith(PREFIX):
        return specifier.removeprefix(PREFIX)
    return normpath(join(dirname(importer), specifier)).removesuffix(".js")


def forget() -> None:
    """While developing, files come and go between two requests."""
    for remembered in (modules, _import_map, _needed_by):
        remembered.cache_clear()
