"""Django's PostgreSQL, whose pool hands out no connection that the server has ended.

After a restart of PostgreSQL every connection in the pool is dead, and each would fail the request that gets it. Django's own
setting for this, CONN_HEALTH_CHECKS, asks the server before each request and waits longer after each dead connection; ADR 19.
"""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from workspace.postgresql.times import with_utc


class DatabaseWrapper(base.DatabaseWrapper):
    pool: ConnectionPool[Connection[Any]] | None

    def get_connection_params(self) -> dict[str, Any]:
        parameters = super().get_connection_params()
        # A connection in another zone (TIME_ZONE in the settings) gets Django's own reader for each cursor.
        return {**parameters, "context": with_utc(parameters["context"])}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        connection = super().get_new_connection(conn_params)
        while self.pool and not is_alive(connection):
            # The pool makes a new one for each that comes back closed.
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def is_alive(connection: Connection[Any]) -> bool:
    """Whether the server is still there, for a connection that waits in a pool.

    It has nothing to say to one, but that it ends; so only where there is something to read, a round trip is worth it.
    """
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    if not line.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
