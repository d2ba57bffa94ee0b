"""What follows from a person's name: how it is found, where it stands in a list, what their avatar shows.

Chinese names are found by their characters, by pinyin, by initials and by any mixture (林溪: `林`, `溪`, `linxi`, `lx`, `linx`, `lxi`),
others by each of their words and by initials. A match begins where a character or word begins: `in` does not find 林溪.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from pypinyin import Style, lazy_pinyin, pinyin

# Characters that are read differently when they are a surname.
SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai", "宿": "su", "单": "shan", "仇": "qiu",
    "曾": "zeng", "解": "xie", "区": "ou", "任": "ren", "华": "hua", "查": "zha", "盖": "ge", "缪": "miao", "朴": "piao", "翟": "zhai",
    "乐": "yue", "覃": "qin", "折": "she", "种": "chong", "秘": "bi", "那": "na", "冼": "xian", "召": "shao", "员": "yun", "晁": "chao",
    "繁": "po", "葛": "ge", "柏": "bai", "谌": "chen", "车": "che", "燕": "yan", "卜": "bu", "隗": "wei", "宁": "ning",
    "牟": "mu", "郇": "xun", "逄": "pang", "都": "du", "尹": "yin", "佴": "nai", "呙": "guo", "纪": "ji",
}  # fmt: skip
HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
EAST = rf"{HAN}\u3040-\u30ff\uac00-\ud7af"
UNITS = re.compile(rf"[{HAN}]|[^\s{HAN}·•.,'’-]+")
# Any mixture of full and first letters is kept for names up to this many characters or words; of longer ones the two pure forms.
MIXED = 4
SORT_KEY_LENGTH = 160


@lru_cache(maxsize=10_000)
def initials(name: str) -> str:
    """The two last characters of an East Asian name, else the first letters of the first and the last word."""
    if re.search(rf"[{EAST}]", name):
        return "".join(name.split())[-2:]
    words = name.split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper()


def sort_key(name: str) -> str:
    """Chinese names by pinyin and others among them by their letters: 林溪 (`lin xi`) stands between Lee and Lindgren."""
    return " ".join(_readings(name)[0])[:SORT_KEY_LENGTH]


def search_text(name: str) -> str:
    """All that finds this name, each after a line feed, for `needle_of`."""
    characters = _fold(name)
    found = {
        characters[start:]
        for start in range(len(characters))
        if start == 0 or re.match(rf"[{EAST}]", characters[start])
    }
    for units in _readings(name):
        for start in range(len(units)):
            found.update(_spellings(units[start:]))
    return "".join(f"\n{text}" for text in _without_prefixes(found))


def needle_of(text: str) -> str:
    """What `search_text` contains if the name matches what somebody typed; empty if they typed nothing."""
    folded = _fold(text)
    return f"\n{folded}" if folded else ""


def _readings(name: str) -> list[list[str]]:
    """The name as pronounced, a list of syllables and words; the most likely first, then by the surname's other readings."""
    # A lone accent is a unit that nobody can type.
    units = [unit for unit in UNITS.findall(name) if _fold(unit)]
    likely = [_fold(syllable) for syllable in lazy_pinyin(units, style=Style.NORMAL, v_to_u=False)] if units else []
    readings = [likely]
    for length in (2, 1):
        if surname := SURNAMES.get("".join(units[:length])):
            readings.insert(0, [*surname.split(), *likely[length:]])
            break
    if units and re.fullmatch(rf"[{HAN}]", units[0]):
        others = pinyin(units[0], style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
        readings += [[_fold(syllable), *likely[1:]] for syllable in others]
    # 吕 is typed as `lv`, and as `lu` by those who have no ü.
    readings += [[re.sub("^([ln])v", r"\1u", unit) for unit in reading] for reading in readings]
    return [reading for index, reading in enumerate(readings) if reading not in readings[:index]]


def _spellings(units: list[str]) -> Iterable[str]:
    """Each syllable in full or by its first letter."""
    if len(units) > MIXED:
        return ["".join(units), "".join(unit[0] for unit in units)]
    return ("".join(parts) for parts in product(*[(unit, unit[0]) for unit in units]))


def _without_prefixes(texts: Iterable[str]) -> list[str]:
    """Texts without those that another one begins with; in order."""
    kept: list[str] = []
    for text in sorted(texts, reverse=True):
        if text and not (kept and kept[-1].startswith(text)):
            kept.append(text)
    return kept[::-1]


def _fold(text: str) -> str:
    """Small letters without width, accents, spaces and the marks inside of names, so that Jose finds José."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char) and not re.match(r"[\s·•.,'’-]", char))
