"""Every address of the house, room by room."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

import wire.paths  # noqa: F401 - makes <id:…> known to every room's addresses
from wire.rest import not_found
from workspace import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("", include("orgchart.urls")),
    path("", include("chat.urls")),
    path("ops/", include("workspace.operations")),
    path("api/v1/", include("workspace.api")),
    path("api/docs", views.api_docs, name="api-docs"),
    # Under /api/ an unknown address is missing in the same bytes as an unknown thing.
    re_path(r"^api/", not_found),
]

if settings.DEBUG:
    urlpatterns.append(path("styleguide/", include("workspace.styleguide")))

handler400 = "workspace.views.bad_request"
handler403 = "workspace.views.permission_denied"
handler404 = "workspace.views.page_not_found"
handler500 = "workspace.views.server_error"
