"""Addresses of room filing: the ledger, one filing with its evidence, what is missing, dossiers."""

from django.urls import path

from jiheng.filing import dossier_views, views

urlpatterns = [
    path("", views.ledger, name="filings"),
    path("missing/", dossier_views.missing, name="filings-missing"),
    path("dossier/", dossier_views.dossiers, name="dossiers"),
    path("dossier/<uuid:key>.zip", dossier_views.download, name="dossier-download"),
    path("dossier/<uuid:key>/remove/", dossier_views.remove, name="dossier-remove"),
    path("<uuid:key>/", views.show, name="filing"),
    path("<uuid:key>/evidence/<int:number>/", views.evidence, name="filing-evidence"),
]
