import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.cursors import Cursor
from wire.problems import Problem


@given(st.integers(0, 10**9 - 1), st.integers(0, 99), st.integers(0, 99), st.integers(0, 10**18 - 1))
def test_a_cursor_is_read_as_it_was_written(epoch: int, conversation: int, participant: int, version: int) -> None:
    cursor = Cursor(epoch, f"{conversation}.{participant}", version)
    assert Cursor.parse(str(cursor)) == cursor


def test_a_client_moves_what_stands_behind_the_last_tilde() -> None:
    before = str(Cursor(1, "0.1", 7))
    assert Cursor.parse(before.rpartition("~")[0] + "~12") == Cursor(1, "0.1", 12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "1~1",
        "1.~1",
        "1.0.1",
        "1.0.1~",
        "1.0.1~-1",
        "a.b~c",
        "1.0.1~1~1",
        "1.0.1~" + "9" * 19,
        "１.0~1",
        "1.0~1\n",
    ],
)
def test_what_was_never_given_out_names_the_field(text: str) -> None:
    with pytest.raises(Problem) as caught:
        Cursor.parse(text)
    assert (caught.value.status, caught.value.errors[0].field) == (400, "cursor")
