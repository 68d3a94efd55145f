"""Addresses of room monitoring."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
