"""Addresses of room procedure."""

from django.urls import path

from jiheng.procedure import verifying, views

urlpatterns = [
    path("", views.procedures, name="procedures"),
    path("verify/", verifying.verify, name="verify"),
    path("picture/<uuid:key>.svg", views.case_picture, name="case-picture"),
    path("<slug:key>.svg", views.procedure_picture, name="procedure-picture"),
    path("<slug:key>.bpmn", views.procedure_bpmn, name="procedure-bpmn"),
    path("<slug:key>/", views.procedure, name="procedure"),
]
