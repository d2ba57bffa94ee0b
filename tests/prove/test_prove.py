"""A short form of `make prove`."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.prove", *arguments],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_while_everything_is_killed() -> None:
    proving = start("--seconds", "15")
    said, _ = proving.communicate(timeout=170)
    assert proving.returncode == 0, said
    assert int(re.findall(r"acknowledged +(\d+)", said)[0]) > 0
    assert int(re.findall(r"kills +(\d+)", said)[0]) > 0


@pytest.mark.slow
def test_an_interrupted_run_leaves_no_process_behind() -> None:
    proving = start("--seconds", "60")
    assert proving.stdout is not None
    while "everything is killed" not in proving.stdout.readline():
        assert proving.poll() is None
    time.sleep(3)
    family = psutil.Process(proving.pid).children(recursive=True)
    assert family
    proving.send_signal(signal.SIGINT)
    assert proving.wait(timeout=60) != 0
    _gone, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
