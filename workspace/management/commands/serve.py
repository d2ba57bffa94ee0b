import contextlib
import errno
import fcntl
import logging
import os
import socket
import warnings
from collections.abc import Iterator
from typing import Any

import psycopg
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from accounts.demo import is_loopback
from orgchart import first_start
from workspace.management.commands import demo
from workspace.server import APPLICATION, OPTIONS

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Brings the database up to date and serves Lakeside; with DEMO=1 also makes the demo company, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--prepare-only", action="store_true", help="prepare the database, don't serve")
        only.add_argument("--serve-only", action="store_true", help="serve; the database was prepared before")

    def handle(self, *, host: str, port: str, prepare_only: bool, serve_only: bool, **options: Any) -> None:
        # WhiteNoise reads files synchronously; a thread does that well, and nobody at the console can change it.
        warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
        number = port_number(port)
        if not prepare_only:
            refuse_open_house(host)
            refuse_taken_port(host, number)
        if not serve_only:
            prepare()
        if prepare_only:
            self.stdout.write(way_in())
        else:
            self.serve(host, number)

    def serve(self, host: str, port: int) -> None:
        warn_of_unsent_mail()
        with alone_with_its_file():
            self.run_server(host, port)

    def run_server(self, host: str, port: int) -> None:
        process_count = settings.PROCESSES
        if process_count > 1:
            uvicorn.run(APPLICATION, host=host, port=port, workers=process_count, **OPTIONS)
            return
        config = uvicorn.Config(APPLICATION, host=host, port=port, **OPTIONS)
        server = AnnouncingServer(
            config, announcement=f"\nLakeside is at http://{host}:{port} (Ctrl+C stops it)\n{way_in()}"
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.run()


class AnnouncingServer(uvicorn.Server):
    """Says that it answers when it answers, not before."""

    def __init__(self, config: uvicorn.Config, *, announcement: str) -> None:
        super().__init__(config)
        self.announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self.announcement, flush=True)  # noqa: T201


def port_number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT={text} is not a port: choose a number from 1 to 65535.")
    return int(text)


def refuse_open_house(host: str) -> None:
    """CommandError in a sentence where others could reach what is meant for this machine alone."""
    if (settings.DEMO or settings.DEBUG) and not is_loopback(host):
        raise CommandError(f"DEMO=1 and DEBUG=1 are for this machine alone: unset them, or leave out --host {host}.")


def refuse_taken_port(host: str, port: int) -> None:
    """CommandError in a sentence if another program listens there."""
    with socket.socket() as probe:
        # As the server will do it: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise CommandError(f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}")
            raise CommandError(f"Cannot listen on {host}:{port}: {problem.strerror}.")


@contextlib.contextmanager
def alone_with_its_file() -> Iterator[None]:
    """CommandError in a sentence if another process serves the same SQLite file: the two would hear nothing of one another."""
    if settings.IS_POSTGRES:
        yield
        return
    with (settings.VAR_DIR / "serving").open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"Lakeside runs on {settings.VAR_DIR} already. Stop it, or give this one a folder of its own: VAR_DIR=…"
            )
        yield


def refuse_closed_database() -> None:
    """CommandError in a sentence if the database is not there, or is not ours."""
    try:
        if settings.IS_POSTGRES:
            # Past the pool, which would try for ten seconds and then not say why.
            psycopg.connect(settings.DATABASE_URL, connect_timeout=5).close()
        else:
            connection.ensure_connection()
    except (OperationalError, psycopg.OperationalError) as problem:
        reason = str(problem).strip().partition("\n")[0]
        advice = (
            "Is it running, and is DATABASE_URL right?"
            if settings.DATABASE_URL
            else "May its folder (VAR_DIR) be written?"
        )
        raise CommandError(f"The database does not let us in: {reason}. {advice}")


def warn_of_unsent_mail() -> None:
    """A company's database without a mail server: whoever reads the workers' output could reset anybody's password."""
    if settings.IS_POSTGRES and not settings.EMAIL_URL:
        log.warning("mails_go_to_the_console", extra={"advice": "set EMAIL_URL"})


def prepare() -> None:
    """Migrate, and make the demo company where it may live; both do nothing where it was done before."""
    refuse_closed_database()
    call_command("migrate", verbosity=0, interactive=False)
    if settings.DEMO and demo.may_move_in():
        call_command("demo")


def way_in() -> str:
    """The address of the first start while the house is empty. How to enter the demo, `demo` has said."""
    return f"There is no organization yet. Make it here: {first_start.url()}\n" if first_start.is_open() else ""
