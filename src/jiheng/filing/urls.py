"""Addresses of room filing."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
