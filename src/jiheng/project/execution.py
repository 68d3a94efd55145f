"""The figures a project stands at: read from the latest batch that was not withdrawn."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True)
class Entry:
    """One project's line of a batch, in 元. ``plan`` is None where the source tells nothing of fund-use plans."""

    project: Project
    initial: Decimal
    full_year: Decimal
    paid: Decimal
    plan: Decimal | None = None


def digest(cutoff: datetime.date, entries: Iterable[Entry]) -> str:
    """What a batch says, in one hash: the order of its lines and the file it stood in do not matter."""
    lines = sorted(
        f"{each.project.code}|{each.initial:.2f}|{each.full_year:.2f}|"
        f"{'' if each.plan is None else format(each.plan, '.2f')}|{each.paid:.2f}"
        for each in entries
    )
    return hashlib.sha256("\n".join([cutoff.isoformat(), *lines]).encode()).hexdigest()


def load_batch(
    *,
    by: Person,
    zone: Zone,
    cutoff: datetime.date,
    source: str,
    sha256: str,
    entries: Sequence[Entry],
    number: str = "",
    **given: object,
) -> Act:
    """Enters checked figures as one batch, in one act (step 载入). Raises door.Refusal."""
    year = cutoff.year

    def make(cases: list[Case]) -> None:
        batch = ExecutionBatch.objects.create(
            zone=zone,
            case=cases[0],
            year=year,
            cutoff=cutoff,
            source=source,
            sha256=sha256,
            digest=digest(cutoff, entries),
            number=number,
        )
        ExecutionFigure.objects.bulk_create(
            (
                ExecutionFigure(
                    zone=zone,
                    batch=batch,
                    project=each.project,
                    year=year,
                    cutoff=cutoff,
                    initial=each.initial,
                    full_year=each.full_year,
                    plan=each.plan,
                    paid=each.paid,
                )
                for each in entries
            ),
            batch_size=1000,
        )
        Project.objects.filter(
            pk__in=[each.project.pk for each in entries if each.paid > 0], stage=Project.Stage.BUDGETED
        ).update(stage=Project.Stage.EXECUTING)

    draft = Case(
        zone=zone,
        year=year,
        title=f"{year}年执行数（截至{cutoff:%m月%d日}，{len(entries)} 个项目）",
        amount=sum((each.paid for each in entries), Decimal(0)),
    )
    return door.start("execution.load", [draft], by=by, make=make, **given)[0]


def batch_before(batch: ExecutionBatch) -> ExecutionBatch | None:
    """The batch of the same year that a batch is to be compared with: the newest before it that stands."""
    standing = ExecutionBatch.objects.filter(zone_id=batch.zone_id, year=batch.year, withdrawn=False)
    earlier = Q(cutoff__lt=batch.cutoff) | Q(cutoff=batch.cutoff, id__lt=batch.pk)
    return standing.filter(earlier).order_by("-cutoff", "-id").first()


def batches_before(batches: Sequence[ExecutionBatch]) -> dict[UUID, ExecutionBatch]:
    """The same for many batches of a zone in one query; those with none before them are not there."""
    standing = ExecutionBatch.objects.filter(
        zone_id__in={batch.zone_id for batch in batches},
        year__in={batch.year for batch in batches},
        withdrawn=False,
    ).order_by("-cutoff", "-id")
    by_year: dict[int, list[ExecutionBatch]] = defaultdict(list)
    for batch in standing:
        by_year[batch.year].append(batch)
    found = {}
    for batch in batches:
        earlier = (each for each in by_year[batch.year] if (each.cutoff, each.pk) < (batch.cutoff, batch.pk))
        if before := next(earlier, None):
            found[batch.pk] = before
    return found


@dataclass(frozen=True)
class Change:
    """One project in a batch and in the batch before it; either may be None."""

    project: Project
    now: ExecutionFigure | None
    before: ExecutionFigure | None

    def _grown(self, field: str) -> Decimal:
        now = getattr(self.now, field, None) or Decimal(0)
        return now - (getattr(self.before, field, None) or Decimal(0))

    @property
    def paid(self) -> Decimal:
        """What was paid more than in the batch before, in 元; below zero where payments were taken back."""
        return self._grown("paid")

    @property
    def full_year(self) -> Decimal:
        return self._grown("full_year")

    @property
    def gone(self) -> bool:
        return self.now is None

    @property
    def new(self) -> bool:
        return self.before is None

    @property
    def any(self) -> bool:
        return self.gone or self.new or bool(self.paid or self.full_year or self._grown("plan"))


def changes(batch: ExecutionBatch) -> list[Change]:
    """Every project of a batch and of the one before, by code; without a batch before, all are new."""
    before = batch_before(batch)
    now = {each.project_id: each for each in batch.figures.select_related("project__unit")}
    was = {each.project_id: each for each in before.figures.select_related("project__unit")} if before else {}
    found = [Change((now.get(key) or was[key]).project, now.get(key), was.get(key)) for key in {*now, *was}]
    return sorted(found, key=lambda change: change.project.code)
