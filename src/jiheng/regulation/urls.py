"""Addresses of room regulation."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
