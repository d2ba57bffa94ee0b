"""How uvicorn serves Lakeside: the same options for `make run`, for production and for the tests."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import State

APPLICATION = "workspace.asgi:application"
DRAINED_WITHIN = 10.0  # seconds; who is closed has so long to read what was written before
UNREAD_PONGS = 1_000
FRAGMENTS = 1_000  # of one message; browsers make a few

OPTIONS: dict[str, Any] = {
    "ws": "workspace.server:SocketProtocol",
    # Compression doubles what a broadcast and an idle connection cost; pages are compressed by HTTP.
    "ws_per_message_deflate": False,
    # The socket protocol allows 64 KiB a frame; uvicorn closes with 1009 above it.
    "ws_max_size": 64 * 1024,
    # Without a limit one open socket would keep a stopping server for ever.
    "timeout_graceful_shutdown": 8,
    "lifespan": "on",
    "server_header": False,
    "access_log": False,
    # What it logs goes through the logging of the settings.
    "log_config": None,
    "log_level": "warning",
}


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, with a door for frames that were made once and go to many sockets.

    ASGI's `send` makes the frame anew for each socket, and is awaited by a task of its own (ADR 22).
    `scope["extensions"]["lakeside.write"]["write"]` is `write`, below.
    """

    unread_pongs = 0

    async def run_asgi(self) -> None:
        self.scope["extensions"]["lakeside.write"] = {"write": self.write}
        await super().run_asgi()
        self._be_gone_soon()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._be_gone_soon()

    def _be_gone_soon(self) -> None:
        # A transport that is to close waits until all is read. Who never reads would stay for ever, counted by nobody.
        if not self.disconnected:
            self.loop.call_later(DRAINED_WITHIN, self.transport.abort)

    def handle_ping(self) -> None:
        # A pong is written whether the line is full or not, and pings are not paid for.
        self.unread_pongs = 0 if self.writable.is_set() else self.unread_pongs + 1
        if self.unread_pongs > UNREAD_PONGS:
            self.transport.abort()
        else:
            super().handle_ping()

    def handle_cont(self, event: Frame) -> None:
        if self.close_sent:
            return
        if len(self.frames) == FRAGMENTS:
            # Empty ones would go on below the largest size.
            self.conn.fail(1009, "too many fragments")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def write(self, frame: bytes) -> bool:
        """Send a whole frame now, on the event loop's thread. False if the line is not open or full: then `send` is the way."""
        if not self.handshake_complete or self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
