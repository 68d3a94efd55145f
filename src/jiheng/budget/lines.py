"""How much a project has been granted for a year, and how much of it was passed on. All in 元."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Sum

from jiheng.budget.models import Allocation, TransferLine
from jiheng.project.models import BudgetLine

OUT = ("issued", "received")
"""The states of an allocation whose money is out."""


def granted(zone_id: UUID, projects: Iterable[UUID], year: int) -> dict[UUID, Decimal]:
    """The approved money of each project: its budget lines, and what approved transfers changed since."""
    keys = list(projects)
    lines = BudgetLine.objects.filter(
        zone_id=zone_id, project_id__in=keys, budget__year=year, budget__case__state="approved"
    )
    found: dict[UUID, Decimal] = dict(
        lines.order_by()
        .values_list("project_id")
        .annotate(Sum("amount"))
        .values_list("project_id", "amount__sum")
    )
    moved = TransferLine.objects.filter(
        zone_id=zone_id, project_id__in=keys, transfer__year=year, transfer__case__state="approved"
    ).order_by()
    for project, change in moved.values_list("project_id").annotate(change=Sum(F("after") - F("before"))):
        found[project] = found.get(project, Decimal(0)) + change
    return found


def passed_on(zone_id: UUID, projects: Iterable[UUID], year: int) -> dict[UUID, Decimal]:
    """How much of each project's money was allocated to its unit."""
    rows = Allocation.objects.filter(
        zone_id=zone_id, project_id__in=list(projects), year=year, case__state__in=OUT
    )
    return dict(rows.order_by().values_list("project_id").annotate(Sum("amount")))
