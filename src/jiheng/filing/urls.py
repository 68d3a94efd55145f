"""Addresses of room filing: the ledger, and one filing with its evidence."""

from django.urls import path

from jiheng.filing import views

urlpatterns = [
    path("", views.ledger, name="filings"),
    path("<uuid:key>/", views.show, name="filing"),
    path("<uuid:key>/evidence/<int:number>/", views.evidence, name="filing-evidence"),
]
