"""Addresses of room goal: goals and budgets."""

from django.urls import path

from jiheng.goal import budget_views, views

urlpatterns = [
    path("new/", views.new, name="goal-new"),
    path("<uuid:key>/edit/", views.edit, name="goal-edit"),
    path("<uuid:key>/check/", views.check, name="goal-check"),
    path("<uuid:key>/upload/", views.upload, name="goal-upload"),
    path("<uuid:key>/form.xlsx", views.form, name="goal-form"),
    path("budget/new/", budget_views.new, name="budget-new"),
    path("budget/<uuid:key>/edit/", budget_views.edit, name="budget-edit"),
]
