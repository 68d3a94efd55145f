"""Addresses of room regulation."""

from django.urls import path

from jiheng.regulation import matrix, views

urlpatterns = [
    path("", views.index, name="regulation"),
    path("<int:number>/", views.show, name="article"),
    path("matrix/", matrix.show, name="matrix"),
    path("matrix.xlsx", matrix.download, name="matrix-xlsx"),
]
