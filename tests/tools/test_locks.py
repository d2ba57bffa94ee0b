"""What is installed is named, pinned and hashed, and nothing says where it was downloaded."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^ ;]+)(?: ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(name: str) -> set[tuple[str, str]]:
    lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    return {(found["name"], found["version"]) for line in lines if (found := PIN.match(line))}


@pytest.mark.parametrize("name", ["run", "test", "node"])
def test_a_lock_holds_pins_and_hashes_only(name: str) -> None:
    strange = [
        line
        for line in (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
        if not (PIN.match(line) or HASH.match(line))
    ]
    assert strange == []


@pytest.mark.parametrize("name", ["run", "test", "node"])
def test_what_is_wanted_is_locked(name: str) -> None:
    wanted = re.findall(r"^([A-Za-z][A-Za-z0-9_-]*)", (REQUIREMENTS / f"{name}.in").read_text(), re.MULTILINE)
    locked = {pinned for pinned, _version in pins(name)}
    assert wanted
    assert {want.lower().replace("_", "-") for want in wanted} <= locked


def test_what_is_tested_is_what_runs() -> None:
    assert pins("run") <= pins("test")


def test_npms_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
