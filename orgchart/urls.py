from django.urls import path

from orgchart import views

urlpatterns = [
    path("o/<slug:org>/people/", views.people, name="people"),
    path("o/<slug:org>/people/<int:member_id>/", views.profile, name="profile"),
]
