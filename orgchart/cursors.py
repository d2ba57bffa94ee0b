"""Where a page of a list ended."""

from __future__ import annotations

import base64
import binascii
import json

from django.db.models import Q
from django.utils.translation import gettext as _

from orgchart.models import Member
from wire.problems import invalid


def after(cursor: str) -> Q:
    """The members behind the one that a page ended with. Raises Problem (400) for a cursor that no page gave out."""
    if not cursor:
        return Q()
    try:
        sort_key, pk = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if not isinstance(sort_key, str) or not isinstance(pk, int) or "\x00" in sort_key or not 0 < pk < 2**63:
            raise ValueError(cursor)
        sort_key.encode()
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise invalid("cursor", _("No page gave out this cursor."))
    return Q(sort_key__gt=sort_key) | Q(sort_key=sort_key, pk__gt=pk)


def of(member: Member) -> str:
    """What leads to the members behind this one."""
    return base64.urlsafe_b64encode(json.dumps([member.sort_key, member.pk]).encode()).decode()
