from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/demo/", views.sign_in_to_demo, name="sign-in-demo"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/reset/", views.reset_password, name="password-reset"),
    path("password/reset/<id:user>/<str:token>/", views.follow_reset_link, name="password-reset-link"),
    path("password/change/", views.change_password, name="password-change"),
    path("language/", require_POST(set_language), name="language"),
]
