"""`make run` from outside: one process, a file, an address, and what it says when something is in the way."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from tests.services import free_port
from workspace.management.commands.serve import port_number

ROOT = Path(__file__).resolve().parents[2]
DATABASE, REDIS = "postgresql://127.0.0.1:1/lakeside", "redis://127.0.0.1:1/0"
KEY = "only for tests, and long enough to be accepted"
COMMAND = [sys.executable, "manage.py", "serve"]


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """What a fresh shell has: none of the suite's own services."""
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {**inherited, "VAR_DIR": str(folder), "DEBUG": "1", **variables}


@contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`manage.py serve` on this port; it has said its address when the block begins."""
    process = subprocess.Popen(
        COMMAND, cwd=ROOT, env=environment(folder, PORT=str(port)), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Lakeside is at"):
                break
        else:
            pytest.fail(f"it did not start: {''.join(said)}")
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_it_serves_stops_within_ten_seconds_and_keeps_what_it_had(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as process:
        assert process.stdout
        assert process.stdout.readline().startswith(
            f"There is no organization yet. Make it here: http://127.0.0.1:{port}/start/"
        )
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)
        assert time.monotonic() - began < 10
    key = (tmp_path / "secret_key").read_text()
    with serving(tmp_path, port):
        assert (tmp_path / "secret_key").read_text() == key


@pytest.mark.slow
def test_a_second_server_on_the_same_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with serving(tmp_path, free_port()):
        said = refused(tmp_path, PORT=str(free_port()))
    assert said.startswith(f"CommandError: Lakeside runs on {tmp_path} already.")
    assert said.count("\n") == 1


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = refused(tmp_path, PORT=str(port))
    assert said == f"CommandError: Port {port} is taken by another program. Choose another: make run PORT={port + 1}\n"


@pytest.mark.parametrize("nonsense", ["80x", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(nonsense: str) -> None:
    with pytest.raises(CommandError, match="choose a number from 1 to 65535"):
        port_number(nonsense)


@pytest.mark.parametrize(
    ("variables", "advice"),
    [
        ({"REDIS_URL": REDIS}, "Set DATABASE_URL"),
        ({"WEB_CONCURRENCY": "2"}, "Set DATABASE_URL"),
        ({"DATABASE_URL": "mysql://127.0.0.1/lakeside", "SECRET_KEY": KEY}, "postgresql://"),
        ({"DATABASE_URL": DATABASE}, "Set REDIS_URL"),
        ({"DATABASE_URL": DATABASE, "REDIS_URL": REDIS}, "Set SECRET_KEY"),
        ({"DATABASE_URL": DATABASE, "REDIS_URL": REDIS, "SECRET_KEY": KEY, "DEBUG": "0"}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "List the names"),
    ],
)
def test_a_nonsense_combination_is_refused_with_what_to_set(
    tmp_path: Path, variables: dict[str, str], advice: str
) -> None:
    said = refused(tmp_path, **variables)
    assert advice in said
    assert said.startswith("Lakeside cannot start: ")
    assert said.count("\n") == 1


def test_a_database_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    said = refused(tmp_path, DATABASE_URL=DATABASE, REDIS_URL=REDIS, SECRET_KEY=KEY)
    assert said.startswith("CommandError: The database does not let us in: ")
    assert "port 1" in said
    assert "DATABASE_URL" in said
    assert said.count("\n") == 1


def test_a_file_that_can_not_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "lakeside.sqlite3").mkdir()
    said = refused(tmp_path)
    assert said.startswith("CommandError: The database does not let us in: unable to open database file")
    assert "VAR_DIR" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", ["DEMO", "DEBUG"])
def test_what_is_for_this_machine_alone_is_not_served_to_others(settings: Settings, name: str) -> None:
    settings.DEMO, settings.DEBUG = name == "DEMO", name == "DEBUG"
    with pytest.raises(CommandError, match="are for this machine alone"):
        call_command("serve", "--serve-only", host="192.0.2.7")


def refused(folder: Path, **variables: str) -> str:
    """What it says when it does not start."""
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=environment(folder, **variables), capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    return done.stderr
