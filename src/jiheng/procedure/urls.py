"""Addresses of room procedure."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
