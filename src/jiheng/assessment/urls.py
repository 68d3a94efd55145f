"""Addresses of room assessment."""

from django.urls import path

from jiheng.assessment import views

urlpatterns = [
    path("", views.index, name="assessments"),
    path("new/", views.new, name="assessment-new"),
    path("<uuid:key>/", views.show, name="assessment"),
    path("<uuid:key>/edit/", views.edit, name="assessment-edit"),
    path("<uuid:key>/circular/", views.circular_paper, name="assessment-circular"),
    path("<uuid:key>/<uuid:place>/", views.working, name="assessment-working"),
]
