"""Addresses of room operations."""

from django.urls import path

from jiheng.operations import views

urlpatterns = [
    path("", views.show, name="health"),
    path("runs/", views.runs, name="runs"),
    path("sign-ins/", views.sign_ins, name="sign-ins"),
    path("backups/", views.backups, name="backups"),
    path("backups/<str:name>/trial/", views.trial, name="backup-trial"),
    path("unlock/<uuid:key>/", views.unlock, name="unlock"),
]
