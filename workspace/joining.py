"""One file of many: a stylesheet with its imports put in place, a page's module with all that it imports.

What a browser fetches one by one while developing is joined for production: each file costs it some 2 ms of its only thread to ask
for and take in, more on a phone, and a page of the chat has seventy (ADR 25). This is no bundler: modules are put one behind the
other, each in a function of its own, without their comments, and nothing else in them is changed but how they name one another.
What isn't used in this house (`export let`, `import()`, cycles and the like) is refused; a name that nobody exports, the type check
finds.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

Read = Callable[[str], str]

STYLESHEET = re.compile(r'^@import url\("([^"]+)"\);$', re.MULTILINE)
IMPORT = re.compile(r"^import (?:(?P<names>\{[^}]*\}|\w+) from )?'(?P<specifier>[^']+)';$", re.MULTILINE)
EXPORT = re.compile(
    r"^export (?P<kind>(?:async )?function\*? |class |const )(?P<names>\w+\b(?!.*,$)|\{[\w\s,]*\})", re.MULTILINE
)
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?!/)(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)
# What would mean something else in one file: a module's own address, or one that it makes; a comment of another kind; a text over
# several lines, in which something could look like a comment or an import; a name like those that stand for modules.
FOREIGN = re.compile(
    r"^(?:.*(?<!\{)\bimport\s*[(.].*|[ \t]*/\*(?!\*[\s]).*|[^`\n]*`(?:[^`\n]*`[^`\n]*`)*[^`\n]*|.*(?<![`\w])\$\w.*|await\b.*)$",
    re.MULTILINE,
)
LEFT = re.compile(r"^[ \t]*(?:import|export)\b.*$", re.MULTILINE)


def stylesheet(name: str, read: Read) -> str:
    """The stylesheet with its imports put in place, in their order; `read` gives a file's text by its path."""
    folder = posixpath.dirname(name)
    return STYLESHEET.sub(lambda found: stylesheet(posixpath.join(folder, found[1]), read), read(name))


def script(names: Sequence[str], read: Read, *, resolved: Callable[[str, str], str], apart: str, address: str) -> str:
    """One module that does what these modules do, which come in the order in which they must run.

    `read` gives a module's text by its name, `resolved` the name that a specifier means in a module. The module `apart` is left
    out, and imported by `address`. Raises ValueError for what is not understood.
    """
    if len({_variable(name) for name in names}) < len(names):
        raise ValueError(f"two of these modules would have one name: {', '.join(names)}")
    parts = [f"import {_variable(apart)} from '{address}';"] if apart in names else []
    return "\n".join([*parts, *(_module(name, read(name), resolved, apart) for name in names if name != apart)]) + "\n"


def _module(name: str, text: str, resolved: Callable[[str, str], str], apart: str) -> str:
    shown: list[str] = []

    def imported(found: re.Match[str]) -> str:
        other = resolved(found["specifier"], name)
        is_whole = found["names"] is not None and not found["names"].startswith("{")
        if is_whole != (other == apart) or " as " in (found["names"] or ""):
            return found[0]
        return f"const {found['names']} = {_variable(other)};" if found["names"] else ""

    def exported(found: re.Match[str]) -> str:
        shown.extend(part.strip() for part in found["names"].strip("{} ").split(","))
        return f"{found['kind']}{found['names']}"

    text = COMMENT.sub("", text)
    foreign = FOREIGN.search(text)
    text = EXPORT.sub(exported, IMPORT.sub(imported, text))
    if foreign := foreign or LEFT.search(text):
        raise ValueError(f"{name}: “{foreign[0].strip()}” can’t be joined")
    return f"// {name}\nconst {_variable(name)} = (() => {{\n{text}\nreturn {{ {', '.join(shown)} }};\n}})();"


def _variable(name: str) -> str:
    """What stands for a module in the others."""
    return "$" + re.sub(r"\W", "_", name)
