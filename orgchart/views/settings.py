"""What is mine: profile, look and language, password, browsers, access tokens. What changes goes through the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.actions.tokens import DAYS_AT_MOST
from accounts.agents import described
from accounts.models import AccessToken, Scope, Session, User
from accounts.preferences import time_zones
from orgchart import directory
from orgchart.models import Member
from orgchart.pages import PageRequest, organization_page, render_page

SECTIONS = ("profile", "appearance", "security", "tokens")
DAYS = (7, 30, 90, DAYS_AT_MOST)


@require_safe
@organization_page
def my_settings(request: PageRequest, me: Member, section: str = "") -> HttpResponse:
    """The list of sections, and one of them; without a name the first, which a phone shows only when it is asked for."""
    shown = section or SECTIONS[0]
    if shown not in SECTIONS:
        raise Http404
    context = {"section": shown, "is_open": bool(section), **CONTENTS[shown](request, me)}
    return render_page(request, f"settings/{shown}.html", me, "settings", context)


def _profile(request: PageRequest, me: Member) -> dict[str, Any]:
    tree = directory.tree(me)
    person = directory.with_places(Member.objects.filter(pk=me.pk).select_related("user", "manager")).get()
    places = [(placement, tree.path(placement.department_id)) for placement in person.placements.all()]
    return {"person": person, "places": places}


def _appearance(request: PageRequest, me: Member) -> dict[str, Any]:
    zones = sorted(zone for zone in time_zones() if "/" in zone and not zone.startswith("Etc/"))
    return {
        "themes": User.Theme.choices,
        "densities": User.Density.choices,
        "zones": zones,
        "server_zone": settings.TIME_ZONE,
    }


def _security(request: PageRequest, me: Member) -> dict[str, Any]:
    sessions = [(session, described(session.agent)) for session in Session.objects.of(me.user)]
    return {"sessions": sessions, "current_id": request.session.id}


def _tokens(request: PageRequest, me: Member) -> dict[str, Any]:
    good = AccessToken.objects.good()
    tokens = good.filter(user=me.user, organization_id=me.organization_id).order_by("-pk")
    return {"tokens": tokens, "scopes": Scope.choices, "days": DAYS}


CONTENTS = {"profile": _profile, "appearance": _appearance, "security": _security, "tokens": _tokens}
