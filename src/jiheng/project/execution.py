"""The figures a project stands at: read from the latest batch that was not withdrawn."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from jiheng.bureau.models import Organization, Person, Zone
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.project.models import ExecutionBatch, ExecutionFigure, Project

TOO_MUCH = Decimal(10) ** 14
"""No project has a hundred trillion 元: such a figure is a wrong column or a wrong unit."""


def latest(
    project_ids: Iterable[UUID], year: int, until: datetime.date | None = None
) -> dict[UUID, ExecutionFigure]:
    """The newest figure of each project for a year, not later than ``until``."""
    rows = ExecutionFigure.objects.filter(project_id__in=list(project_ids), year=year, batch__withdrawn=False)
    if until:
        rows = rows.filter(cutoff__lte=until)
    return {row.project_id: row for row in rows.order_by("cutoff", "id")}


@dataclass(frozen=True)
class Sums:
    """The newest figures of all projects of a unit or department together, in 元; ``number`` of projects."""

    initial: Decimal
    full_year: Decimal
    paid: Decimal
    number: int


def summed(
    organizations: Iterable[Organization], year: int, until: datetime.date | None = None
) -> dict[UUID, Sums]:
    """The sums of each unit's or department's projects; an organization without any figure is not there."""
    by_key = {place.pk: place for place in organizations}
    either = Q(unit__in=by_key) | Q(department__in=by_key)
    projects = list(Project.objects.filter(either).values_list("pk", "unit", "department"))
    figures = latest([key for key, *_ in projects], year, until)
    found: dict[UUID, list[ExecutionFigure]] = {}
    for key, *places in projects:
        for place in places:
            if place in by_key and key in figures:
                found.setdefault(place, []).append(figures[key])
    return {
        place: Sums(
            sum((each.initial for each in rows), Decimal(0)),
            sum((each.full_year for each in rows), Decimal(0)),
            sum((each.paid for each in rows), Decimal(0)),
            len(rows),
        )
        for place, rows in found.items()
    }


def load_batch(
    *,
    by: Person,
    zone: Zone,
    year: int,
    cutoff: datetime.date,
    source: str,
    sha256: str,
    rows: list[tuple[Project, Decimal, Decimal, Decimal]],
    **given: object,
) -> Act:
    """Enters a checked file of figures (project, initial, full-year, paid; all in 元) as one batch, in one act."""

    def make(cases: list[Case]) -> None:
        batch = ExecutionBatch.objects.create(
            zone=zone, case=cases[0], year=year, cutoff=cutoff, source=source, sha256=sha256
        )
        ExecutionFigure.objects.bulk_create(
            (
                ExecutionFigure(
                    zone=zone,
                    batch=batch,
                    project=project,
                    year=year,
                    cutoff=cutoff,
                    initial=initial,
                    full_year=full_year,
                    paid=paid,
                )
                for project, initial, full_year, paid in rows
            ),
            batch_size=1000,
        )
        Project.objects.filter(
            pk__in=[row[0].pk for row in rows if row[3] > 0], stage=Project.Stage.BUDGETED
        ).update(stage=Project.Stage.EXECUTING)

    draft = Case(
        zone=zone,
        year=year,
        title=f"{year}年执行数（截至{cutoff:%m月%d日}，{len(rows)} 个项目）",
        amount=sum((row[3] for row in rows), Decimal(0)),
    )
    return door.start("execution.load", [draft], by=by, make=make, **given)[0]
