import pytest

from orgchart.names import initials, needle_of, search_text, sort_key


def finds(typed: str, name: str) -> bool:
    return needle_of(typed) in search_text(name)


@pytest.mark.parametrize(
    "typed", ["林", "溪", "林溪", "lin", "linxi", "LinXi", "lin xi", "lx", "linx", "lxi", "xi", "x", "ｌｘ"]
)
def test_a_chinese_name_is_found_by_characters_pinyin_initials_and_mixtures(typed: str) -> None:
    assert finds(typed, "林溪")


@pytest.mark.parametrize("typed", ["in", "inxi", "nx", "ix", "wei", "溪林", "linxia"])
def test_a_match_begins_where_a_character_begins(typed: str) -> None:
    assert not finds(typed, "林溪")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("shan", "单雄信"), ("dan", "单雄信"), ("zengq", "曾巧"), ("ouyf", "欧阳锋"), ("yuchi", "尉迟恭")],
)
def test_surnames_are_found_by_each_of_their_readings(typed: str, name: str) -> None:
    assert finds(typed, name)


@pytest.mark.parametrize("name", ["\u0301", "林 \u0301", "\u0301 a b c d e", "", " "])
def test_a_name_with_an_accent_that_stands_alone_is_no_accident(name: str) -> None:
    assert finds("l", name) == ("林" in name)
    assert isinstance(sort_key(name), str)


@pytest.mark.parametrize("typed", ["lv", "lu", "lvbu", "lubu", "lb"])
def test_the_u_with_dots_is_found_as_people_type_it(typed: str) -> None:
    assert finds(typed, "吕布")


@pytest.mark.parametrize("typed", ["grace", "hopper", "Grace H", "gh", "ghopper", "hop"])
def test_other_names_are_found_by_each_word_and_by_initials(typed: str) -> None:
    assert finds(typed, "Grace Hopper")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("jose", "José Álvarez"), ("alvarez", "José Álvarez"), ("oneill", "Sean O’Neill"), ("o'neill", "Sean O’Neill")],
)
def test_accents_and_apostrophes_need_not_be_typed(typed: str, name: str) -> None:
    assert finds(typed, name)


def test_nothing_typed_is_no_needle() -> None:
    assert needle_of("  ' ") == ""


def test_names_of_both_scripts_sort_among_one_another() -> None:
    names = ["赵明远", "Lee Park", "林溪", "单雄信", "Maya", "魏然"]
    assert sorted(names, key=sort_key) == ["Lee Park", "林溪", "Maya", "单雄信", "魏然", "赵明远"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("林溪", "林溪"),
        ("赵明远", "明远"),
        ("欧阳明月", "明月"),
        ("林", "林"),
        ("Ana Moreno", "AM"),
        ("Maya", "M"),
        ("ana de la cruz", "AC"),
        ("", ""),
    ],
)
def test_an_avatar_shows_two_characters_or_two_letters(name: str, shown: str) -> None:
    assert initials(name) == shown


def test_a_very_long_name_stays_searchable_and_sortable() -> None:
    name = "林" * 80
    assert finds("linlin", name)
    assert len(sort_key(name)) == 160
