"""REST v1, room by room."""

from django.urls import include, path

from workspace.schema import SchemaView

urlpatterns = [
    path("schema", SchemaView.as_view(), name="api-schema"),
    path("", include("accounts.api_urls")),
    path("", include("orgchart.api_urls")),
    path("", include("chat.api_urls")),
]
