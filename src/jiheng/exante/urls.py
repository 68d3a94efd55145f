"""Addresses of room exante: evaluations, priority lists, ceilings."""

from django.urls import path

from jiheng.exante import list_views, views

urlpatterns = [
    path("new/", views.new, name="exante-new"),
    path("<uuid:key>/edit/", views.edit, name="exante-edit"),
    path("<uuid:key>/paper/", views.printed, name="exante-paper"),
    path("<uuid:key>/evidence/<uuid:file>/", views.evidence, name="exante-evidence"),
    path("list/new/", list_views.new, name="priority_list-new"),
    path("list/<uuid:key>/edit/", list_views.edit, name="priority_list-edit"),
    path("list/<uuid:key>/list.xlsx", list_views.excel, name="priority_list-excel"),
    path("ceilings/", list_views.ceilings, name="ceiling-new"),
]
