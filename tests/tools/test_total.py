"""The last line of `make test` says what all steps together found, and nothing better."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bin import test as suite

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("===== 3 passed in 1.20s =====", {"passed": 3}),
        ("== 1 failed, 2 passed, 4 deselected, 1 warning, 1 error in 61.20s (0:01:01) ==", {
            "failed": 1, "passed": 2, "deselected": 4, "warning": 1, "errors": 1,
        }),
        ("===== no tests ran in 0.01s =====", {}),
    ],
)  # fmt: skip
def test_pytests_closing_line_is_understood(line: str, counts: dict[str, int]) -> None:
    found = suite.CLOSING_LINE.match(line)
    assert found
    assert suite.counts_of(found["counts"]) == counts


def test_the_total_adds_up_every_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    say(
        monkeypatch,
        tmp_path,
        first="print('== 2 passed, 1 skipped in 1.00s ==')",
        second="print('== 3 passed in 1.00s ==')",
    )
    assert suite.main() == 0
    assert " 5 passed, 1 skipped in " in capsys.readouterr().out.splitlines()[-1]
    assert " 5 passed, 1 skipped in " in (tmp_path / "total").read_text()


def test_a_step_that_breaks_without_a_failed_test_counts_as_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    say(monkeypatch, tmp_path, first="raise SystemExit(3)", second="print('== 3 passed in 1.00s ==')")
    assert suite.main() == 1
    assert " 1 errors, 3 passed in " in capsys.readouterr().out.splitlines()[-1]


def test_a_step_that_hangs_is_ended_with_all_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    hanging = (
        "import subprocess, sys, time; "
        f"child = subprocess.Popen(['sleep', '60']); open({str(mark)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    counts, status = suite.run([sys.executable, "-c", hanging], seconds=1)
    assert (counts, status) == ({}, 124)
    assert has_ended(int(mark.read_text())), "the step's child outlived it"


def test_a_total_that_is_told_to_stop_takes_its_step_along(tmp_path: Path) -> None:
    mark = tmp_path / "step"
    step = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = (
        "import pathlib, sys; from bin import test; "
        f"test.TOTAL = pathlib.Path({str(tmp_path / 'total')!r}); "
        f"test.STEPS = {{'step': [sys.executable, '-c', {step!r}]}}; test.main()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while not (mark.exists() and mark.read_text()):
            time.sleep(0.02)
        process.terminate()
        assert process.wait(timeout=30) == 143
    assert has_ended(int(mark.read_text()))


def has_ended(number: int) -> bool:
    """No such process, or one that waits for somebody to take note of its end."""
    try:
        return psutil.Process(number).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def say(monkeypatch: pytest.MonkeyPatch, folder: Path, **steps: str) -> None:
    """Let the suite consist of these pieces of Python."""
    monkeypatch.setattr(suite, "STEPS", {name: [sys.executable, "-c", code] for name, code in steps.items()})
    monkeypatch.setattr(suite, "TOTAL", folder / "total")
    monkeypatch.setattr(suite.signal, "signal", lambda *_: None)
