"""Chromium, or Chrome, as this machine has it."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

PLACES = (
    "/usr/bin/chromium",
    "chromium",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launched(playwright: Playwright) -> Browser:
    """The browser, started. FileNotFoundError, in a sentence, if there is none."""
    for place in PLACES:
        if found := shutil.which(place) or (place if Path(place).is_file() else None):
            return playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
    raise FileNotFoundError(
        "Chromium was not found: `make programs` installs it on Debian, on macOS install Google Chrome."
    )
