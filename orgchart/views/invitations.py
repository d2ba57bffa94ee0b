"""Links by which people come in, made and closed by owners and administrators."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views import refuse
from orgchart import policies
from orgchart.actions.invitations import create_invitation, revoke_invitation
from orgchart.forms import InvitationForm
from orgchart.models import Invitation, Member
from orgchart.pages import PageRequest, organization_page, render_page
from wire.problems import Problem


@require_http_methods(["GET", "HEAD", "POST"])
@organization_page
def invitations(request: PageRequest, me: Member) -> HttpResponse:
    """The links that are open, and a new one. To others than owners and administrators there is no such page."""
    if not policies.may_invite(me):
        raise Http404
    form = InvitationForm(request.POST or None, member=me)
    if form.is_valid():
        try:
            invitation = create_invitation(by=me, **form.cleaned_data)
        except Problem as problem:
            refuse(form, problem)
        else:
            said = _("The invitation is on its way.") if invitation.email else _("The link is ready.")
            messages.success(request, said)
            return redirect("invitations", org=me.organization.handle)
    found = Invitation.objects.visible_to(me).open().select_related("department", "created_by").order_by("-pk")
    links = [(invitation, request.build_absolute_uri(invitation.path)) for invitation in found]
    rows = [(invitation, link, qr_code(link)) for invitation, link in links]
    context = {"form": form, "invitations": rows}
    response = render_page(request, "orgchart/invitations.html", me, "people", context)
    response.status_code = getattr(form, "status", 400) if form.is_bound else 200
    return response


@require_POST
@organization_page
def end_invitation(request: PageRequest, me: Member, invitation_id: int) -> HttpResponse:
    """Close an invitation's link."""
    revoke_invitation(invitation=get_object_or_404(Invitation.objects.visible_to(me), pk=invitation_id), by=me)
    messages.success(request, _("The link lets nobody in any more."))
    return redirect("invitations", org=me.organization.handle)


def qr_code(link: str) -> str:
    """The link as a picture for a phone's camera: black on white in every theme, else cameras don't see it."""
    return segno.make(link, error="m").svg_inline(
        scale=4, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
