"""Addresses of room project: execution figures (the project's own page belongs to the shell)."""

from django.urls import path

from jiheng.project import views

urlpatterns = [
    path("execution/new/", views.new, name="execution-new"),
    path("execution/template.xlsx", views.template, name="execution-template"),
]
