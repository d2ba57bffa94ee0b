from django.urls import path

from orgchart.views import entrance, invitations, people, settings

urlpatterns = [
    path("start/", entrance.start, name="start"),
    path("join/<str:token>/", entrance.join, name="join"),
    path("o/<slug:org>/people/", people.people, name="people"),
    path("o/<slug:org>/people/<id:member_id>/", people.profile, name="profile"),
    path("o/<slug:org>/invitations/", invitations.invitations, name="invitations"),
    path("o/<slug:org>/invitations/<id:invitation_id>/end/", invitations.end_invitation, name="invitation-end"),
    path("o/<slug:org>/settings/", settings.my_settings, name="settings"),
    path("o/<slug:org>/settings/<slug:section>/", settings.my_settings, name="settings-section"),
]
