"""For operators of the server: what failed too often, and another try. `manage.py dead_letters` does the same."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from outbox.models import DueRow
from workspace.actions.dead_letters import redrive_dead_letters

SHOWN = 200


class RedriveForm(forms.Form):
    row = forms.ModelMultipleChoiceField(DueRow.objects.none(), required=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["row"].queryset = DueRow.objects.dead()  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def dead_letters(request: HttpRequest) -> HttpResponse:
    """The list; to anybody else than an operator it doesn't exist."""
    if not (request.user.is_authenticated and request.user.is_operator):
        raise Http404
    if request.method == "POST":
        form = RedriveForm(request.POST)
        if form.is_valid():
            chosen = [row.pk for row in form.cleaned_data["row"]]
            count = redrive_dead_letters(rows=chosen, by=request.user)
            messages.success(
                request,
                ngettext("%(count)s task is tried again.", "%(count)s tasks are tried again.", count)
                % {"count": count},
            )
        return redirect("dead-letters")
    rows = DueRow.objects.dead().order_by("-dead_at", "-id")
    return render(request, "operations/dead_letters.html", {"rows": rows[:SHOWN], "count": rows.count()})


urlpatterns = [path("dead-letters/", dead_letters, name="dead-letters")]
