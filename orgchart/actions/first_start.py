"""The first start of a server."""

from __future__ import annotations

from accounts.models import User
from orgchart import first_start
from orgchart.actions.organizations import found_within
from orgchart.models import Member
from realtime.models import Installation
from realtime.streams import locked
from wire.problems import missing


def start(*, name: str, handle: str, owner_name: str, user: User) -> Member:
    """Found the first organization; its owner also looks after the server. Raises Problem: 404 once there is one, else as founding does."""
    with locked() as heads:
        # Two people with the console's token: the first wins.
        Installation.objects.select_for_update().get()
        if not first_start.is_open():
            raise missing()
        user.is_operator = True
        return found_within(heads=heads, name=name, handle=handle, owner_name=owner_name, user=user)
