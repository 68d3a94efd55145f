"""Addresses of room indicator: the library."""

from django.urls import path

from jiheng.indicator import views

urlpatterns = [
    path("", views.index, name="indicators"),
    path("publish/", views.publish, name="indicator-publish"),
    path("builtin.csv", views.builtin, name="indicators-builtin"),
    path("new/", views.new, name="indicator-new"),
    path("<uuid:key>/revise/", views.revise, name="indicator-revise"),
    path("<uuid:key>/stop/", views.stop, name="indicator-stop"),
    path("<uuid:key>/", views.show, name="indicator"),
]
