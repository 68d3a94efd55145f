"""Addresses of room bureau."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
