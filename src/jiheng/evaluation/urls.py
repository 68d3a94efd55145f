"""Addresses of room evaluation."""

from django.urls import path

from jiheng.evaluation import views

urlpatterns = [
    path("round/", views.round_, name="evaluation-round"),
    path("<uuid:key>/edit/", views.edit, name="evaluation-edit"),
    path("<uuid:key>/upload/", views.upload, name="evaluation-upload"),
    path("<uuid:key>/uploaded/", views.uploaded, name="evaluation-uploaded"),
    path("<uuid:key>/form.xlsx", views.form, name="evaluation-form"),
]
