"""How uvicorn serves Lakeside: the same options for `make run`, for production and for the tests."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

APPLICATION = "workspace.asgi:application"

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

    ASGI's `send` makes the frame anew for each socket, and is awaited by a task of its own: at 500 sockets that is most of
    what a message costs. `scope["extensions"]["lakeside.write"]["write"]` is `write`, below.
    """

    async def run_asgi(self) -> None:
        self.scope["extensions"]["lakeside.write"] = {"write": self.write}
        await super().run_asgi()

    def write(self, frame: bytes) -> bool:
        """Send a whole frame now, on the event loop's thread. False if the line is not open or full: then `send` is the way."""
        if not self.handshake_complete or self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
