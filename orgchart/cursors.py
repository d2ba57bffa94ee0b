"""Where a page of people ended."""

from __future__ import annotations

from django.db.models import Q

from orgchart.models import Member
from wire import cursors


def after(cursor: str) -> Q:
    """The members behind the one that a page ended with. Raises Problem (400) for a cursor that no page gave out."""
    if not cursor:
        return Q()
    sort_key, pk = cursors.read(cursor, str, int)
    return Q(sort_key__gt=sort_key) | Q(sort_key=sort_key, pk__gt=pk)


def of(member: Member) -> str:
    """What leads to the members behind this one."""
    return cursors.of(member.sort_key, member.pk)
