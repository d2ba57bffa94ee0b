"""The pages by which people come in: an invitation's link, and the first start of an empty server."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions.attempts import JOIN_SOURCE, count_attempt, take_back_attempt
from accounts.actions.sessions import sign_in
from accounts.models import User
from accounts.requests import VisitorRequest
from accounts.views import refuse, show
from orgchart import first_start
from orgchart.actions.first_start import start as found_first
from orgchart.actions.invitations import join_by_invitation
from orgchart.forms import JoinAsMyselfForm, JoinForm, StartForm
from orgchart.models import Invitation, Member
from wire.problems import Problem


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def join(request: VisitorRequest, token: str) -> HttpResponse:
    """Come in by a link: as somebody new, or as who is signed in."""
    invitation = (
        Invitation.objects.behind(token).open().select_related("organization", "created_by", "department").first()
    )
    if invitation is None:
        return render(request, "orgchart/invitation_closed.html", status=410)
    me = request.user if request.user.is_authenticated else None
    if me:
        if member := Member.objects.active().filter(user=me, organization=invitation.organization).first():
            return redirect("chat", org=member.organization.handle)
        known_as = Member.objects.filter(user=me).values_list("name", flat=True).first()
        form: JoinAsMyselfForm | JoinForm = JoinAsMyselfForm(request.POST or None, initial={"name": known_as})
    else:
        form = JoinForm(request.POST or None, email=invitation.email)
    if form.is_valid():
        source = request.META.get("REMOTE_ADDR", "")
        try:
            # Whoever has a link could ask it who has an account here, or let us hash without end.
            count_attempt(JOIN_SOURCE, source)
            user = me or form.new_user()  # type: ignore[union-attr]
            join_by_invitation(token=token, name=form.cleaned_data["name"], user=_speaking(user))
        except Problem as problem:
            refuse(form, problem)
        else:
            take_back_attempt(JOIN_SOURCE, source)
            if not me:
                sign_in(request=request, user=user, how="invitation")
            return redirect("chat", org=invitation.organization.handle)
    return show(request, "orgchart/join.html", form, invitation=invitation, me=me)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password", "token")
def start(request: VisitorRequest) -> HttpResponse:
    """Make the first organization and its owner. The console's token opens the page, once."""
    if not first_start.is_open():
        raise Http404
    token = request.POST.get("token", request.GET.get("token", ""))
    if not first_start.is_token(token):
        return render(request, "orgchart/start_token.html", {"is_wrong": bool(token)}, status=403 if token else 200)
    form = StartForm(request.POST if "organization" in request.POST else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            member = found_first(
                name=given["organization"],
                handle=given["handle"],
                owner_name=given["name"],
                user=_speaking(form.new_user()),
            )
        except Problem as problem:
            if problem.status == 404:
                raise Http404
            refuse(form, problem)
        else:
            sign_in(request=request, user=member.user, how="start")
            return redirect("chat", org=member.organization.handle)
    return show(request, "orgchart/start.html", form, token=token)


def _speaking(user: User) -> User:
    """Somebody new keeps the language in which they came in."""
    if user._state.adding:
        user.language = get_language() or ""
    return user
