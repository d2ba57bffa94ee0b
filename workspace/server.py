"""How uvicorn serves Lakeside: the same options for `make run`, for production and for the tests."""

from typing import Any

APPLICATION = "workspace.asgi:application"

OPTIONS: dict[str, Any] = {
    "ws": "websockets-sansio",
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
