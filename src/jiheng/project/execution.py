"""The figures a project stands at: read from the latest batch that was not withdrawn."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from jiheng.bureau.models import Person, Zone
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
