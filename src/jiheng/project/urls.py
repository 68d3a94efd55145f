"""Addresses of room project: proposals for the library, execution figures (lists and the project's page: the shell)."""

from django.urls import path

from jiheng.project import library_views, views

urlpatterns = [
    path("new/", library_views.new, name="project-new"),
    path("<uuid:key>/propose/", library_views.propose, name="project-propose"),
    path("case/<uuid:key>/edit/", library_views.edit, name="project-edit"),
    path("execution/", views.index, name="execution-batches"),
    path("execution/<uuid:key>.xlsx", views.export, name="execution-export"),
    path("execution/new/", views.new, name="execution-new"),
    path("execution/template.xlsx", views.template, name="execution-template"),
]
