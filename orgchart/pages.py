"""The ground on which every page of an organization stands, as `orgchart.api.OrganizationView` is for the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from accounts.requests import PersonRequest
from orgchart.models import Member

Rest = ParamSpec("Rest")


class PageRequest(PersonRequest):
    """By somebody who is signed in, perhaps for a part of a page. Only for types."""

    htmx: HtmxDetails


# What waits in each room, for the rail: {room: how many, for this member}. The rooms above fill it in at start.
waiting: dict[str, Callable[[Member], int]] = {}

PageView = Callable[Concatenate[PageRequest, Member, Rest], HttpResponse]


def organization_page(view: PageView[Rest]) -> Callable[..., HttpResponse]:
    """A page under `/o/<org>/`, called with the active member who asks. To others the organization doesn't exist."""

    @login_required
    @wraps(view)
    def page(request: PageRequest, org: str, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        members = Member.objects.active().select_related("organization", "user")
        member = members.filter(organization__handle=org, user=request.user).first()
        if member is None:
            raise Http404
        return view(request, member, *args, **kwargs)

    return page


def render_page(request: PageRequest, template: str, me: Member, room: str, context: dict[str, Any]) -> HttpResponse:
    """A template that extends `app.html`; `room` is the one that the rail marks."""
    # The page's modules call the API with the token of this cookie, whether or not the page has a form.
    get_token(request)
    frame = {
        "me": me,
        "organization": me.organization,
        "room": room,
        "waiting": {name: count(me) for name, count in waiting.items()},
    }
    return render(request, template, {**frame, **context})
