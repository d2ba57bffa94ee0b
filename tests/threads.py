"""Several things at once, each on a thread and a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def together(*acts: Callable[[], Any], patience: float = 120) -> list[Any]:
    """Run these at once; their answers in the order given. What one of them raises is raised here."""
    answers: list[Any] = [None] * len(acts)
    failures: list[BaseException] = []
    start = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait()
            answers[number] = act()
        except BaseException as failure:  # noqa: BLE001 - it is raised again on the test's own thread
            failures.append(failure)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, act), name=f"act {number}", daemon=True)
        for number, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
        assert not thread.is_alive(), f"{thread.name} still waits after {patience} s"
    if failures:
        raise failures[0]
    return answers
