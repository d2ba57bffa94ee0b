"""PostgreSQL and Redis of our own, on free ports, in a folder that goes with them.

`python -m tests.services` starts both, prints their addresses as one JSON line and stops them when its standard input
ends, so that nothing stays behind even if whoever started it was killed. What already runs on the machine is left alone.
"""

import argparse
import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

START_SECONDS = 30
STOP_SECONDS = 10

# Where PostgreSQL's server programs are kept when they are not on the PATH (Debian, Homebrew), newest last.
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
)


class Missing(RuntimeError):
    """A program that the tests need is not installed."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_program(name: str) -> str:
    """The path of one of PostgreSQL's server programs."""
    folders = [path for pattern in POSTGRES_FOLDERS for path in Path("/").glob(pattern.lstrip("/"))]
    by_version = sorted(folders, key=lambda path: int("".join(filter(str.isdigit, path.parent.name)) or 0))
    for folder in reversed(by_version):
        if (folder / name).exists():
            return str(folder / name)
    if found := shutil.which(name):
        return found
    raise Missing(f"PostgreSQL's {name} was not found: install PostgreSQL 15 or newer.")


def redis_program() -> str:
    """The path of redis-server, or of Valkey's, which speaks the same."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found:
        raise Missing("redis-server was not found: install Redis or Valkey.")
    return found


class Service:
    """One server process: `start`, `stop`, and `kill` as a power cut would. A second `start` finds its data again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> Sequence[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        """Start it and return when it answers; RuntimeError with its log if it does not within 30 seconds."""
        log_path = self.folder / "server.log"
        with log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **unprivileged(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(
                    f"{self.command()[0]} did not start:\n{log_path.read_text(errors='replace')[-2000:]}"
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in good order, by force after ten seconds."""
        if self.process is None:
            return
        # For PostgreSQL INT is the fast shutdown: it does not wait for clients to leave.
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """End it with SIGKILL, its children too, without a chance to write anything: as a power cut does."""
        if self.process is None:
            return
        children = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        self.process.kill()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children)
        self.process.wait()
        self.process = None


class Postgres(Service):
    """A PostgreSQL cluster. `durable=False` gives up surviving a crash for speed: right for tests, not for figures."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        super().__init__(folder)
        self.durable = durable
        self.url = f"postgresql://lakeside@127.0.0.1:{self.port}/lakeside"

    def command(self) -> Sequence[str]:
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [postgres_program("postgres"), "-D", str(self.folder / "data"), *options]

    def start(self) -> None:
        is_new = not (self.folder / "data").exists()
        if is_new:
            self.create_cluster()
        super().start()
        if is_new:
            self.run("createdb", "--host=127.0.0.1", f"--port={self.port}", "--username=lakeside", "lakeside")

    def create_cluster(self) -> None:
        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        options = ["--username=lakeside", "--auth=trust", "--encoding=UTF8", f"--locale={locale}"]
        if not self.durable:
            options.append("--no-sync")
        self.run("initdb", f"--pgdata={self.folder / 'data'}", *options)

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [postgres_program(program), *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.folder, **unprivileged(),
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")

    def answers(self) -> bool:
        question = [postgres_program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        return subprocess.run(question, stdin=subprocess.DEVNULL).returncode == 0


class Redis(Service):
    """A Redis that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> Sequence[str]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        return [redis_program(), *options, "--dir", str(self.folder)]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def unprivileged() -> dict[str, Any]:
    """How to start a process as somebody who is not root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    account = service_account()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def service_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextlib.contextmanager
def own_services(*, durable: bool = False) -> Iterator[tuple[Postgres, Redis]]:
    """PostgreSQL and Redis, started; both and their folder are gone afterwards, whatever happened."""
    with tempfile.TemporaryDirectory(prefix="lakeside-services-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        postgres, redis = Postgres(home / "postgres", durable=durable), Redis(home / "redis")
        for folder in (home, postgres.folder, redis.folder):
            folder.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                os.chown(folder, service_account().pw_uid, service_account().pw_gid)
        try:
            postgres.start()
            redis.start()
            yield postgres, redis
        finally:
            redis.stop()
            postgres.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="PostgreSQL and Redis until standard input ends.")
    parser.add_argument("--durable", action="store_true", help="survive a crash: fsync and synchronous commits")
    arguments = parser.parse_args()
    # TERM and a terminal's hang-up end it like the end of input: through the `finally` above.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    # Ctrl+C reaches the whole terminal; whoever uses the services still needs them to finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with own_services(durable=arguments.durable) as (postgres, redis):
            print(json.dumps({"database": postgres.url, "redis": redis.url}), flush=True)
            sys.stdin.read()
    except (Missing, RuntimeError) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
