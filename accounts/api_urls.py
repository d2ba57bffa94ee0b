from django.urls import path

from accounts import api

urlpatterns = [
    path("tokens", api.TokensApi.as_view(), name="api-tokens"),
    path("tokens/<id:token>", api.TokenApi.as_view(), name="api-token"),
    path("sessions", api.SessionsApi.as_view(), name="api-sessions"),
    path("sessions/<id:session>", api.SessionApi.as_view(), name="api-session"),
]
