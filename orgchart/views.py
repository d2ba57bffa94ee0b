"""The pages of the directory. Each answers as a whole, and in parts to htmx: what was asked for is named by its target."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from orgchart import directory
from orgchart.models import Member
from orgchart.pages import organization_page, render_page

PART = 50  # rows that come at once
FOUND = 30  # results of a search; whoever isn't among them types one letter more

# A place in a list of names is signed, so that nobody asks for places that were never given out.
place = Signer(salt="people")


@organization_page
def people(request: HttpRequest, me: Member) -> HttpResponse:
    """The tree, and the people of the chosen department, or of all."""
    if request.htmx.target == "found":
        return _found(request, me)
    tree = directory.tree(me)
    department = _department(request, tree)
    context = {**_list(request, me, department), "department": department}
    if request.htmx.target == "more":
        return render(request, "people/_rows.html", {**context, "me": me, "organization": me.organization})
    context |= _tree(me, tree, department)
    if request.htmx.target == "people":
        return render_page(request, "people/_people.html", me, "people", context)
    return render_page(request, "people/page.html", me, "people", {**context, "is_open": "department" in request.GET})


@organization_page
def profile(request: HttpRequest, me: Member, member_id: int) -> HttpResponse:
    """One person's card; beside the directory when the page is opened as a whole."""
    found = directory.with_places(Member.objects.visible_to(me).select_related("user", "manager"))
    person = found.filter(pk=member_id).first()
    if person is None:
        raise Http404
    tree = directory.tree(me)
    department = _department(request, tree)
    places = [(placement, tree.path(tree.nodes[placement.department_id])) for placement in person.placements.all()]
    manager = person.manager if person.manager and person.manager.is_active else None
    reports = directory.people(me).filter(manager=person).count()
    context = {"person": person, "places": places, "manager": manager, "report_count": reports, "department": department}
    if request.htmx.target == "profile":
        return render_page(request, "people/_profile.html", me, "people", context)
    context |= {**_list(request, me, department), **_tree(me, tree, department)}
    return render_page(request, "people/page.html", me, "people", {**context, "is_open": True})


def _department(request: HttpRequest, tree: directory.Tree) -> directory.Node | None:
    asked = request.GET.get("department", "")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdecimal() or int(asked) not in tree.nodes:
        raise Http404
    return tree.nodes[int(asked)]


def _tree(me: Member, tree: directory.Tree, department: directory.Node | None) -> dict[str, object]:
    return {
        "tree": tree,
        "path": tree.path(department) if department else [],
        "children": department.children if department else tree.roots,
        "total": Member.objects.visible_to(me).count(),
    }


def _list(request: HttpRequest, me: Member, department: directory.Node | None) -> dict[str, object]:
    rows = directory.with_places(directory.people(me, department=department))
    if cursor := request.GET.get("cursor"):
        try:
            pk, sort_key = place.unsign(cursor).split(" ", 1)
        except BadSignature:
            raise Http404 from None
        rows = directory.after(rows, sort_key, int(pk))
    shown = list(rows[: PART + 1])
    more = place.sign(f"{shown[PART - 1].pk} {shown[PART - 1].sort_key}") if len(shown) > PART else ""
    return {"people": shown[:PART], "more": more}


def _found(request: HttpRequest, me: Member) -> HttpResponse:
    named = request.GET.get("q", "").strip()[:80]
    if not named:
        return HttpResponse()
    found = directory.with_places(directory.people(me, named=named))[:FOUND]
    return render(request, "people/_found.html", {"people": found, "named": named, "me": me, "organization": me.organization})
