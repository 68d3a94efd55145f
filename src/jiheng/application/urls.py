"""Addresses of room application."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
