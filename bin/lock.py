"""Pins the newest versions that requirements/*.in allow: names, versions and hashes, for every system at once."""

import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade", "--quiet"),
    # A lock says what is installed, not where it was downloaded.
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"),
)


def main() -> None:
    pin("run")
    # What is tested is what runs.
    pin("test", "--constraints", "run.txt")
    pin("node")


def pin(name: str, *options: str) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", f"{name}.in", "--output-file", f"{name}.txt"]
    subprocess.run([*command, *OPTIONS, *options], cwd=REQUIREMENTS, check=True)


if __name__ == "__main__":
    main()
