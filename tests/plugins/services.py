"""A pytest plugin (`-p`): the suite runs on PostgreSQL and Redis of its own, or with `--embedded` on SQLite alone.

The addresses must be in the environment before Django's settings are read, which is before any conftest.
"""

import atexit
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What a developer's shell may have set must not leak into the tests, their own database least of all.
SETTINGS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "DEMO", "PUBLIC_URL", "EMAIL_URL",
            "WEB_CONCURRENCY")  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--embedded",
        action="store_true",
        help="run what is marked `embedded` on the embedded default: SQLite, no Redis",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper runs before pytest-django, which reads the settings in the same hook."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        give_redis_database(number=int(worker.removeprefix("gw")) + 1)
    elif not asks_only(early_config):
        for name in SETTINGS:
            os.environ.pop(name, None)
        make_assets()
        if early_config.known_args_namespace.embedded:
            use_embedded_default(early_config)
        else:
            use_own_services(early_config)
    return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests go last: Playwright's event loop stays in the thread once it ran. With `--embedded`, its part only."""
    if config.getoption("embedded"):
        config.hook.pytest_deselected(items=[item for item in items if not item.get_closest_marker("embedded")])
        items[:] = [item for item in items if item.get_closest_marker("embedded")]
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def asks_only(config: pytest.Config) -> bool:
    """True for `--version`, `--help` and `--markers`, which need no services."""
    asked = config.known_args_namespace
    return bool(asked.version or asked.help or getattr(asked, "markers", False))


def make_assets() -> None:
    """Compiled catalogues and collected static files, as the pages of the tests need them."""
    done = subprocess.run(["make", "-s", "assets"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise pytest.UsageError(f"`make assets` failed:\n{done.stdout}{done.stderr}")


def use_embedded_default(config: pytest.Config) -> None:
    """A SQLite file in a folder of its own."""
    folder = tempfile.TemporaryDirectory(prefix="lakeside-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    os.environ["TEST_SQLITE"] = str(Path(folder.name) / "test.sqlite3")


def use_own_services(config: pytest.Config) -> None:
    """Start PostgreSQL and Redis. They end with their standard input, so even a killed pytest leaves nothing behind."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip

    def stop() -> None:
        # A background thread may still want to log that its Redis is gone, to a console that pytest has closed.
        logging.raiseExceptions = False
        if process.poll() is None:
            process.communicate(timeout=40)

    config.add_cleanup(stop)
    atexit.register(stop)
    assert process.stdout is not None
    addresses = process.stdout.readline()
    if not addresses:
        raise pytest.UsageError(f"The tests' services did not start. {process.communicate()[1]}")
    found = json.loads(addresses)
    os.environ |= {
        "DATABASE_URL": found["database"],
        "REDIS_URL": found["redis"],
        "SECRET_KEY": "only for tests, and long enough to be accepted everywhere",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    }


def give_redis_database(*, number: int) -> None:
    """Each parallel worker empties its own Redis database between tests, not its neighbour's."""
    if url := os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = f"{url.rsplit('/', 1)[0]}/{number}"
