"""The same conversations as chat's own tests, to have something that moves."""

from tests.chat.conftest import group, open_group, pair

__all__ = ["group", "open_group", "pair"]
