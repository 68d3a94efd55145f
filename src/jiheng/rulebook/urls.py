"""Addresses of room rulebook."""

from django.urls import path

from jiheng.rulebook import views
from jiheng.rulebook.procedure import KEYS

urlpatterns = [
    path("", views.index, name="rules"),
    path("new/", views.new, name="rule-new"),
    path("<uuid:key>/", views.show, name="rule"),
    path("<uuid:key>/file/<uuid:attachment>/", views.file, name="rule-file"),
    *(path(f"{name}/<uuid:key>/edit/", views.edit, name=f"{name}-edit") for name in KEYS),
]
