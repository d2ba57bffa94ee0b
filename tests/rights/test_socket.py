"""The table's rows of the socket, against the real server."""

from __future__ import annotations

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.conftest import Server
from tests.rights.table import ROWS, Row
from tests.rights.world import World, make_world
from workspace.asgi import application

SOCKETS = [row for row in ROWS if row.method == "SOCKET"]
ADDRESSES = {"socket": "/ws/v1/orgs/lakeside/", "socket-unknown": "/ws/v1/nothing/of/the/sort"}


def test_every_route_of_sockets_stands_in_the_table() -> None:
    routes = application.application.application_mapping["websocket"].routes
    assert [str(route.pattern) for route in routes] == [r"^ws/v1/orgs/(?P<org>[a-z0-9-]{1,40})/$", ""]
    assert {row.address for row in SOCKETS} == set(ADDRESSES)


@pytest.fixture
def world(server: Server) -> World:
    return make_world()


def knock(server: Server, world: World, row: Row, role: str, *, path: str = "") -> int:
    """101 if it opens and greets, the close code if it ends, else the status of the handshake."""
    client = world.clients[role]
    headers = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}
    token = client.defaults.get("HTTP_AUTHORIZATION")
    if token:
        headers["Authorization"] = token
    origin = {"no-origin": None, "other-origin": "https://northwind.example"}.get(row.case, server.url)
    if not row.case and token:
        # A program has no origin; a browser always has.
        origin = None
    try:
        with connect(
            f"{server.ws_url}{path or ADDRESSES[row.address]}", origin=origin, additional_headers=headers, proxy=None
        ) as socket:
            assert '"type":"hello"' in str(socket.recv(timeout=10))
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 0


def test_a_socket_opens_for_whom_the_table_says(server: Server, world: World) -> None:
    for row in SOCKETS:
        assert {role: knock(server, world, row, role) for role in row.expected} == row.expected, str(row)


def test_a_foreign_organization_and_none_at_all_are_the_same_to_a_socket(server: Server, world: World) -> None:
    for role in ("anonymous", "foreign", "gone", "elsewhere", "operator"):
        theirs = knock(server, world, SOCKETS[0], role)
        assert theirs == knock(server, world, SOCKETS[0], role, path="/ws/v1/orgs/nowhere/"), role
