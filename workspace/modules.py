"""The browser's modules without a bundler: an import map to their hashed addresses, and what a page needs, in one round trip.

A module is named `lakeside/<its path under static/js>`. Relative imports meet the same map, because the map also lists
the plain addresses that they resolve to. So every module has one address, and is loaded once.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.conf import settings
from django.templatetags.static import static

IMPORT = re.compile(r"""^\s*(?:import\s*|(?:import|export)\b[^'"();=]*?\bfrom\s*)['"]([^'"]+)['"]""", re.MULTILINE)
PREFIX = "lakeside/"
WORDS = "words/catalogue"  # stands for the reader's language; the file of that name is the English one, and empty


def import_map(language: str) -> str:
    """The JSON of the import map for a reader of this language."""
    if settings.DEBUG:
        forget()
    return _import_map(catalogue_of(language))


def needed_by(entries: Iterable[str], language: str) -> list[str]:
    """The addresses of these modules and of all that they import, in the order in which they must run."""
    if settings.DEBUG:
        forget()
    return [address(catalogue_of(language) if name == WORDS else name) for name in _closure(tuple(entries))]


def catalogue_of(language: str) -> str:
    """The module that holds the words of this language: compiled by `manage.py words`, or the empty English one."""
    name = f"words/{language}"
    return name if name in modules() else WORDS


def address(name: str) -> str:
    return static(f"js/{name}.js")


@cache
def modules() -> dict[str, Path]:
    """Name to file, for every module under static/js."""
    root = settings.BASE_DIR / "static" / "js"
    return {path.relative_to(root).with_suffix("").as_posix(): path for path in sorted(root.rglob("*.js"))}


@cache
def _import_map(catalogue: str) -> str:
    imports = {}
    for name in modules():
        if name.startswith("words/") and name != WORDS:
            continue
        target = address(catalogue if name == WORDS else name)
        imports[PREFIX + name] = target
        if (plain := f"{settings.STATIC_URL}js/{name}.js") != target:
            imports[plain] = target
    return json.dumps({"imports": imports}, separators=(",", ":"))


@cache
def _closure(entries: tuple[str, ...]) -> list[str]:
    order: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for specifier in IMPORT.findall(modules()[name].read_text()):
            visit(resolved(specifier, name))
        order.append(name)

    for entry in entries:
        visit(entry)
    return order


def resolved(specifier: str, importer: str) -> str:
    """The module that `importer` means by this specifier."""
    if specifier.startswith(PREFIX):
        return specifier.removeprefix(PREFIX)
    return normpath(join(dirname(importer), specifier)).removesuffix(".js")


def forget() -> None:
    """While developing, files come and go between two requests."""
    for remembered in (modules, _import_map, _closure):
        remembered.cache_clear()
