"""Addresses of room disclosure: who has published what, and preparing what is published."""

from django.urls import path

from jiheng.disclosure import views
from jiheng.disclosure.procedure import PROCEDURES

urlpatterns = [
    path("", views.index, name="disclosures"),
    path("<uuid:key>/preview/", views.preview, name="disclosure-preview"),
    *(
        path(f"{key.removeprefix('disclosure_')}/<uuid:key>/edit/", views.edit, name=f"{key}-edit")
        for key in PROCEDURES
    ),
]
