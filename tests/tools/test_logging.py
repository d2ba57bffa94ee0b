"""Errors reach the console as lines of JSON."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings

from workspace.observability import configure_logging


@pytest.fixture
def plain_logging() -> Iterator[None]:
    """The handlers as they were, whatever a test does to them."""
    loggers = [logging.getLogger(), logging.getLogger("django")]
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    yield
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


def test_django_hands_its_logging_over() -> None:
    # Django ignores LOGGING_CONFIG while LOGGING is empty, and then no error of a request is seen anywhere.
    assert settings.LOGGING_CONFIG == "workspace.observability.configure_logging"
    assert settings.LOGGING


@pytest.mark.usefixtures("plain_logging")
def test_an_error_of_a_request_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging({})
    logging.getLogger("django.request").error(
        "Internal Server Error: %s", "route", extra={"status": 500, "text": "secret"}
    )
    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["status"]) == ("error", 500)
    assert "secret" not in line
