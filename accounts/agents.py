"""What browsers call themselves, for the list of places where one is signed in."""

from __future__ import annotations

from typing import NamedTuple

# In this order: most browsers claim to be others as well.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
IN_THE_HAND = {"Android", "iPhone", "iPad"}


class Agent(NamedTuple):
    name: str  # "Firefox · Windows", or empty where nothing is known
    is_mobile: bool


def described(user_agent: str) -> Agent:
    """The browser and the system as people call them."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return Agent(" · ".join(part for part in (browser, system) if part), system in IN_THE_HAND)
