"""How much a project has been granted for a year, and how much of it was passed on. All in 元."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Sum

from jiheng.budget.models import Allocation, TransferLine
from jiheng.procedure.table import Reason
from jiheng.project.models import BudgetLine

OUT = ("issued", "received")
"""The states of an allocation whose money is out."""

Hold = Callable[[UUID, Iterable[UUID]], dict[UUID, list[Reason]]]
"""Asks, for a zone and projects, why no money may go out to them now: the reasons by the project's key."""

HOLDS: list[Hold] = []


def hold(ask: Hold) -> Hold:
    """Makes a hold known: rooms above know what stops a project's money (art. 26), and register it here."""
    HOLDS.append(ask)
    return ask


def held(zone_id: UUID, projects: Iterable[UUID]) -> dict[UUID, list[Reason]]:
    """Every reason why a project's money may not go out now; projects without any are not there."""
    keys = list(projects)
    found: dict[UUID, list[Reason]] = {}
    for ask in HOLDS:
        for key, reasons in ask(zone_id, keys).items():
            found.setdefault(key, []).extend(reasons)
    return found


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
