"""`make test`: every check and every test, one after the other, and one honest total at the end.

A check that fails does not stop the others; it counts as an error in the total.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOTAL = ROOT / "var" / "test-total"
LIMIT_SECONDS = 44 * 60
GRACE_SECONDS = 20

PYTEST = [sys.executable, "-m", "pytest", "--color=no"]
STEPS = {
    "lint": ["make", "--no-print-directory", "--keep-going", "lint"],
    "JavaScript": ["make", "--no-print-directory", "js"],
    "PostgreSQL, Redis and browsers": PYTEST,
    "embedded default": [*PYTEST, "--embedded"],
}
CLOSING_LINE = re.compile(r"^=+ (?P<counts>.*) in [\d.]+s.*=+$")


def main() -> int:
    # TERM ends the step, too, and not only this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    total: Counter[str] = Counter()
    is_green = True
    TOTAL.unlink(missing_ok=True)
    for name, command in STEPS.items():
        print(f"\n──── {name} ────", flush=True)
        counts, status = run(command, seconds=LIMIT_SECONDS - (time.monotonic() - started))
        total += counts
        if status != 0:
            is_green = False
            print(f"──── {name}: failed ────", flush=True)
            # A step that broke without a failed test must not vanish from the total.
            if not (counts["failed"] or counts["errors"]):
                total["errors"] += 1
    line = closing_line(total, seconds=time.monotonic() - started)
    TOTAL.parent.mkdir(exist_ok=True)
    TOTAL.write_text(f"{line}\n")
    print(f"\n{line}", flush=True)
    return 0 if is_green else 1


def run(command: list[str], *, seconds: float) -> tuple[Counter[str], int]:
    """The counts of pytest's closing line (empty for others) and the exit status; 124 when the time was up."""
    counts: Counter[str] = Counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    reader = threading.Thread(target=relay, args=(process, counts), daemon=True)
    reader.start()
    try:
        status = process.wait(timeout=max(1, seconds))
    except subprocess.TimeoutExpired:
        status = 124
    finally:
        end(process)
    reader.join(timeout=GRACE_SECONDS)
    return counts, status


def relay(process: subprocess.Popen[str], counts: Counter[str]) -> None:
    """Print what the step says as it says it, and take its counts from there."""
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        if found := CLOSING_LINE.match(line.strip()):
            counts.clear()
            counts.update(counts_of(found["counts"]))


def end(process: subprocess.Popen[str]) -> None:
    """Whatever a step left behind in its session must not outlive it."""
    if process.poll() is None:
        # INT lets pytest run the ends of its fixtures.
        kill_group(process, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GRACE_SECONDS)
    kill_group(process, signal.SIGKILL)


def kill_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    # The session's leader may be gone while its group is not.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def counts_of(text: str) -> Counter[str]:
    """`3 passed, 1 error` as counts, with `errors` for one as for many; no tests at all count as nothing."""
    found = re.findall(r"(\d+) (\w+)", text)
    return Counter({("errors" if kind == "error" else kind): int(number) for number, kind in found})


def closing_line(total: Counter[str], *, seconds: float) -> str:
    order = ("failed", "errors", "passed", "skipped", "xfailed", "warnings")
    kinds = [kind for kind in (*order, *total) if total[kind] and kind != "deselected"]
    counts = ", ".join(f"{total[kind]} {kind}" for kind in dict.fromkeys(kinds)) or "no tests ran"
    return f" {counts} in {seconds:.2f}s ".center(80, "=")


if __name__ == "__main__":
    sys.exit(main())
