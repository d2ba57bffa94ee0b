"""The accounting must see each fault, or `make prove` proves nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.prove.accounting import Account, account, differs
from tests.prove.journal import Journal, entries

ROOM = 7


def stored(seq: int, key: str, text: str = "好", **changed: Any) -> dict[str, Any]:
    message = {
        "seq": seq,
        "id": 100 + seq,
        "version": seq,
        "key": key,
        "kind": "text",
        "text": text,
        "html": f"<p>{text}</p>",
    }
    return message | {"posted_at": "then", "edited_at": None, "recalled_at": None} | changed


def balance(path: Path, history: list[dict[str, Any]]) -> Account:
    return account([list(entries(path))], {ROOM: history})


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A sender who was acknowledged a and b, in this order, as numbers 1 and 2."""
    journal = Journal(tmp_path / "lin")
    for seq, key in ((1, "a"), (2, "b")):
        journal.intend(key=key, act="post", conversation=ROOM, text="好")
        journal.acknowledge(key=key, act="post", id=100 + seq, seq=seq)
    return journal


def test_what_was_acknowledged_and_is_there_is_clean(journal: Journal) -> None:
    found = balance(journal.path, [stored(1, "a"), stored(2, "b")])
    assert (found.acknowledged, found.present, found.is_clean) == (2, 2, True)


def test_an_acknowledged_message_that_is_not_there_is_lost(journal: Journal) -> None:
    assert balance(journal.path, [stored(1, "a")]).lost == ["lin b"]


def test_a_message_that_is_there_twice_is_doubled(journal: Journal) -> None:
    assert balance(journal.path, [stored(1, "a"), stored(2, "b"), stored(3, "b")]).doubled == ["lin b"]


def test_a_message_before_the_one_that_was_acknowledged_earlier_is_out_of_order(journal: Journal) -> None:
    assert balance(journal.path, [stored(1, "b"), stored(2, "a")]).out_of_order == ["lin b"]


def test_other_words_than_were_acknowledged_are_altered(journal: Journal) -> None:
    assert balance(journal.path, [stored(1, "a"), stored(2, "b", "不好")]).altered == ["lin b"]


def test_a_number_that_nobody_has_is_a_gap(journal: Journal) -> None:
    assert balance(journal.path, [stored(1, "a"), stored(3, "b")]).gaps


def test_a_message_that_nobody_sent_is_a_stranger(journal: Journal) -> None:
    assert balance(journal.path, [stored(1, "a"), stored(2, "b"), stored(3, "c")]).strangers == ["c"]


def test_an_unanswered_message_may_be_there_or_not(journal: Journal) -> None:
    journal.intend(key="c", act="post", conversation=ROOM, text="好")
    for history in ([stored(1, "a"), stored(2, "b")], [stored(1, "a"), stored(2, "b"), stored(3, "c")]):
        found = balance(journal.path, history)
        assert (found.is_clean, found.unanswered) == (True, 1)


def test_an_acknowledged_recall_must_stay(journal: Journal) -> None:
    journal.intend(key="b", act="recall", conversation=ROOM, text="")
    journal.acknowledge(key="b", act="recall", id=102, seq=2)
    assert balance(journal.path, [stored(1, "a"), stored(2, "b")]).altered == ["lin b"]
    assert balance(journal.path, [stored(1, "a"), stored(2, "b", "", recalled_at="now")]).is_clean


def test_an_acknowledged_edit_must_stay(journal: Journal) -> None:
    journal.intend(key="b", act="edit", conversation=ROOM, text="很好")
    journal.acknowledge(key="b", act="edit", id=102, seq=2)
    assert balance(journal.path, [stored(1, "a"), stored(2, "b")]).altered == ["lin b"]
    assert balance(journal.path, [stored(1, "a"), stored(2, "b", "很好")]).is_clean


def test_a_screen_that_missed_an_edit_differs() -> None:
    history = [stored(1, "a"), stored(2, "b", version=3, edited_at="now")]
    assert differs([stored(1, "a"), stored(2, "b")], history)
    assert not differs(list(history), history)
