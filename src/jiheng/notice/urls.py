"""Addresses of room notice."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
