"""JSON as docs/api/socket.md promises it, whatever encodes it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from chat.models import Message
from wire.json import encode, encode_bytes


def test_times_are_in_utc_to_the_millisecond() -> None:
    for microsecond, shown in ((0, "000"), (123_999, "123"), (999_999, "999")):
        at = datetime(2026, 11, 20, 2, 42, 0, microsecond, tzinfo=UTC)
        assert encode(at) == f'"2026-11-20T02:42:00.{shown}Z"'


def test_characters_stand_as_themselves_and_nothing_between_them() -> None:
    text = "早 \u2028 \u0085 😀 / é"
    assert encode({"text": text, "n": [1, None, True]}) == f'{{"text":"{text}","n":[1,null,true]}}'
    assert encode_bytes(text) == f'"{text}"'.encode()


def test_what_would_end_a_line_or_a_string_is_escaped() -> None:
    assert encode('a\n"\\\t\r\x01') == '"a\\n\\"\\\\\\t\\r\\u0001"'


def test_keys_choices_and_lazy_words_are_strings() -> None:
    key = "018f3a5e-6b1c-7d2e-8f90-a1b2c3d4e5f6"
    with translation.override("zh-hans"):
        lazy = gettext_lazy("This field is not known.")
        assert encode([UUID(key), Message.Kind.TEXT, lazy]) == f'["{key}","text","没有这个字段。"]'


def test_ids_come_whole() -> None:
    assert encode([10**18 - 1, 2**63 - 1, -1]) == "[999999999999999999,9223372036854775807,-1]"


def test_what_has_no_form_is_a_defect() -> None:
    for odd in (object(), {1, 2}, b"bytes", {7: "a number as a name"}):
        with pytest.raises(TypeError):
            encode(odd)
