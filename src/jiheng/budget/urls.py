"""Addresses of room budget: budgets and their replies, allocations, transfers, summaries."""

from django.urls import path

from jiheng.budget import allocation_views, approval_views, summary_views, transfer_views

urlpatterns = [
    path("new/", approval_views.new, name="budget-new"),
    path("<uuid:key>/edit/", approval_views.edit, name="budget-edit"),
    path("<uuid:key>/reply/", approval_views.reply, name="budget-reply"),
    path("allocation/new/", allocation_views.new, name="allocation-new"),
    path("allocation/<uuid:key>/edit/", allocation_views.edit, name="allocation-edit"),
    path("transfer/new/", transfer_views.new, name="transfer-new"),
    path("transfer/<uuid:key>/edit/", transfer_views.edit, name="transfer-edit"),
    path("summary/new/", summary_views.new, name="summary-new"),
    path("summary/<uuid:key>/summary.xlsx", summary_views.excel, name="summary-excel"),
]
