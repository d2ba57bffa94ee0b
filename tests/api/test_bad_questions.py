"""Questions that can't be asked are refused by their field; addresses that can't be are missing."""

from __future__ import annotations

import pytest
from django.test import Client

from realtime.cursors import Cursor
from tests.api.conftest import Room
from tests.api.refusal import HUGE, NOBODY, assert_refused

pytestmark = pytest.mark.embedded


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("conversations?limit=0", "limit"),
        ("conversations?limit=501", "limit"),
        ("conversations?limit=many", "limit"),
        (f"conversations?limit={HUGE}", "limit"),
        ("conversations?limit=1&limit=2", "limit"),
        ("conversations?page=2", "page"),
        ("conversations?cursor=nonsense", "cursor"),
        ("conversations?cursor=%00", "cursor"),
        ("conversations?cursor=%ff%fe", "cursor"),
        ("conversations?cursor=" + "x" * 401, "cursor"),
        ("conversations?cursor=W10", "cursor"),
        ("conversations?cursor=WzEsMiwzXQ", "cursor"),
        ("conversations?cursor=W3RydWUsIjAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDAiLDFd", "cursor"),
        ("members?q=%00", "q"),
        ("members?q=%E2%80%AE", "q"),
        ("members?q=" + "x" * 81, "q"),
        ("members?cursor=nonsense", "cursor"),
        ("members?cursor=%00", "cursor"),
        ("members?cursor=WyJceDAwIiwgMV0=", "cursor"),
        ("members?cursor=WyJcdWQ4MDAiLCAxXQ==", "cursor"),
        ("members?department=x", "department"),
        (f"members?department={HUGE}", "department"),
        ("members?limit=-1", "limit"),
        ("members?sort=name", "sort"),
        ("conversations/{group}/messages?before=x", "before"),
        ("conversations/{group}/messages?before=-1", "before"),
        (f"conversations/{{group}}/messages?after={HUGE}", "after"),
        ("conversations/{group}/messages?before=3&after=1", "after"),
        ("conversations/{group}/messages?around=", "around"),
        ("conversations/{group}/messages?limit=201", "limit"),
        ("conversations/{group}/participants?cursor=-1", "cursor"),
        ("conversations/{group}/participants?cursor=9999999", "cursor"),
        ("conversations/{group}/participants?cursor=WzEsMiwzXQ", "cursor"),  # [1,2,3]
        ("conversations/{group}/participants?cursor=W3RydWUsIngiLDFd", "cursor"),  # [true,"x",1]
        ("conversations/{group}/participants?cursor=WzEsIngiLDkyMjMzNzIwMzY4NTQ3NzU4MDhd", "cursor"),  # [1,"x",2**63]
        ("conversations/{group}/participants?cursor=WzEsIlx1MDAwMCIsMV0", "cursor"),  # a null character
        ("conversations/{group}/participants?cursor=WzEsIngiLDFd!", "cursor"),
        ("conversations/{group}/participants?cursor=%D9%A3", "cursor"),
        ("sync/conversation:{group}?cursor=x", "cursor"),
        ("sync/conversation:{group}?cursor=1.1.1~" + "9" * 19, "cursor"),
        ("sync/conversation:{group}?cursor=" + "9" * 10 + ".1.1~1", "cursor"),
        ("sync/conversation:{group}?cursor=%00", "cursor"),
        ("sync/conversation:{group}?since=1", "since"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_by_its_field(
    room: Room, client: Client, path: str, field: str
) -> None:
    assert_refused(client.get(f"/api/v1/orgs/lakeside/{path.format(group=room.group.pk)}"), field)


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/orgs/lakeside/conversations/{HUGE}",
        "/api/v1/orgs/lakeside/conversations/0",
        "/api/v1/orgs/lakeside/conversations/-1",
        "/api/v1/orgs/lakeside/conversations/01",
        "/api/v1/orgs/lakeside/conversations/١",
        "/api/v1/orgs/lakeside/conversations/%00",
        "/api/v1/orgs/lakeside/conversations/1/",
        f"/api/v1/orgs/lakeside/members/{2**63}",
        f"/api/v1/tokens/{HUGE}",
        f"/api/v1/sessions/{HUGE}",
        f"/api/v1/orgs/lakeside/invitations/{HUGE}",
        f"/api/v1/orgs/lakeside/sync/conversation:{HUGE}",
        "/api/v1/orgs/lakeside/sync/conversation:0",
        "/api/v1/orgs/lakeside/sync/conversation:",
        "/api/v1/orgs/lakeside/sync/planet:1",
        "/api/v1/orgs/lakeside/sync/%00:1",
        "/api/v1/orgs/%00",
        "/api/v1/orgs/" + "x" * 5_000,
        "/api/v1/orgs/lakeside%2e",
        "/api/v2/me",
        "/api/",
    ],
    ids=lambda path: path[:60],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_address_that_cannot_be_is_missing(room: Room, client: Client, path: str, method: str) -> None:
    answer = client.generic(method, path)
    # The catch-all and a view answer the same; a view that doesn't know the method says so.
    assert answer.status_code in ({404} if method == "GET" else {404, 405})
    if answer.status_code == 404:
        assert answer.content == client.get(f"/api/v1/orgs/lakeside/conversations/{NOBODY}").content


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "path", [f"/o/lakeside/chat/{HUGE}/", "/o/lakeside/chat/0/", f"/o/lakeside/people/{HUGE}/", "/o/lakeside/people/?department=%00",
             f"/o/lakeside/people/?department={HUGE}", "/o/lakeside/people/?cursor=%00", "/o/%00/chat/"]
)  # fmt: skip
def test_a_page_that_cannot_be_is_missing(room: Room, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_cursor_of_the_future_or_of_another_sight_starts_over(room: Room, client: Client) -> None:
    path = f"/api/v1/orgs/lakeside/sync/conversation:{room.group.pk}"
    good = client.get(path).json()["cursor"]
    epoch, generation, version = Cursor.parse(good)
    for cursor in (
        Cursor(epoch + 1, generation, version),
        Cursor(epoch, "9.9", version),
        Cursor(epoch, generation, version + 1),
    ):
        answer = client.get(path, {"cursor": str(cursor)}).json()
        assert (answer["reset"], answer["cursor"]) == (True, good)
    assert client.get(path, {"cursor": good}).json()["reset"] is False
