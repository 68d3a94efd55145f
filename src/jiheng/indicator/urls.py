"""Addresses of room indicator: the library."""

from django.urls import path

from jiheng.indicator import views

urlpatterns = [
    path("", views.index, name="indicators"),
    path("publish/", views.publish, name="indicator-publish"),
    path("builtin.csv", views.builtin, name="indicators-builtin"),
    path("<uuid:key>/", views.show, name="indicator"),
]
