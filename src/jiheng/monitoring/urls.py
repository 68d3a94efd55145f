"""Addresses of room monitoring."""

from django.urls import path

from jiheng.monitoring import control_views, problem_views, views

urlpatterns = [
    path("problem/new/", problem_views.new, name="problem-new"),
    path("control/", control_views.index, name="controls"),
    path("control/new/", control_views.new, name="control-new"),
    path("round/", views.round_, name="monitoring-round"),
    path("<uuid:key>/edit/", views.edit, name="monitoring-edit"),
]
