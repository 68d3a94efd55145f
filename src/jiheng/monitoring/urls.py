"""Addresses of room monitoring."""

from django.urls import path

from jiheng.monitoring import control_views, key_views, problem_views, views

urlpatterns = [
    path("key/new/", key_views.new, name="key-monitoring-new"),
    path("key/<uuid:key>/notice/", key_views.notice, name="key-monitoring-notice"),
    path("problem/new/", problem_views.new, name="problem-new"),
    path("control/", control_views.index, name="controls"),
    path("control/new/", control_views.new, name="control-new"),
    path("round/", views.round_, name="monitoring-round"),
    path("<uuid:key>/edit/", views.edit, name="monitoring-edit"),
]
