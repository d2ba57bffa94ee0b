"""The directory. Each page answers as a whole, and in parts to htmx: what was asked for is named by its target."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orgchart import cursors, directory
from orgchart.models import Department, Member
from orgchart.pages import PageRequest, organization_page, render_page
from wire.problems import Problem
from wire.text import BadText, clean_text

PART = 50  # rows that come at once
FOUND = 30  # results of a search; whoever isn't among them types one letter more


@require_safe
@organization_page
def people(request: PageRequest, me: Member) -> HttpResponse:
    """The tree, and the people of the chosen department, or all."""
    if request.htmx.target == "found":
        return _found(request, me)
    if request.htmx.target == "more":
        return render_page(request, "people/_rows.html", me, "people", _rows(request, me, _department(request, me)))
    context = _context(request, me)
    if request.htmx.target == "people":
        return render_page(request, "people/_people.html", me, "people", context)
    return render_page(request, "people/page.html", me, "people", {**context, "is_open": "department" in request.GET})


@require_safe
@organization_page
def profile(request: PageRequest, me: Member, member_id: int) -> HttpResponse:
    """One person's card; beside the directory when the page is opened as a whole."""
    found = directory.with_places(Member.objects.visible_to(me).select_related("user", "manager"))
    person = found.filter(pk=member_id).first()
    if person is None:
        raise Http404
    context = _context(request, me)
    tree: directory.Tree = context["tree"]
    context |= {
        "person": person,
        "places": [(placement, tree.path(placement.department_id)) for placement in person.placements.all()],
        "manager": Member.objects.visible_to(me).filter(reports=person).first(),
        "report_count": Member.objects.visible_to(me).filter(manager=person).count(),
    }
    if request.htmx.target == "profile":
        return render_page(request, "people/_profile.html", me, "people", context)
    return render_page(request, "people/page.html", me, "people", {**context, "is_open": True})


def _found(request: PageRequest, me: Member) -> HttpResponse:
    try:
        named = clean_text(request.GET.get("q", "")).strip()[:80]
    except BadText:
        named = ""
    if not named:
        return HttpResponse()
    found = directory.with_places(Member.objects.visible_to(me).named_like(named).in_order())[:FOUND]
    return render(
        request, "people/_found.html", {"people": found, "named": named, "me": me, "organization": me.organization}
    )


def _context(request: PageRequest, me: Member) -> dict[str, Any]:
    tree = directory.tree(me)
    department = _department(request, me)
    node = tree.nodes[department.pk] if department else None
    return {
        **_rows(request, me, department),
        "tree": tree,
        "department": node,
        "path": tree.path(node.id) if node else [],
        "children": node.children if node else tree.roots,
        "total": Member.objects.visible_to(me).count(),
    }


def _department(request: PageRequest, me: Member) -> Department | None:
    asked = request.GET.get("department", "")
    if not asked:
        return None
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 19
    department = Department.objects.visible_to(me).filter(pk=asked).first() if is_number else None
    if department is None:
        raise Http404
    return department


def _rows(request: PageRequest, me: Member, department: Department | None) -> dict[str, Any]:
    found = Member.objects.visible_to(me)
    if department:
        found = found.within(department)
    try:
        behind = cursors.after(request.GET.get("cursor", ""))
    except Problem:
        raise Http404
    rows = list(directory.with_places(found.filter(behind).in_order())[: PART + 1])
    more = cursors.of(rows[PART - 1]) if len(rows) > PART else ""
    return {"people": rows[:PART], "more": more, "department": department}
