"""Addresses of room consultation."""

from django.urls import path

from jiheng.consultation import views

urlpatterns = [
    path("<uuid:key>/new/", views.consult, name="consultation-new"),
    path("<uuid:key>/instruct/", views.instruct, name="instruction-new"),
]
