"""Nothing that a person reads is in one language only."""

import re

import pytest

from workspace import words

PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|\{\{ ?\w+ ?\}\}")
LANGUAGES = words.languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated(language):
    assert words.untranslated(language) == []


@pytest.mark.parametrize("domain", words.DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_source(language, domain):
    wrong = []
    for message in words.catalogue_of(language, domain):
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        asked = set(PLACE.findall(sources[-1]))
        if message.id and any(set(PLACE.findall(string)) != asked for string in strings if string):
            wrong.append(sources[0])
    assert wrong == []


@pytest.mark.parametrize("domain", words.DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_keeps_nothing_that_the_source_lost(language, domain):
    source = {(message.id, message.context) for message in words.found_in_source(domain)}
    kept = {(message.id, message.context) for message in words.catalogue_of(language, domain)}
    assert kept - source == set()


def test_strings_are_found_in_python_templates_and_modules():
    assert words.found_in_source("django").get("Administrator"), "from orgchart/models/member.py"
    assert words.found_in_source("django").get("There is no such page"), "from templates/errors/404.html"
    assert words.found_in_source("djangojs").get("Copied"), "from static/js/app/copy.js"


def test_the_browsers_catalogue_is_a_module_with_the_plural_rule_of_its_language():
    catalogue = words.Catalog(locale="zh_Hans", domain="djangojs")
    catalogue.add("Send", "发送")
    catalogue.add(("%(count)s new", "%(count)s new"), ["%(count)s 条新消息"])
    catalogue.add("Not yet translated", "")
    assert words.as_module(catalogue) == (
        'export default { plural: (n) => Number(0), words: {"%(count)s new":["%(count)s 条新消息"],"Send":"发送"} };\n'
    )
