"""Addresses of the shell: sign-in, home, search, lists and the case page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from jiheng.web import case, home, sign_in

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/demo/", sign_in.demo_sign_in, name="demo-sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/", sign_in.ChangePassword.as_view(), name="password"),
    path("case/<uuid:key>/", case.show, name="case"),
    path("case/<uuid:key>/do/<slug:step>/", case.do, name="case-do"),
]
