"""For each wrong variant the shortest run of the machine that we know to show it. Right code plays them all to their end."""

from __future__ import annotations

from collections.abc import Callable

from tests.delivery.machine import DeliveryMachine, Screen

Story = Callable[[DeliveryMachine], None]


def a_retry(play: DeliveryMachine) -> None:
    play.post("lin")
    play.retry("k1")
    play.the_server_holds_what_was_said()


def an_edit_while_away(play: DeliveryMachine) -> None:
    play.post("lin")
    play.heal()
    away(play, 1)
    play.mend_one(2)
    play.heal()


def an_edit_and_more_than_a_page_while_away(play: DeliveryMachine) -> None:
    play.heal()
    away(play, 1)
    for _ in range(3):
        play.post("lin")
    play.mend_one(2)
    play.heal()


def a_lost_hint(play: DeliveryMachine) -> None:
    play.heal()
    play.post("lin")
    play.all_hints_are_lost()
    play.heal()


def a_frame_after_a_catch_up_that_failed(play: DeliveryMachine) -> None:
    play.heal()
    away(play, 1)
    play.post("lin")
    play.all_hints_arrive()
    screen = back(play, 1)
    play.read(screen, 1, ["request lost"] * 3)
    play.post("lin")
    play.all_hints_arrive()
    play.heal()


def history_opens_to_a_newcomer(play: DeliveryMachine) -> None:
    for _ in range(2):
        play.post("lin")
    play.join_or_leave("zhao")
    play.heal()
    play.switch_history("all")
    play.all_hints_arrive()
    play.heal()


def a_restore(play: DeliveryMachine) -> None:
    play.heal()
    play.back_up()
    play.post("lin")
    play.heal()
    play.restore()
    play.post("lin")
    play.heal()


def somebody_leaves(play: DeliveryMachine) -> None:
    play.switch_history("all")
    play.heal()
    play.join_or_leave("wei")
    play.post("lin")
    play.all_hints_arrive()
    play.heal()


def a_late_page_is_overtaken(play: DeliveryMachine) -> None:
    screen = with_a_long_history(play)
    screen.ask_history()
    play.mend_one(screen.low - 1, is_recall=True)
    play.heal()
    screen.page_arrives(0)
    play.heal()


def a_page_arrives_twice(play: DeliveryMachine) -> None:
    screen = with_a_long_history(play)
    screen.ask_history()
    screen.ask_history()
    screen.page_arrives(0)
    play.mend_one(screen.low, is_recall=True)
    play.heal()
    screen.page_arrives(0)
    play.heal()


def with_a_long_history(play: DeliveryMachine) -> Screen:
    """wei looks at the end of a conversation that is longer than a window."""
    away(play, 1)
    for _ in range(6):
        play.post("lin")
    play.screens[1].forget(play.screens[1].talk)
    play.heal()
    return play.screens[1]


def away(play: DeliveryMachine, number: int) -> None:
    play.a_socket_breaks_or_comes_back(number)


def back(play: DeliveryMachine, number: int) -> Screen:
    play.a_socket_breaks_or_comes_back(number)
    return play.screens[number]


# Each wrong variant: the story that shows it, and how.
VARIANTS: dict[str, tuple[Story, str]] = {
    "no_idempotency": (a_retry, "message_posted_once|UNIQUE|503"),
    "naive_savepoint": (a_retry, "GAP"),
    "seq_cursor": (an_edit_while_away, "HEAL"),
    "page_by_seq": (an_edit_and_more_than_a_page_while_away, "HEAL"),
    "no_heads_in_heartbeat": (a_lost_hint, "HEAL"),
    "payload_push": (a_frame_after_a_catch_up_that_failed, "HEAL"),
    "no_visibility_reset": (history_opens_to_a_newcomer, "HEAL"),
    "reset_by_ver": (history_opens_to_a_newcomer, "never finishes"),
    "epoch_ignored": (a_restore, "HEAL"),
    "ex_member_reads": (somebody_leaves, "SAFE"),
    "overwrite": (a_page_arrives_twice, "HEAL"),
    "larger_version_wins": (a_late_page_is_overtaken, "HEAL"),
}
