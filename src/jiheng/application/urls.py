"""Addresses of room application."""

from django.urls import path

from jiheng.application import rectification_views, views
from jiheng.application.rectification import PROCEDURES

urlpatterns = [
    path("lines/", views.index, name="result-lines"),
    path("summary/new/", views.summary_new, name="result-summary-new"),
    path("summary/<uuid:key>/summary.xlsx", views.summary_excel, name="result-summary-excel"),
    path("rectification/new/", rectification_views.new, name="rectification-new"),
    path("rectification/<uuid:key>/notice/", rectification_views.notice, name="rectification-notice"),
    *(
        path(f"{key.replace('_', '-')}/<uuid:key>/edit/", rectification_views.edit, name=f"{key}-edit")
        for key in PROCEDURES
    ),
]
