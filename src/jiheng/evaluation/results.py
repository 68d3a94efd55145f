"""What came of department and finance evaluations: the one place that rooms above and pages of a project ask.

Room application asks ``final`` for what it notifies the evaluated of (art. 35) and proposes for the budget (art. 33).
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from jiheng.bureau.models import Organization
from jiheng.evaluation import department_evaluation, finance_evaluation
from jiheng.evaluation.framework_models import Evaluation
from jiheng.procedure.models import Case
from jiheng.project.known import Known
from jiheng.project.models import Project

DONE = ("accepted", "finished")
FINANCE = tuple(finance_evaluation.KINDS)
DEPARTMENT = (department_evaluation.KEY,)
GOOD = ("优", "良")


@dataclass(frozen=True)
class Problem:
    """One problem that was found, and what is suggested."""

    text: str
    suggestion: str


@dataclass(frozen=True)
class Result:
    """A final result. ``procedure`` is whose evaluation it is, ``kind`` what was evaluated; ``project`` may be none."""

    case: Case
    procedure: str
    kind: str
    year: int
    title: str
    project: UUID | None
    department: Organization
    unit: Organization | None
    score: Decimal
    grade: str
    finished_on: datetime.date
    problems: tuple[Problem, ...]


def final(
    zone_id: UUID,
    *,
    procedures: Sequence[str] = FINANCE,
    year: int | None = None,
    projects: Iterable[UUID] | None = None,
    departments: Iterable[UUID] | None = None,
    cases: Iterable[UUID] | None = None,
) -> list[Result]:
    """Results that are final, the earliest first; narrowed to a year evaluated, projects, departments or cases."""
    rows = Evaluation.objects.filter(
        zone_id=zone_id, case__procedure__in=procedures, case__state__in=DONE, total__isnull=False
    )
    if year is not None:
        rows = rows.filter(year=year)
    if projects is not None:
        rows = rows.filter(project__in=list(projects))
    if departments is not None:
        rows = rows.filter(case__department__in=list(departments))
    if cases is not None:
        rows = rows.filter(case__in=list(cases))
    rows = rows.select_related("case__department", "case__unit").prefetch_related("problems")
    return [
        Result(
            row.case, row.case.procedure, row.kind, row.year, row.case.title, row.project_id,
            row.case.department, row.case.unit, row.total, row.grade, row.finished_on,
            tuple(Problem(each.text, each.suggestion) for each in row.problems.all()),
        )
        for row in rows.order_by("year", "finished_on", "id")
        if row.total is not None and row.finished_on is not None and row.case.department is not None
    ]  # fmt: skip


def _known(procedures: Sequence[str], projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    if not projects:
        return {}
    found: dict[UUID, Known] = {}
    for result in final(
        projects[0].zone_id, procedures=procedures, projects=[project.pk for project in projects]
    ):
        if result.project and result.year <= year:
            problems = f"{len(result.problems)} 个问题" if result.problems else ""
            found[result.project] = Known(
                f"{result.year}年 {result.grade} {result.score:f} 分",
                more=problems,
                link=result.case.get_absolute_url(),
                wrong=result.grade not in GOOD,
            )
    return found


def known_of_departments(projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    """The last department evaluation accepted for each project, to stand beside its budget line (art. 6)."""
    return _known(DEPARTMENT, projects, year)


def known_of_finance(projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    """The last finance evaluation finished for each project, to stand beside its budget line (art. 6)."""
    return _known(FINANCE, projects, year)


def last_years(projects: Iterable[UUID]) -> dict[UUID, int]:
    """The last year of each project that a department or finance evaluation was about, begun or done."""
    rows = Evaluation.objects.filter(project__in=list(projects)).exclude(case__state="dropped")
    found: dict[UUID, int] = {}
    for project, year in rows.values_list("project_id", "year"):
        if project:
            found[project] = max(found.get(project, 0), year)
    return found


def last_years_of_wholes(departments: Iterable[UUID]) -> dict[UUID, int]:
    """The last year of each department that an evaluation as a whole was about."""
    rows = Evaluation.objects.filter(kind="whole", case__department__in=list(departments))
    found: dict[UUID, int] = {}
    for department, year in rows.exclude(case__state="dropped").values_list("case__department", "year"):
        if department:
            found[department] = max(found.get(department, 0), year)
    return found
