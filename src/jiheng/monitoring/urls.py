"""Addresses of room monitoring."""

from django.urls import path

from jiheng.monitoring import views

urlpatterns = [
    path("round/", views.round_, name="monitoring-round"),
    path("<uuid:key>/edit/", views.edit, name="monitoring-edit"),
]
