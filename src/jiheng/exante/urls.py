"""Addresses of room exante."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
