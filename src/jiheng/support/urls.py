"""Addresses of room support."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
