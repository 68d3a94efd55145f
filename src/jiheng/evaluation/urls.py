"""Addresses of room evaluation."""

from django.urls import path

from jiheng.evaluation import spot_views, views

urlpatterns = [
    path("round/", views.round_, name="evaluation-round"),
    path("<uuid:key>/edit/", views.edit, name="evaluation-edit"),
    path("<uuid:key>/upload/", views.upload, name="evaluation-upload"),
    path("<uuid:key>/uploaded/", views.uploaded, name="evaluation-uploaded"),
    path("<uuid:key>/form.xlsx", views.form, name="evaluation-form"),
    path("spot/new/", spot_views.new, name="spot_check-new"),
    path("spot/<uuid:key>/edit/", spot_views.edit, name="spot_check-edit"),
    path("spot/<uuid:key>/<uuid:item>/", spot_views.item, name="spot_check-item"),
]
