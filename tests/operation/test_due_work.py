"""Relay, Redis and worker, as the Procfile starts them: what is due is done, by the broker that the settings name."""

from __future__ import annotations

import json
import time
from uuid import uuid4

import psycopg
import pytest

from tests.house import standing
from tests.operation.test_database_restart import Asker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 60  # seconds


def test_what_a_message_leaves_to_do_is_done_by_the_worker() -> None:
    with standing() as house:
        company = house.prepare({"people": 2, "pairs": [[0, 1]]})
        house.open()
        path = f"/api/v1/orgs/{company['handle']}/conversations/{company['pairs'][0]}/messages"
        said = json.dumps({"key": str(uuid4()), "text": "早"})
        assert Asker(house.webs[0], company["tokens"][0]).say(path, said) == 201
        with psycopg.connect(house.postgres.url, autocommit=True) as database:
            deadline = time.monotonic() + PATIENCE
            left = -1
            while left and time.monotonic() < deadline:
                [(left,)] = database.execute("SELECT count(*) FROM outbox_duerow WHERE kind = 'message.fan_out'")
                time.sleep(0.2)
        assert left == 0
