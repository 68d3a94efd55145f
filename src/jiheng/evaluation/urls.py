"""Addresses of room evaluation."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
