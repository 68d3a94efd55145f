"""Addresses of room project."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
