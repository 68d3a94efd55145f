"""Signing in, and being locked out for a while after too many wrong passwords."""

from django.contrib.auth.views import LoginView


class SignIn(LoginView):
    template_name = "web/sign_in.html"


def locked_out(request, response=None, credentials=None):
    from django.shortcuts import render

    return render(request, "web/sign_in.html", {"locked": True}, status=429)
