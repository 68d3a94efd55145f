"""The page of a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(request: HttpRequest, key) -> HttpResponse:
    return render(request, "web/case.html")


def do(request: HttpRequest, key, step) -> HttpResponse:
    return render(request, "web/case.html")
