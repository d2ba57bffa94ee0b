"""The company size as real processes on free ports of 127.0.0.1: PostgreSQL and Redis, web, relay and worker.

For `make prove`, which kills them, and `make bench`, which measures them. Everything is started by us, known by its process
id, and gone with its folder when the `with` block ends.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from tests.plugins.services import SETTINGS
from tests.services import Postgres, Redis, Service, free_port, own_services

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60


class Program:
    """One of Lakeside's own processes, with everything that it starts itself. `start` may be called again after `kill` or `stop`."""

    def __init__(self, name: str, command: list[str], *, environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl+C on our terminal is ours to answer, and one signal reaches all it started.
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, env=self.environment,
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL to the process and all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def stop(self, seconds: float = 10) -> None:
        """TERM, and after so many seconds KILL."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            self.kill()


class Web(Program):
    """A web process, served as production serves it."""

    def __init__(self, name: str, *, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "manage.py", "serve", "--serve-only", "--port", str(self.port)]
        super().__init__(name, command, environment=environment | {"PUBLIC_URL": self.url}, log=log)

    def is_ready(self) -> bool:
        """Whether it answers, and reaches what it needs."""
        return self.asked("/readyz") == 200

    def asked(self, path: str) -> int | None:
        """The status of a GET, None without an answer within two seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class House:
    """All of it. `webs`, `relay` and `worker` run once `open` was called; `postgres` and `redis` before."""

    def __init__(self, home: Path, postgres: Postgres, redis: Redis, *, web_count: int) -> None:
        self.postgres, self.redis = postgres, redis
        self.environment = {name: value for name, value in os.environ.items() if name not in SETTINGS} | {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "SECRET_KEY": secrets.token_hex(32),
            "ALLOWED_HOSTS": "127.0.0.1",
        }

        def log(name: str) -> Path:
            return home / f"{name}.log"

        self.webs = [
            Web(f"web {number}", environment=self.environment, log=log(f"web-{number}"))
            for number in range(1, web_count + 1)
        ]
        relay = [sys.executable, "manage.py", "relay"]
        worker = [sys.executable, "-m", "celery", "--app", "workspace.celery:app", "worker", "--loglevel", "warning"]
        worker += ["--queues", "soon,mail,media", "--concurrency", "1"]
        self.relay = Program("relay", relay, environment=self.environment, log=log("relay"))
        self.worker = Program("worker", worker, environment=self.environment, log=log("worker"))

    @property
    def programs(self) -> list[Program]:
        return [*self.webs, self.relay, self.worker]

    def prepare(self, plan: dict[str, Any]) -> dict[str, Any]:
        """Make the tables, and the company that the plan asks for (tests/company.py)."""
        self.run("manage.py", "serve", "--prepare-only")
        return json.loads(self.run("-m", "tests.company", sent=json.dumps(plan)))

    def run(self, *arguments: str, sent: str = "") -> str:
        """What a Python program prints, with the house's settings; RuntimeError with its complaint if it fails."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, input=sent, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    def open(self) -> None:
        """Start every program and return when all web processes are ready; RuntimeError with the log of one that isn't."""
        for program in self.programs:
            program.start()
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        for web in self.webs:
            while not web.is_ready():
                if time.monotonic() > deadline or web.process is None or web.process.poll() is not None:
                    raise RuntimeError(f"{web.name} is not ready")
                time.sleep(0.1)

    def close(self) -> None:
        """Stop every program in good order, whatever state it is in."""
        for program in self.programs:
            if program.process is not None:
                program.process.terminate()
        for program in self.programs:
            program.stop()


@contextlib.contextmanager
def standing(*, web_count: int = 1) -> Iterator[House]:
    """A house whose database survives a crash (fsync on), with nothing in it yet."""
    with own_services(durable=True) as (postgres, redis):
        house = House(postgres.folder.parent, postgres, redis, web_count=web_count)
        try:
            yield house
        except Exception as error:
            error.add_note("\n".join(f"{program.name} said:\n{program.said()}" for program in house.programs))
            raise
        finally:
            house.close()


def kill_service(service: Service) -> None:
    """SIGKILL to a service and, PostgreSQL's case, to its children, which would go on answering for a moment."""
    if service.process is None:
        return
    children = psutil.Process(service.process.pid).children(recursive=True)
    service.kill()
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    # A child that still holds the shared memory would keep the next start from succeeding.
    psutil.wait_procs(children, timeout=10)


@contextlib.contextmanager
def stopping_cleanly() -> Iterator[None]:
    """Ctrl+C, TERM and a hang-up end the block through its `finally`s; a second one doesn't disturb the cleaning."""

    def end(number: int, _frame: object) -> None:
        for other in handled:
            signal.signal(other, signal.SIG_IGN)
        sys.exit(128 + number)

    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
