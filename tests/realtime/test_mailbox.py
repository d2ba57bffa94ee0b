"""What the hub is told must not be able to break it."""

import asyncio

from realtime.connection import Connection
from realtime.gate import Knock, Pass
from realtime.hub import Hub
from realtime.mailbox import Mailbox
from realtime.streams import Stream


def test_a_stream_of_another_release_is_skipped_and_the_rest_kept() -> None:
    mailbox = Mailbox()
    mailbox.hint({"moved": {"riddle:1": 3, "conversation:7": 5}})
    assert mailbox.take().moved == {Stream("conversation", 7): 5}


def test_who_went_before_the_door_was_opened_is_not_let_in() -> None:
    hub = Hub()

    async def knock_and_go() -> None:
        waiting = asyncio.create_task(hub.arrive(Knock(None, None, "lakeside")))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(knock_and_go())
    [arrival] = hub.mailbox.take().arrivals
    assert not arrival.answer.set_running_or_notify_cancel()
    arrival.turn_away(1012)


def test_who_goes_while_the_door_is_being_opened_leaves_again() -> None:
    hub, inside = Hub(), Connection(Pass(1, 2, 3, "session:4"))

    async def knock_and_go() -> None:
        waiting = asyncio.create_task(hub.arrive(Knock(None, None, "lakeside")))
        await asyncio.sleep(0)
        [arrival] = hub.mailbox.take().arrivals
        assert arrival.answer.set_running_or_notify_cancel()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        arrival.answer.set_result(inside)

    asyncio.run(knock_and_go())
    assert hub.mailbox.take().departed == [inside]
