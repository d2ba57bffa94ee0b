"""The tests' PostgreSQL and Redis end with whoever started them, and leave nothing behind."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.services import Postgres, Redis, own_services

ROOT = Path(__file__).resolve().parents[2]

# Starts the services as the plugin does, says where they are, and waits to be killed.
KILLED = """
import subprocess, sys, time
services = subprocess.Popen([sys.executable, "-m", "tests.services"], stdin=subprocess.PIPE, start_new_session=True)
time.sleep(60)
"""


def is_open(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


def test_a_killed_run_leaves_no_service_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        urls = json.loads(process.stdout.readline()).values()
        assert all(is_open(url) for url in urls)
        process.kill()
    deadline = time.monotonic() + 20
    while any(is_open(url) for url in urls):
        assert time.monotonic() < deadline, "a service outlived who started it"
        time.sleep(0.05)


@pytest.fixture
def services() -> Iterator[tuple[Postgres, Redis]]:
    with own_services(durable=True) as (postgres, redis):
        yield postgres, redis
    assert not postgres.folder.exists()


@pytest.mark.slow
def test_a_durable_postgresql_finds_its_rows_after_a_kill(services: tuple[Postgres, Redis]) -> None:
    postgres, redis = services
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (7)")
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    for service in (postgres, redis):
        service.kill()
        assert not is_open(service.url)
        service.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
