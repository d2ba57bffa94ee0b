"""The people, things and requests that the rows of table.py speak of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.actions.users import create_user
from accounts.models import AccessToken, Session
from chat.actions.conversations import create_group, start_direct
from chat.actions.participants import give_role, remove_participant
from chat.actions.posting import post_message
from chat.models import Conversation
from orgchart.actions.departments import create_department
from orgchart.actions.invitations import create_invitation
from orgchart.actions.members import add_member, deactivate_member
from orgchart.models import Member, Organization
from outbox.models import DueRow
from tests.cast import found_organization, newcomer, token_of, unsaved_user
from tests.rights.table import Row
from wire.json import encode

NOBODY = 999_999_999_999
# Requests come from another machine: on its own, the server shows its figures to everybody.
ELSEWHERE = "203.0.113.7"
READING = ("directory:read", "chat:read", "account:read")


def uuid(number: int) -> UUID:
    return UUID(int=number, version=4)


@dataclass
class World:
    """Who asks (`clients` by role) and what there is. `missing` is the same world without the things: every id is nobody's."""

    clients: dict[str, Client]
    things: Things

    def ask(self, row: Row, role: str, *, missing: bool = False) -> HttpResponse:
        """Send the row's request as this role; with `missing`, for a thing of the same kind that doesn't exist."""
        request = self.request(row, role)
        kwargs = dict(request.kwargs)
        if missing:
            kwargs = {name: absent(name, value, knows_company=role in INSIDERS) for name, value in kwargs.items()}
        address = request.address or reverse(row.address, kwargs=kwargs)
        if request.query and missing:
            address += f"?department={NOBODY}"
        elif request.query:
            address += f"?department={request.query}"
        client = self.clients[role]
        if row.address.startswith("api-") and request.body is not None:
            return client.generic(row.method, address, encode(request.body), content_type="application/json")
        if row.method == "POST":
            return client.post(address, request.body or {})
        return client.generic(row.method, address)

    def request(self, row: Row, role: str) -> Request:
        for name in (
            f"{row.method} {row.address}@{row.case}",
            f"{row.address}@{row.case}",
            f"{row.method} {row.address}",
            row.address,
        ):
            if name in REQUESTS:
                return REQUESTS[name](self.things, role)
        return Request()


@dataclass
class Things:
    """What the requests name."""

    lakeside: Organization
    people: dict[str, Member]
    group: Conversation
    direct: Conversation
    ids: dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What a row asks for. `query` is a department that the address names behind its question mark."""

    kwargs: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    query: int | None = None
    address: str = ""


INSIDERS = {"stranger", "person", "admin", "owner", "left", "manager", "boss", "reader"}


def absent(name: str, value: Any, *, knows_company: bool) -> Any:
    """A value of the same kind that names nothing."""
    if name == "org":
        return value if knows_company else "nowhere"
    if name == "stream":
        return f"{value.partition(':')[0]}:{NOBODY}"
    return value if isinstance(value, str) else NOBODY


def _org(things: Things, **more: Any) -> dict[str, Any]:
    return {"org": things.lakeside.handle, **more}


def _group(**more: str) -> Callable[[Things], dict[str, Any]]:
    return lambda things: _org(things, conversation_id=things.group.pk, **{k: things.ids[v] for k, v in more.items()})


def _direct(**more: str) -> Callable[[Things], dict[str, Any]]:
    return lambda things: _org(things, conversation_id=things.direct.pk, **{k: things.ids[v] for k, v in more.items()})


def _to(kwargs: Callable[[Things], Mapping[str, Any]], body: Any = None) -> Callable[[Things, str], Request]:
    """A request whose body may be a function of the things."""
    return lambda things, role: Request(kwargs(things), body(things) if callable(body) else body)


def _oneself(conversation: str) -> Callable[[Things, str], Request]:
    def request(things: Things, role: str) -> Request:
        own = (
            things.people["person" if role in {"reader", "elsewhere"} else role].pk if role in things.people else NOBODY
        )
        return Request(_org(things, conversation_id=getattr(things, conversation).pk, member_id=own))

    return request


REQUESTS: dict[str, Callable[[Things, str], Request]] = {
    "POST dead-letters": lambda things, role: Request(body={"row": things.ids["dead"]}),
    "POST sign-in": lambda things, role: Request(body={"address": "wei@lakeside.example"}),
    "POST password-change": lambda things, role: Request(body={"password": "too short"}),
    "POST password-reset": lambda things, role: Request(body={"address": "wei@lakeside.example"}),
    "password-reset-link": lambda things, role: Request({"user": things.people["person"].user_id, "token": "c0ffee-0"}),
    "POST language": lambda things, role: Request(body={"language": "zh-hans"}),
    "join": lambda things, role: Request({"token": things.ids["link"]}, {"name": "新人"}),
    "join@forged": lambda things, role: Request({"token": "c0ffee.0"}, {"name": "新人"}),
    "chat": _to(_org),
    "conversation": _to(_group()),
    "conversation@direct": _to(_direct()),
    "people": _to(_org),
    "people@department": lambda things, role: Request(_org(things), query=things.ids["department"]),
    "profile": lambda things, role: Request(_org(things, member_id=things.people["person"].pk)),
    "settings": _to(_org),
    "settings-section": lambda things, role: Request(_org(things, section="tokens")),
    "invitations": _to(_org),
    "POST invitations": _to(_org, {"days": 7, "use_limit": 1, "email": ""}),
    "invitation-end": lambda things, role: Request(_org(things, invitation_id=things.ids["invitation"])),
    "api-unknown": lambda things, role: Request(address="/api/v1/nothing/of/the/sort"),
    "PATCH api-me": _to(lambda things: {}, {"theme": "dark"}),
    "POST api-tokens": _to(lambda things: {}, {"organization": "lakeside", "name": "build", "scopes": ["chat:read"]}),
    "api-token": lambda things, role: Request({"token": things.ids["token"]}),
    "api-session": lambda things, role: Request({"session": things.ids["session"]}),
    "api-organization": _to(_org),
    "api-departments": _to(_org),
    "api-members": _to(_org),
    "api-members@department": lambda things, role: Request(_org(things), query=things.ids["department"]),
    "api-member": lambda things, role: Request(_org(things, member=things.people["person"].pk)),
    "api-member@gone": lambda things, role: Request(_org(things, member=things.people["gone"].pk)),
    "api-invitations": _to(_org),
    "POST api-invitations": _to(_org, {"use_limit": 5}),
    "api-invitation": lambda things, role: Request(_org(things, invitation=things.ids["invitation"])),
    "api-conversations": _to(_org),
    "POST api-conversations": _to(
        _org, lambda things: {"key": uuid(1), "kind": "group", "name": "新群", "members": [things.ids["other"]]}
    ),
    "POST api-conversations@direct": _to(
        _org, lambda things: {"key": uuid(2), "kind": "direct", "members": [things.ids["newcomer"]]}
    ),
    "POST api-conversations@foreigner": _to(
        _org, lambda things: {"key": uuid(3), "kind": "group", "members": [things.people["foreign"].pk]}
    ),
    "api-conversation": _to(_group()),
    "PATCH api-conversation": _to(_group(), {"name": "改名"}),
    "PATCH api-conversation@history": _to(_group(), {"history_mode": "join"}),
    "api-participants": _to(_group()),
    "POST api-participants": _to(_group(), lambda things: {"members": [things.ids["newcomer"]]}),
    "POST api-participants@foreigner": _to(_group(), lambda things: {"members": [things.people["foreign"].pk]}),
    "PATCH api-participant": _to(_group(member_id="other"), {"role": "admin"}),
    "PATCH api-participant@owner": _to(_group(member_id="other"), {"role": "owner"}),
    "PATCH api-participant@absent": _to(_group(member_id="newcomer"), {"role": "admin"}),
    "api-participant": _to(_group(member_id="other")),
    "DELETE api-participant@oneself": _oneself("group"),
    "DELETE api-participant@of-owner": lambda things, role: Request(
        _org(
            things, conversation_id=things.group.pk, member_id=things.people["owner" if role != "owner" else "admin"].pk
        )
    ),
    "api-messages": _to(_group()),
    "POST api-messages": _to(_group(), {"key": uuid(4), "text": "早"}),
    "api-message": _to(_group(message_id="said by person"), {"text": "改"}),
    "api-message@of-left": _to(_group(message_id="said by left"), {"text": "改"}),
    "api-message-recall": _to(_group(message_id="said by person")),
    "api-message-recall@of-left": _to(_group(message_id="said by left")),
    "api-read-marker": _to(_group(), {"displayed": [[1, 2]]}),
    "api-seen-marker": _to(_group(), {"seq": 1}),
    "api-unread-marker": _to(_group(), {"seq": 1}),
    "api-membership": _to(_group(), {"is_muted": True}),
    "api-sync": lambda things, role: Request(_org(things, stream=str(things.group.stream))),
    "api-sync@organization": lambda things, role: Request(_org(things, stream=str(things.lakeside.stream))),
    "api-sync@member": lambda things, role: Request(_org(things, stream=str(things.people["person"].stream))),
    "api-conversation@direct": _to(_direct()),
    "PATCH api-conversation@direct": _to(_direct(), {"name": "改名"}),
    "api-participants@direct": _to(_direct()),
    "POST api-participants@direct": _to(_direct(), lambda things: {"members": [things.ids["newcomer"]]}),
    "PATCH api-participant@direct": _to(_direct(member_id="other"), {"role": "admin"}),
    "DELETE api-participant@direct": _to(_direct(member_id="other")),
    "DELETE api-participant@direct-oneself": _oneself("direct"),
    "api-messages@direct": _to(_direct()),
    "POST api-messages@direct": _to(_direct(), {"key": uuid(5), "text": "早"}),
    "api-message@direct": _to(_direct(message_id="said in direct"), {"text": "改"}),
    "api-message@direct-other": _to(_direct(message_id="said by other"), {"text": "改"}),
    "api-message-recall@direct": _to(_direct(message_id="said in direct")),
    "api-message-recall@direct-other": _to(_direct(message_id="said by other")),
    "api-read-marker@direct": _to(_direct(), {"displayed": [[1, 1]]}),
    "api-seen-marker@direct": _to(_direct(), {"seq": 0}),
    "api-unread-marker@direct": _to(_direct(), {"seq": 0}),
    "api-membership@direct": _to(_direct(), {"is_pinned": True}),
    "api-sync@direct": lambda things, role: Request(_org(things, stream=str(things.direct.stream))),
}


def make_world() -> World:
    """Both companies, a group and a direct conversation, and everybody who asks."""
    boss = found_organization(
        name="湖畔科技", handle="lakeside", owner_name="林溪", user=unsaved_user("lin@lakeside.example")
    )
    lakeside = boss.organization
    foreign = found_organization(
        name="Northwind", handle="northwind", owner_name="Ana Moreno", user=unsaved_user("ana@northwind.example")
    )
    people = {
        "boss": boss,
        "foreign": foreign,
        "manager": newcomer(lakeside, name="赵明远", address="zhao@lakeside.example", role=Member.Role.ADMIN),
        "person": newcomer(lakeside, name="魏然", address="wei@lakeside.example"),
        **{role: newcomer(lakeside) for role in ("stranger", "admin", "owner", "left", "gone", "other", "newcomer")},
    }
    person, owner, other = people["person"], people["owner"], people["other"]
    group = create_group(
        by=owner,
        members=[person, people["admin"], people["left"], people["gone"], other],
        key=uuid(100),
        name="项目群",
        history_mode="all",
    )
    give_role(conversation=group, member=people["admin"], role="admin", by=owner)
    direct = start_direct(by=person, other=other)
    said = {
        "said by person": post_message(conversation=group, sender=person, key=uuid(101), text="早").pk,
        "said by left": post_message(conversation=group, sender=people["left"], key=uuid(102), text="早").pk,
        "said in direct": post_message(conversation=direct, sender=person, key=uuid(103), text="早").pk,
        "said by other": post_message(conversation=direct, sender=other, key=uuid(104), text="早").pk,
    }
    remove_participant(conversation=group, member=people["left"], by=people["left"])

    twin = add_member(organization=foreign.organization, user=person.user, name="Wei Ran")
    operator = create_user(user=unsaved_user("operator@lakeside.example"))
    operator.is_operator = True
    operator.save()
    clients = {role: _browser(member.user) for role, member in people.items()}
    clients |= {
        "anonymous": Client(REMOTE_ADDR=ELSEWHERE),
        "operator": _browser(operator),
        "reader": _program(token_of(person, *READING)),
        "elsewhere": _program(token_of(twin)),
    }
    deactivate_member(member=people["gone"], by=boss)

    invitation = create_invitation(by=boss, use_limit=20)
    token_of(person)
    dead = DueRow.objects.create(
        kind="message.fan_out", payload={}, due_at=invitation.created_at, dead_at=invitation.created_at
    )
    ids = {
        **said,
        "other": other.pk,
        "newcomer": people["newcomer"].pk,
        "department": create_department(organization=lakeside, name="产品部").pk,
        "invitation": invitation.pk,
        "link": invitation.path.removeprefix("/join/").rstrip("/"),
        "dead": dead.pk,
        "token": AccessToken.objects.filter(user=person.user, organization_id=lakeside.pk).latest("pk").pk,
        "session": Session.objects.get(user=person.user).pk,
    }
    return World(clients, Things(lakeside, people, group, direct, ids))


def _browser(user: Any) -> Client:
    client = Client(REMOTE_ADDR=ELSEWHERE)
    client.force_login(user)
    return client


def _program(secret: str) -> Client:
    return Client(REMOTE_ADDR=ELSEWHERE, headers={"Authorization": f"Bearer {secret}"})
