"""The pages at the door: sign-in, sign-out, a new password."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import demo
from accounts.actions import passwords, sessions
from accounts.actions.attempts import RESET_ADDRESS, RESET_SOURCE, count_attempt, counted_as
from accounts.forms import ChangePasswordForm, NewPasswordForm, ResetRequestForm, SignInForm
from accounts.models import User
from accounts.registry import registry
from accounts.requests import PersonRequest, VisitorRequest
from wire.problems import Problem


def show(request: VisitorRequest, template: str, form: forms.Form, **context: object) -> HttpResponse:
    """The page with its form; with the status of what the form was refused for."""
    status = getattr(form, "status", 400) if form.is_bound and not form.is_valid() else 200
    return render(request, template, {"form": form, **context}, status=status)


def refuse(form: forms.Form, problem: Problem) -> None:
    """Show an action's refusal in the form, at its fields if it names some."""
    form.status = problem.status  # type: ignore[attr-defined]
    for error in problem.errors:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    if not problem.errors:
        form.add_error(None, str(problem.detail))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: VisitorRequest) -> HttpResponse:
    """By e-mail or phone, and password."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_page(request))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            user = sessions.prove_password(request=request, **form.cleaned_data)
        except Problem as problem:
            refuse(form, problem)
        else:
            sessions.sign_in(request=request, user=user, how="password")
            return HttpResponseRedirect(next_page(request))
    people = registry.demo_people() if demo.is_open(request) else ()
    return show(
        request,
        "accounts/sign_in.html",
        form,
        people=people,
        next=request.POST.get("next", request.GET.get("next", "")),
    )


@require_POST
def sign_in_to_demo(request: VisitorRequest) -> HttpResponse:
    """As one of the few people that the page offers. Outside of the demo, and from elsewhere, there is no such address."""
    if not demo.is_open(request):
        raise Http404
    chosen = next((person for person in registry.demo_people() if str(person.id) == request.POST.get("person")), None)
    if chosen is None:
        raise Http404
    sessions.sign_in(request=request, user=get_object_or_404(User, pk=chosen.user_id, is_active=True), how="demo")
    return HttpResponseRedirect(next_page(request))


@require_POST
def sign_out(request: VisitorRequest) -> HttpResponse:
    sessions.sign_out(request=request)
    return redirect("sign-in")


@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: VisitorRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether anybody has the address or not."""
    form = ResetRequestForm(request.POST or None)
    if form.is_valid():
        address = form.cleaned_data["address"]
        try:
            count_attempt(RESET_SOURCE, request.META.get("REMOTE_ADDR", ""))
            count_attempt(RESET_ADDRESS, counted_as(address))
        except Problem as problem:
            refuse(form, problem)
        else:
            passwords.request_password_reset(address=address)
            return render(request, "accounts/reset_sent.html", {"address": address})
    return show(request, "accounts/reset.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def follow_reset_link(request: VisitorRequest, user: int, token: str) -> HttpResponse:
    """Set a new password by the link of a mail."""
    found = User.objects.filter(pk=user).first()
    if found is None or not passwords.is_good_link(user=found, token=token):
        return render(request, "accounts/reset_expired.html", status=410)
    form = NewPasswordForm(request.POST or None, user=found)
    if form.is_valid():
        try:
            person = passwords.reset_password(user=found, token=token, password=form.cleaned_data["password"])
        except Problem:
            return render(request, "accounts/reset_expired.html", status=410)
        sessions.sign_in(request=request, user=person, how="reset")
        messages.success(
            request,
            _("Your password is changed. All other browsers were signed out and your access tokens revoked."),
        )
        return redirect("home")
    return show(request, "accounts/reset_new.html", form, person=found)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@sensitive_post_parameters("old_password", "password")
def change_password(request: PersonRequest) -> HttpResponse:
    """Another password for who knows the present one."""
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            sessions.prove_own_password(user=request.user, password=form.cleaned_data["old_password"])
        except Problem as problem:
            refuse(form, problem)
        else:
            passwords.change_password(request=request, password=form.cleaned_data["password"])
            messages.success(request, _("Your password is changed. All other browsers were signed out."))
            return HttpResponseRedirect(next_page(request))
    return show(request, "accounts/change_password.html", form, next=next_page(request))


def next_page(request: VisitorRequest) -> str:
    """Where somebody wanted to go before they had to sign in, if that is here."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_here = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if is_here else settings.LOGIN_REDIRECT_URL
