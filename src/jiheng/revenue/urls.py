"""Addresses of room revenue."""

from django.urls import path

from jiheng.revenue import views

urlpatterns = [
    path("", views.index, name="revenue"),
    path("<int:year>/chart.svg", views.picture, name="revenue-chart"),
    path("plan/new/", views.new_plan, name="revenue-plan-new"),
    path("month/new/", views.new_month, name="revenue-month-new"),
    path("<slug:kind>/template.xlsx", views.template, name="revenue-template"),
    path("<uuid:key>/edit/", views.edit, name="revenue_month-edit"),
    path("<uuid:key>/paper/", views.paper, name="revenue-paper"),
]
