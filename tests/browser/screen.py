"""A person in front of the chat: what they do with it, and what stands on their screen."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from chat.models import Conversation
from orgchart.models import Member

# One line for each message on screen, as a person reads it.
ROWS = """lane => [...lane.querySelectorAll('.message, .system')].map(row => ({
  seq: Number(row.id.slice(2)) || null,
  words: (row.querySelector('.bubble') ?? row.querySelector('[data-part=words]')).textContent.trim(),
  isPending: row.classList.contains('message--pending'),
  isFailed: row.classList.contains('message--failed'),
  isOwn: row.classList.contains('message--own'),
}))"""


class Screen:
    """The chat of one member in one window. Complaints of the page are collected in `faults`."""

    def __init__(self, context: BrowserContext, member: Member) -> None:
        self.member = member
        self.context = context
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.faults.append(f"{line.text} {line.location['url']}") if _is_fault(line) else None,
        )

    @property
    def home(self) -> str:
        return f"/o/{self.member.organization.handle}/chat/"

    def come_in(self, conversation: Conversation | None = None) -> Screen:
        """Open the chat, and the conversation in it."""
        self.page.goto(f"{self.home}{conversation.pk}/" if conversation else self.home)
        expect(self.page.locator("conversation-list")).to_be_attached()
        self.is_connected()
        return self

    def is_connected(self) -> None:
        """Wait until the server has greeted."""
        expect(self.page.locator("html[data-line='open']")).to_be_attached(timeout=40_000)

    # What one sees

    def rows(self) -> list[dict[str, Any]]:
        """The messages on screen, top to bottom."""
        return self.page.locator(".messages__lane").first.evaluate(ROWS)

    def words(self) -> list[str]:
        return [row["words"] for row in self.rows()]

    def message(self, words: str) -> Locator:
        return self.page.locator(".message", has_text=words)

    def line_of(self, name: str) -> Locator:
        """A row of the conversation list."""
        return self.page.locator("conversation-list li").filter(has=self.page.locator("b", has_text=name))

    @property
    def composer(self) -> Locator:
        return self.page.locator("#composer-text")

    # What one does

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def api(self, path: str) -> Any:
        """What the API says to this person."""
        answer = self.page.request.get(f"/api/v1/orgs/{self.member.organization.handle}/{path}")
        assert answer.ok, answer.status
        return answer.json()


def _is_fault(line: ConsoleMessage) -> bool:
    # Being offline is part of some tests, and so are refusals of the API; Chromium notes each.
    is_expected = (
        "/api/" in line.location["url"]
        or "ERR_INTERNET_DISCONNECTED" in line.text
        or "WebSocket connection" in line.text
    )
    return line.type == "error" and not is_expected
