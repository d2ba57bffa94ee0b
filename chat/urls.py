from django.urls import path

from chat import views

urlpatterns = [
    path("o/<slug:org>/chat/", views.chat, name="chat"),
    path("o/<slug:org>/chat/<id:conversation_id>/", views.chat, name="conversation"),
]
