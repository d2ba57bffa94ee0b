"""Ten thousand messages: back to the first and forth again, and nothing jumps."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from chat.actions.posting import Post, post_messages
from chat.models import Conversation
from orgchart.models import Member
from tests.browser.conftest import LookIn
from tests.browser.screen import Screen
from tests.chat.talk import say

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]

# Scrolls one way until nothing more comes. While rows are loaded and let go, the row that was in the middle of the
# view must move by exactly what was scrolled. Answers the worst jump in pixels, the most rows at a time, and the
# numbers that were seen.
TRAVEL = """async ({direction, until}) => {
  const scroller = document.querySelector('.messages');
  const frame = () => new Promise(requestAnimationFrame);
  const seen = new Set();
  let worst = 0, most = 0, still = 0;
  const note = () => {
    const view = scroller.getBoundingClientRect();
    for (const row of document.querySelectorAll('.message[data-seq]')) {
      const box = row.getBoundingClientRect();
      if (box.bottom > view.top && box.top < view.bottom) seen.add(Number(row.dataset.seq));
    }
    most = Math.max(most, document.querySelectorAll('.message').length);
  };
  const middle = () => {
    const view = scroller.getBoundingClientRect();
    const at = (view.top + view.bottom) / 2;
    const row = [...document.querySelectorAll('.message[data-seq]')].find(row => row.getBoundingClientRect().bottom > at);
    return row && {seq: row.dataset.seq, top: row.querySelector('.bubble').getBoundingClientRect().top};
  };
  const topOf = seq => document.querySelector(`.message[data-seq="${seq}"] .bubble`)?.getBoundingClientRect().top;
  while (still < 60 && !seen.has(until)) {
    note();
    const before = middle();
    const start = scroller.scrollTop;
    scroller.scrollTop += direction * 1500;
    const moved = scroller.scrollTop - start;
    const wanted = before && before.top - moved;
    await frame();
    const top = before && topOf(before.seq);
    if (top !== undefined) worst = Math.max(worst, Math.abs(top - wanted));
    else worst = Math.max(worst, 9999);
    still = Math.abs(moved) < 1 ? still + 1 : 0;
    if (Math.abs(moved) < 1) await new Promise(resolve => setTimeout(resolve, 30));
  }
  note();
  return {worst, most, seen: [...seen].sort((a, b) => a - b)};
}"""


PLACES = """() => Object.fromEntries(
  [...document.querySelectorAll('.message[data-seq]')].map(row => [row.dataset.seq, row.getBoundingClientRect().top])
)"""


def fill(conversation: Conversation, senders: list[Member], count: int) -> None:
    """Messages of uneven height, by turns."""
    posts = [
        Post(
            conversation.pk,
            senders[number // 3 % len(senders)].pk,
            uuid4(),
            f"message {number}" + " and some more words" * (number % 17) + "\nline" * (number % 4),
        )
        for number in range(1, count + 1)
    ]
    for start in range(0, count, 500):
        post_messages(posts[start : start + 500])


@pytest.fixture
def long(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> Screen:
    fill(pair, [lin, wei], 10_000)
    return screen_of(lin, viewport={"width": 1280, "height": 2000}).come_in(pair)


def test_back_to_the_first_message_and_forth_again_without_a_jump(long: Screen) -> None:
    expect(long.message("message 10000")).to_be_visible()
    back = long.page.evaluate(TRAVEL, {"direction": -1, "until": 1})
    assert back["worst"] <= 1.5
    assert back["most"] <= 480
    assert back["seen"] == list(range(1, 10_001))
    forth = long.page.evaluate(TRAVEL, {"direction": 1, "until": 10_000})
    assert forth["worst"] <= 1.5
    assert forth["most"] <= 480
    assert forth["seen"] == list(range(1, 10_001))
    assert long.faults == []


def test_what_arrives_below_does_not_push_what_one_reads(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    fill(pair, [lin, wei], 200)
    screen = screen_of(lin).come_in(pair)
    expect(screen.message("message 200")).to_be_visible()
    screen.page.locator(".messages").evaluate("scroller => { scroller.scrollTop = -1500 }")
    screen.page.wait_for_timeout(300)

    before = screen.page.evaluate(PLACES)
    for number in range(5):
        say(pair, wei, f"new {number}")
    jump = screen.page.get_by_role("button", name="5 new messages")
    expect(jump).to_be_visible()
    after = screen.page.evaluate(PLACES)
    assert {seq: top for seq, top in after.items() if seq in before} == pytest.approx(before, abs=1)
    jump.click()
    expect(screen.message("new 4")).to_be_in_viewport()
    expect(jump).to_be_hidden()
    expect(screen.line_of("魏然").locator(".badge")).to_be_hidden()


def test_many_unread_open_where_they_begin(screen_of: LookIn, lin: Member, wei: Member, pair: Conversation) -> None:
    fill(pair, [wei], 300)
    screen = screen_of(lin).come_in(pair)
    expect(screen.page.locator(".waterline")).to_be_in_viewport()
    expect(screen.page.locator(".message[data-seq='1']")).to_be_in_viewport()
    expect(screen.page.get_by_role("button", name="99+ new messages")).to_be_visible()
    screen.page.wait_for_timeout(1500)
    membership = screen.api(f"conversations/{pair.pk}")["membership"]
    assert membership["unread"] == 300
    # Evidence claims the rows that stood on the screen and not one more.
    last = int(
        screen.page.locator(".message[data-seq]").evaluate_all("""rows => {
      const view = document.querySelector('.messages').getBoundingClientRect();
      return Math.max(...rows.filter(row => row.getBoundingClientRect().top < view.bottom).map(row => Number(row.dataset.seq)));
    }""")
    )
    assert last - 2 <= membership["read_seq"] <= last


def test_a_jump_to_the_newest_does_not_claim_what_it_skipped(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    fill(pair, [wei], 300)
    screen = screen_of(lin).come_in(pair)
    screen.page.get_by_role("button", name="99+ new messages").click()
    expect(screen.page.locator(".message[data-seq='300']")).to_be_in_viewport()
    screen.page.wait_for_timeout(2500)
    membership = screen.api(f"conversations/{pair.pk}")["membership"]
    assert membership["unread"] == 0
    assert membership["read_seq"] < 60
    assert membership["read_ranges"][-1][1] == 300
    assert membership["read_ranges"][-1][0] > 250


def test_what_one_says_while_reading_far_back_stands_at_the_end_at_once(
    screen_of: LookIn, lin: Member, wei: Member, pair: Conversation
) -> None:
    fill(pair, [wei], 600)
    screen = screen_of(lin).come_in(pair)
    expect(screen.page.locator(".message[data-seq='1']")).to_be_visible()
    screen.composer.fill("back to now")
    shown = screen.page.evaluate(
        """() => {
          const field = document.getElementById('composer-text');
          field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
          return [...document.querySelectorAll('.message .bubble')].at(-1).textContent;
        }"""
    )
    assert shown == "back to now"
    expect(screen.page.locator(".message[data-seq='601']")).to_be_in_viewport()
    expect(screen.page.locator(".message[data-seq='600']")).to_be_in_viewport()
    expect(screen.page.locator(".message--pending")).to_have_count(0)
