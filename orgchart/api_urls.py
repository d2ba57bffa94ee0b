from django.urls import include, path

from orgchart import api

organization = [
    path("departments", api.DepartmentsApi.as_view(), name="api-departments"),
    path("members", api.MembersApi.as_view(), name="api-members"),
    path("members/<id:member>", api.MemberApi.as_view(), name="api-member"),
    path("invitations", api.InvitationsApi.as_view(), name="api-invitations"),
    path("invitations/<id:invitation>", api.InvitationApi.as_view(), name="api-invitation"),
]

urlpatterns = [
    path("me", api.MeApi.as_view(), name="api-me"),
    path("orgs/<slug:org>", api.OrganizationApi.as_view(), name="api-organization"),
    path("orgs/<slug:org>/", include(organization)),
]
