"""What lives as long as the web process: the hub, and in the embedded default the sweep that works due rows off.

Servers that speak the ASGI lifespan protocol (uvicorn) start and stop it; with others (daphne) the first connection
starts it.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from django.conf import settings

from outbox.relay import work_off
from realtime.hub import hub


class Lifespan:
    """Wraps the application; starts the household once, whichever event comes first."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.stopping = threading.Event()
        self.is_started = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            self.start()
            await self.application(scope, receive, send)
            return
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self.stop)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> None:
        if self.is_started:
            return
        self.is_started = True
        self.stopping.clear()
        hub.start(asyncio.get_running_loop())
        if not settings.REDIS_URL:
            threading.Thread(target=work_off, args=(self.stopping,), name="sweep", daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        hub.stop()
        self.is_started = False
