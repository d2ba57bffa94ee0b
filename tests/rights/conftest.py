from collections.abc import Iterator

import pytest

from realtime.streams import enclosed


@pytest.fixture(scope="module", autouse=True)
def acts_are_undone() -> Iterator[None]:
    """The world is made once, and every request to it is taken back: their transactions stand inside of larger ones."""
    with enclosed():
        yield
