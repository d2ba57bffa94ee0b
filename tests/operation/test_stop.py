"""TERM: what was asked is answered, then the process goes, within ten seconds."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.db import connection, transaction
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chat.models import Message
from realtime.models import StreamHead
from tests.api.conftest import Room, room
from tests.cast import token_of
from tests.services import free_port

__all__ = ["room"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def web(transactional_db: None, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A web process as production starts it, on the test's database."""
    port = free_port()
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "VAR_DIR": str(ROOT / "var"),
    }
    command = [sys.executable, "manage.py", "serve", "--serve-only", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
                break
            except httpx.TransportError:
                assert process.poll() is None and time.monotonic() < deadline, "it did not start"
                time.sleep(0.1)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_term_lets_what_was_asked_be_answered_and_tells_the_sockets(
    web: tuple[subprocess.Popen[bytes], str], room: Room
) -> None:
    process, url = web
    token = token_of(room.me)
    auth = {"Authorization": f"Bearer {token}"}
    ends: list[int] = []

    def listen() -> None:
        with connect(f"{url.replace('http', 'ws')}/ws/v1/orgs/lakeside/", additional_headers=auth, proxy=None) as line:
            is_open.set()
            with contextlib.suppress(ConnectionClosed):
                while True:
                    line.recv()
            ends.append(line.protocol.close_rcvd.code if line.protocol.close_rcvd else 0)

    def post(number: int) -> int:
        address = f"{url}/api/v1/orgs/lakeside/conversations/{room.group.pk}/messages"
        body = {"key": str(uuid4()), "text": f"第 {number} 句"}
        return httpx.post(address, json=body, headers=auth, timeout=20, trust_env=False).status_code

    is_open = threading.Event()
    listener = threading.Thread(target=listen)
    listener.start()
    assert is_open.wait(10)
    before = Message.objects.count()
    with ThreadPoolExecutor(5) as pool:
        with transaction.atomic():
            # While we hold the conversation, whoever posts there has to wait.
            StreamHead.objects.select_for_update().get(kind="conversation", object_id=room.group.pk)
            answers = [pool.submit(post, number) for number in range(5)]
            wait_for_waiting(5)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            time.sleep(1)
        assert [answer.result(timeout=20) for answer in answers] == [201] * 5
    assert process.wait(timeout=10) in {0, -signal.SIGTERM}
    assert time.monotonic() - began < 10
    assert Message.objects.count() == before + 5
    listener.join(10)
    assert ends == [1012]


def wait_for_waiting(count: int) -> None:
    """Until so many statements wait for a lock."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            # Within a transaction, what others do is looked up once, unless one asks again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.05)
    pytest.fail("the posts did not come as far as the lock")
