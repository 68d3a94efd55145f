"""Addresses of room goal: goals and budgets. Goals of every procedure are filled in on the same pages."""

from django.urls import path

from jiheng.goal import beginning, views
from jiheng.goal.procedure import GOALS

urlpatterns = [
    path("new/", beginning.new, name="goal-new"),
    path("whole/new/", beginning.new_whole, name="whole_goal-new"),
    path("change/new/", beginning.new_change, name="goal_change-new"),
    *(path("<uuid:key>/edit/", views.edit, name=f"{procedure}-edit") for procedure in GOALS),
    path("<uuid:key>/check/", views.check, name="goal-check"),
    path("<uuid:key>/upload/", views.upload, name="goal-upload"),
    path("<uuid:key>/form.xlsx", views.form, name="goal-form"),
    path("<uuid:key>/compare/", views.compare, name="goal-compare"),
]
