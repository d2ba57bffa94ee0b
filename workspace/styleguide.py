"""Every component of the product in both themes, for who builds on it.

Only while developing; its sample texts aren't translated.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

# Names from the demo company; the ids only choose the colours.
PEOPLE = {
    "lin": {"id": 1, "name": "林溪", "initials": "林溪", "paint": 5, "title": "产品负责人"},
    "wei": {"id": 2, "name": "魏然", "initials": "魏然", "paint": 6, "title": "后端组长"},
    "zhao": {"id": 3, "name": "赵明远", "initials": "明远", "paint": 7, "title": "Chief executive"},
    "daniel": {"id": 4, "name": "Daniel Okafor", "initials": "DO", "paint": 2, "title": "Platform engineer"},
}


def styleguide(request: HttpRequest) -> HttpResponse:
    static = settings.BASE_DIR / "static"
    tokens = (static / "css" / "tokens.css").read_text()
    ramps: dict[str, list[str]] = {}
    for ramp, step in re.findall(r"^    --([a-z]+)-(\d+): light-dark", tokens, re.MULTILINE):
        ramps.setdefault(ramp, []).append(f"{ramp}-{step}")
    icons = re.findall(r'<symbol id="i-([a-z-]+)" viewBox="0 0 24 24"', (static / "icons.svg").read_text())
    context = {**PEOPLE, "people": PEOPLE.values(), "ramps": ramps, "icons": sorted(icons), "themes": ["light", "dark"]}
    return render(request, "styleguide/page.html", context)


urlpatterns = [path("", styleguide, name="styleguide")]
