"""The socket `/ws/v1/orgs/<org>/`: comes, is proved, is written to by the hub, sends a few kinds of frames, goes.

docs/api/socket.md is its contract. A plain ASGI application: a Channels consumer would cost a thread hop for every event.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeGuard, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.utils.translation import gettext_lazy as _

from realtime import frames, hints
from realtime.connection import Connection
from realtime.gate import Knock, Refusal, gate
from realtime.hub import hub
from realtime.intake import intake
from wire.json import cleaned, parse
from wire.problems import Problem

log = logging.getLogger(__name__)

LARGEST_FRAME = 64 * 1024
FRAMES_PER_SECOND = 60.0
BURST = 240.0
CHARACTERS_PER_FRAME = 2_000  # so many cost as much as another frame
WATCHED = 200
TYPING_PAUSE = 2.0  # seconds
TYPING_BURST = 3  # who goes from one conversation to the next may be quicker for once
WATCH_PAUSE = 1.0  # seconds
HELLO_PAUSE = 1.0  # seconds; a browser that probes its line waits four for the answer
IN_FLIGHT = 64


async def unknown(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An address that no socket has."""
    await receive()
    await send({"type": "websocket.close", "code": 4003})


async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One socket from its handshake to its end."""
    if (await receive())["type"] != "websocket.connect":
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    token = _bearer(headers)
    if not _may_come_from(headers.get("origin"), host=headers.get("host"), has_token=token is not None):
        # Before the handshake ends: a foreign page learns nothing but that.
        await send({"type": "websocket.close", "code": 4003})
        return
    await send({"type": "websocket.accept"})
    cookies = _cookies(headers)
    knock = Knock(
        session_key=cookies.get(settings.SESSION_COOKIE_NAME),
        token=token,
        handle=scope["url_route"]["kwargs"]["org"],
        language=cookies.get(settings.LANGUAGE_COOKIE_NAME),
        accept_language=headers.get("accept-language", ""),
    )
    connection = await hub.arrive(knock)
    if isinstance(connection, Refusal):
        await send({"type": "websocket.close", "code": connection.code})
        return
    connection.write = scope.get("extensions", {}).get("lakeside.write", {}).get("write")
    await Socket(connection, receive, send).live()


def _bearer(headers: dict[str, str]) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _may_come_from(origin: str | None, *, host: str | None, has_token: bool) -> bool:
    """A cookie needs a listed Origin; without an Origin only a bearer token speaks."""
    if origin is None:
        return has_token
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    # The embedded default is reached under several names of the same machine; a page of another port is a stranger.
    is_own = settings.EMBEDDED and origin == f"http://{host}"
    return is_own and urlsplit(origin).hostname in {"127.0.0.1", "localhost", "::1"}


def _cookies(headers: dict[str, str]) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


class Socket:
    """Reading, writing and their bounds. Whichever ends first ends the socket."""

    def __init__(self, connection: Connection, receive: Any, send: Any) -> None:
        self.connection = connection
        self.receive = receive
        self.send = send
        self.loop = asyncio.get_running_loop()
        self.credit = BURST
        self.credited_at = time.monotonic()
        self.typing_in: int | None = None
        self.typed_at: deque[float] = deque(maxlen=TYPING_BURST)
        self.in_flight = asyncio.Semaphore(IN_FLIGHT)
        self.wanted: list[int] | None = None
        self.watching: asyncio.Task[None] | None = None
        self.asked_at = -HELLO_PAUSE
        self.asking: asyncio.TimerHandle | None = None

    async def live(self) -> None:
        """Read here, write beside it; whoever calls `connection.close` wakes both out of whatever they wait for."""
        reading = cast("asyncio.Task[None]", asyncio.current_task())
        self.connection.on_close = reading.cancel
        writing = asyncio.create_task(self._write())

        def stop_reading(ended: asyncio.Task[None]) -> None:
            if not ended.cancelled() and ended.exception() is not None:
                log.info("socket_dropped", extra={"error": type(ended.exception()).__name__})
            reading.cancel()

        writing.add_done_callback(stop_reading)
        try:
            # It may have been closed between the greeting and now.
            if self.connection.close_code is None:
                await self._read()
        except asyncio.CancelledError:
            if self.connection.close_code is None and not writing.done():
                raise
        finally:
            hub.mailbox.leave(self.connection)
            self.connection.on_close = None
            self._stop_watching()
            if self.asking is not None:
                self.asking.cancel()
            writing.remove_done_callback(stop_reading)
            writing.cancel()
        if self.connection.close_code is not None:
            try:
                # Who doesn't read doesn't read this either; the server drops the line when we return.
                await asyncio.wait_for(self.send({"type": "websocket.close", "code": self.connection.close_code}), 1)
            except (TimeoutError, OSError, RuntimeError):
                log.info("socket_dropped", extra={"code": self.connection.close_code})

    async def _write(self) -> None:
        connection = self.connection
        while True:
            await connection.wake.wait()
            connection.wake.clear()
            if connection.frames:
                connection.is_sending = True
                await self.send({"type": "websocket.send", "text": connection.take()})
                connection.is_sending = False

    async def _read(self) -> None:
        while True:
            event = await self.receive()
            if event["type"] != "websocket.receive":
                return
            text = event.get("text")
            if text is None:
                self.connection.close(1003)
            elif len(text) > LARGEST_FRAME:
                self.connection.close(1009)
            elif not self._pays(1 + len(text) / CHARACTERS_PER_FRAME):
                self.connection.close(4009)
            else:
                await self._take(text)

    def _pays(self, price: float) -> bool:
        now = time.monotonic()
        self.credit = min(BURST, self.credit + (now - self.credited_at) * FRAMES_PER_SECOND) - price
        self.credited_at = now
        return self.credit >= 0

    async def _take(self, text: str) -> None:
        try:
            raw = parse(text)
        except Problem:
            self.connection.close(4400)
            return
        try:
            frame = cleaned(raw)
        except Problem as problem:
            # A character that can't be stored is a mistake in one message; the answer says so and the socket goes on.
            id = raw.get("id") if isinstance(raw, dict) else None
            id = id if _is_frame_id(id) and id.isascii() else None
            self._answer(id, *frames.refusal(problem, self.connection.identity))
            return
        name = frame.get("type") if isinstance(frame, dict) else None
        if not isinstance(name, str):
            self.connection.close(4400)
        elif name == "typing":
            self._typing(frame)
        elif name == "conversation.open":
            self._open(frame)
        elif name == "presence.set":
            self._presence(frame)
        elif name == "presence.watch":
            self._watch(frame)
        elif name == "heads":
            self._ask_for_heads()
        else:
            await self._hand_in(name, frame)

    async def _hand_in(self, name: str, frame: dict[str, Any]) -> None:
        waiting = intake(name)
        id = frame.pop("id", None)
        if waiting is None or not _is_frame_id(id):
            self.connection.close(4400)
            return
        await self.in_flight.acquire()

        def answer(status: int, body: str) -> None:
            self.loop.call_soon_threadsafe(self._answer_and_go_on, id, status, body)

        if not waiting.put((self.connection.identity, frame, answer)):
            detail = _("Too much waits to be answered. Send the same frame again.")
            problem = Problem(503, "busy", detail=detail, retry_after=1)
            self._answer_and_go_on(id, *frames.refusal(problem, self.connection.identity))

    def _answer_and_go_on(self, id: str, status: int, body: str) -> None:
        self.in_flight.release()
        self._answer(id, status, body)

    def _answer(self, id: str | None, status: int, body: str) -> None:
        self.connection.push(frames.answer(id, status, body))

    def _ask_for_heads(self) -> None:
        """At once, or as soon as the last time is long enough ago; all that is asked until then gets that one answer."""
        if self.asking is None:
            self.asking = self.loop.call_at(max(self.loop.time(), self.asked_at + HELLO_PAUSE), self._be_greeted_again)

    def _be_greeted_again(self) -> None:
        self.asking, self.asked_at = None, self.loop.time()
        hub.mailbox.lose(self.connection)

    def _typing(self, frame: dict[str, Any]) -> None:
        conversation, is_typing = frame.get("conversation"), frame.get("is_typing")
        if not _is_id(conversation) or not isinstance(is_typing, bool):
            self.connection.close(4400)
            return
        if not self._is_news(conversation, is_typing):
            return
        identity = self.connection.identity
        if identity.can_write:
            hints.send({"typing": {"conversation": conversation, "member": identity.member_id, "is_typing": is_typing}})

    def _is_news(self, conversation: int, is_typing: bool) -> bool:
        """Whether others need hear of it: no more often than somebody types, and an end only after a beginning."""
        is_told = self.typing_in == conversation
        if not is_typing:
            self.typing_in = None if is_told else self.typing_in
            return is_told
        now = time.monotonic()
        is_too_soon = is_told and now - self.typed_at[-1] < TYPING_PAUSE
        if len(self.typed_at) == TYPING_BURST and now - self.typed_at[0] < TYPING_BURST * TYPING_PAUSE:
            is_too_soon = True
        if is_too_soon:
            return False
        self.typing_in = conversation
        self.typed_at.append(now)
        return True

    def _open(self, frame: dict[str, Any]) -> None:
        conversation = frame.get("conversation")
        if conversation is not None and not _is_id(conversation):
            self.connection.close(4400)
            return
        self.connection.open_conversation = conversation

    def _presence(self, frame: dict[str, Any]) -> None:
        state = frame.get("state")
        if state not in ("online", "away"):
            self.connection.close(4400)
            return
        self.connection.presence = state
        hub.mailbox.turn(self.connection)

    def _watch(self, frame: dict[str, Any]) -> None:
        members = frame.get("members")
        if not isinstance(members, list) or len(members) > WATCHED or not all(_is_id(member) for member in members):
            self.connection.close(4400)
            return
        self.wanted = members
        if self.watching is None or self.watching.done():
            # Beside the reading: Redis may be slow to answer, and what is said next must not wait for it.
            self.watching = asyncio.create_task(self._show_presence())

    async def _show_presence(self) -> None:
        # One look at a time, at the newest list: a thread that was begun can't be called back.
        while (members := self.wanted) is not None:
            self.wanted = None
            await self._show_presence_of(members)
            # What is asked meanwhile gets one answer.
            await asyncio.sleep(WATCH_PAUSE)

    async def _show_presence_of(self, members: list[int]) -> None:
        try:
            watched, states = await asyncio.to_thread(_look_for, self.connection, members)
        except Error as error:
            # The client asks again with the next people on its screen.
            log.warning("presence_unanswered", extra={"error": type(error).__name__})
            return
        self.connection.watched = watched
        self.connection.push(frames.presence(states))

    def _stop_watching(self) -> None:
        if self.watching is not None:
            self.watching.cancel()


def _look_for(connection: Connection, members: list[int]) -> tuple[frozenset[int], dict[int, str]]:
    from django.db import connection as database

    try:
        visible = gate.visible_members(connection.identity, members)
    finally:
        # This thread belongs to the loop's pool; the connection goes back to the database's.
        database.close()
    return frozenset(visible), dict(hub.presence.states(visible))


def _is_id(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _is_frame_id(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= 64
