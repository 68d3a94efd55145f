"""Addresses of room monitoring."""

from django.urls import path

from jiheng.monitoring import control_views, key_views, problem_views, summary_views, views

urlpatterns = [
    path("key/new/", key_views.new, name="key-monitoring-new"),
    path("key/<uuid:key>/notice/", key_views.notice, name="key-monitoring-notice"),
    path("problem/new/", problem_views.new, name="problem-new"),
    path("control/", control_views.index, name="controls"),
    path("control/new/", control_views.new, name="control-new"),
    path("round/", views.round_, name="monitoring-round"),
    path("<uuid:key>/edit/", views.edit, name="monitoring-edit"),
    path("whole/<uuid:key>/edit/", views.edit, name="whole_monitoring-edit"),
    path("<uuid:key>/paper/", summary_views.report_paper, name="monitoring-paper"),
    path("<uuid:key>/form.xlsx", summary_views.report_form, name="monitoring-form"),
    path("summary/", summary_views.index, name="monitoring-summaries"),
    path("summary/new/", summary_views.new, name="monitoring_summary-new"),
    path("summary/<uuid:key>/edit/", summary_views.edit, name="monitoring_summary-edit"),
    path("summary/<uuid:key>/paper/", summary_views.summary_paper, name="monitoring_summary-paper"),
]
