"""The limit: a bare `websockets` broadcast. It stores nothing, knows nobody, proves nothing; what comes into a room goes to all in it.

`python -m tests.bench.limit` listens on a free port, prints it and serves until its standard input ends. The path is the room.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import defaultdict

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

rooms: dict[str, set[ServerConnection]] = defaultdict(set)


async def follow(connection: ServerConnection) -> None:
    assert connection.request is not None
    room = rooms[connection.request.path]
    room.add(connection)
    try:
        # A generator that hangs up without a word is no error here.
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                broadcast(room, message)
    finally:
        room.discard(connection)


async def main() -> None:
    async with serve(follow, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main())
