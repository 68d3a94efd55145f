"""Addresses of room goal."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
