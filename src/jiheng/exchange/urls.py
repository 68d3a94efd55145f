"""Addresses of room exchange."""

from django.urls import path

from jiheng.exchange import connection_views, views

urlpatterns = [
    path("projects/", views.new, {"kind": "projects"}, name="import-projects"),
    path("units/", views.new, {"kind": "units"}, name="import-units"),
    path("indicators/", views.new, {"kind": "indicators"}, name="import-indicators"),
    path("projects/template.xlsx", views.template, {"kind": "projects"}, name="import-projects-template"),
    path("units/template.xlsx", views.template, {"kind": "units"}, name="import-units-template"),
    path(
        "indicators/template.xlsx", views.template, {"kind": "indicators"}, name="import-indicators-template"
    ),
    path("connections/", connection_views.index, name="connections"),
    path("connections/<uuid:key>/revoke/", connection_views.revoke, name="connection-revoke"),
    path("<uuid:key>/", views.show, name="import"),
    path("<uuid:key>/progress/", views.progress, name="import-progress"),
    path("<uuid:key>/confirm/", views.confirm, name="import-confirm"),
    path("<uuid:key>/drop/", views.drop, name="import-drop"),
    path("<uuid:key>/faults.xlsx", views.faults, name="import-faults"),
]
