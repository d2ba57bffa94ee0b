"""What every test may use: an empty Redis, a real server, a real browser. The people are in tests/cast.py."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis
import uvicorn
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.fixtures import Settings

from tests.chromium import launched
from workspace.server import APPLICATION, OPTIONS

pytest_plugins = ["tests.cast", "tests.plugins.flush"]


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The whole PostgreSQL is thrown away afterwards; nobody needs to wait until the last connection left a database."""
    return True


@pytest.fixture(autouse=True)
def empty_redis() -> None:
    """What one test left in Redis must not reach the next."""
    if django_settings.REDIS_URL:
        with redis.Redis.from_url(django_settings.REDIS_URL) as connection:
            connection.flushdb()


@dataclass(frozen=True)
class Server:
    """A running Lakeside: `url` for HTTP, `ws_url` for sockets, both without a slash at the end."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{self.host}:{self.port}"


@contextlib.contextmanager
def serving(**options: object) -> Iterator[Server]:
    """The real application behind the real server, in a thread, on a free port. Options go to uvicorn."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(APPLICATION, **{**OPTIONS, "timeout_graceful_shutdown": 2, **options})
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server", daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not server.started:
                assert thread.is_alive(), "the server ended while it started: see its log"
                assert time.monotonic() < deadline, "the server did not start within 10 s"
                time.sleep(0.01)
            yield Server("127.0.0.1", listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(timeout=15)
            assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def server(transactional_db: None, settings: Settings) -> Iterator[Server]:
    """A server on the test's database. Rows must be committed for it to see them, hence `transactional_db`."""
    with serving() as running:
        settings.PUBLIC_URL = running.url
        settings.CSRF_TRUSTED_ORIGINS = [running.url]
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    # Playwright's event loop runs in the tests' own thread, where Django would refuse the ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = launched(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A person's browser: cookies of its own, addresses relative to the server."""
    with contextlib.closing(browser.new_context(base_url=server.url)) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A window of that browser."""
    return context.new_page()
