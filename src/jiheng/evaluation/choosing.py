"""What could be evaluated, with what is known of it: amount, period, grade, lights, spot check, last evaluation.

The list is narrowed in the database; what is known is asked for all rows at once. Money in 元, points in points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from jiheng.budget import lines
from jiheng.bureau.models import Organization, Person
from jiheng.bureau.scope import visible
from jiheng.evaluation import results
from jiheng.evaluation.evaluating import Subject
from jiheng.evaluation.framework_models import Evaluation
from jiheng.evaluation.measured import self_grades
from jiheng.evaluation.models import SelfEvaluation, SpotItem
from jiheng.monitoring.models import Light, Report
from jiheng.monitoring.reporting import newest
from jiheng.paper.money import wan
from jiheng.paper.typed import clean
from jiheng.project import admission
from jiheng.project.models import Project

MOST = 200
"""Rows shown to choose from, the largest first; with more, the search is to be narrowed."""
STAGES = (Project.Stage.BUDGETED, Project.Stage.EXECUTING, Project.Stage.CLOSED)
GRADES = ("优", "良", "中", "差")
INVESTMENT_FUND = "政府投资基金"
LONG = 3
"""A period of so many years counts as long."""

OF_KIND: dict[str, Q] = {
    "capital_evaluation": Q(fund=Project.Fund.STATE_CAPITAL) | Q(field=INVESTMENT_FUND),
    "insurance_evaluation": Q(fund=Project.Fund.SOCIAL_INSURANCE),
}
"""Which projects a procedure's evaluations are about, where not all."""


@dataclass(frozen=True)
class Choice:
    """What of the list is wanted, as the address says it."""

    q: str = ""
    department: str = ""
    grade: str = ""
    light: str = ""
    period: str = ""
    last: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Choice":
        given = {each.name: clean(query.get(each.name, ""))[:60] for each in fields(cls)}
        for name, allowed in (
            ("grade", GRADES),
            ("light", ("green", "yellow", "red")),
            ("period", ("long",)),
            ("last", ("never", "due")),
        ):
            given[name] = given[name] if given[name] in allowed else ""
        return cls(**given)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What was asked for, to be sent along with a form."""
        return [(each.name, getattr(self, each.name)) for each in fields(self) if getattr(self, each.name)]


@dataclass(frozen=True)
class Candidate:
    """A project that could be evaluated, with what is known of it."""

    project: Project
    granted: Decimal | None
    self_evaluation: SelfEvaluation | None
    report: Report | None
    spot: Decimal | None
    last: int | None
    major: bool
    running: bool

    def known(self) -> list[tuple[str, str]]:
        """What is kept with the choice, in words."""
        found = []
        if self.granted is not None:
            found.append(("批复预算", f"{wan(self.granted)} 万元"))
        if self.self_evaluation:
            found.append(("自评", f"{self.self_evaluation.grade} {self.self_evaluation.total:.2f} 分"))
        if self.report:
            lights = dict(Light.choices)
            told = f"目标 {lights[self.report.goal_light]}、执行 {lights[self.report.execution_light]}"
            found.append(("监控灯", told))
        if self.spot is not None:
            found.append(("抽查与自评相差", f"{self.spot:+.2f} 分"))
        found.append(("上次部门或财政评价", f"{self.last}年" if self.last else "没有评价过"))
        return found


def projects_for(person: Person, procedure: str, year: int) -> QuerySet[Project]:
    """The projects that a procedure could evaluate for a year, as far as the person may see them."""
    rows = visible(Project.objects.select_related("unit", "department"), person)
    rows = rows.filter(stage__in=STAGES, first_year__lte=year, last_year__gte=year)
    return rows.filter(OF_KIND.get(procedure, Q()))


def narrowed(rows: QuerySet[Project], choice: Choice, year: int, cycle: int) -> QuerySet[Project]:
    """Those that are wanted, the largest first."""
    for word in choice.q.split():
        rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word))
    if choice.department:
        rows = rows.filter(department__code=choice.department)
    if choice.grade:
        graded = SelfEvaluation.objects.filter(
            goal__year=year, grade=choice.grade, case__state="accepted", goal__project__isnull=False
        )
        rows = rows.filter(pk__in=graded.values("goal__project"))
    if choice.light:
        lit = Report.objects.filter(goal__year=year, light=choice.light, goal__project__isnull=False)
        rows = rows.filter(pk__in=lit.values("goal__project"))
    if choice.period:
        rows = rows.filter(last_year__gte=F("first_year") + LONG - 1)
    if choice.last:
        done = Evaluation.objects.filter(project__isnull=False).exclude(case__state="dropped")
        if choice.last == "due":
            done = done.filter(year__gt=year - cycle)
        rows = rows.exclude(pk__in=done.values("project"))
    return rows.order_by("-total", "code")


def candidates(
    projects: Sequence[Project], procedure: str, year: int, zone_id: UUID, profile_id: UUID
) -> list[Candidate]:
    """What is known of these projects, asked for all at once."""
    keys = [project.pk for project in projects]
    granted = lines.granted(zone_id, keys, year)
    grades, reports = self_grades(keys, year), newest(keys, year)
    last = results.last_years(keys)
    spots: dict[UUID, Decimal] = {}
    for item in SpotItem.objects.filter(
        evaluation__in=[each.pk for each in grades.values()], total__isnull=False
    ).order_by("id"):
        spots[item.evaluation_id] = item.total - item.original_total
    running = set(
        Evaluation.objects.filter(project__in=keys, year=year, case__procedure=procedure)
        .exclude(case__state="dropped")
        .values_list("project", flat=True)
    )
    return [
        Candidate(
            project,
            granted.get(project.pk),
            grades.get(project.pk),
            reports.get(project.pk),
            spots.get(grades[project.pk].pk) if project.pk in grades else None,
            last.get(project.pk),
            admission.is_major(project, profile_id),
            project.pk in running,
        )
        for project in projects
    ]


@dataclass(frozen=True)
class Whole:
    """A department that could be evaluated as a whole."""

    department: Organization
    granted: Decimal
    last: int | None

    def known(self) -> list[tuple[str, str]]:
        last = f"{self.last}年" if self.last else "没有评价过"
        return [("批复预算", f"{wan(self.granted)} 万元"), ("上次整体评价", last)]


def wholes(zone_id: UUID, year: int) -> list[Whole]:
    """Every department with the money of its projects in a year, the largest first."""
    departments = Organization.objects.filter(zone_id=zone_id, kind=Organization.Kind.DEPARTMENT)
    department_of = dict(Project.objects.filter(zone_id=zone_id).values_list("pk", "department"))
    sums: dict[Any, Decimal] = {}
    for key, amount in lines.granted(zone_id, department_of, year).items():
        sums[department_of[key]] = sums.get(department_of[key], Decimal(0)) + amount
    last = results.last_years_of_wholes([each.pk for each in departments])
    found = [Whole(each, sums.get(each.pk, Decimal(0)), last.get(each.pk)) for each in departments]
    return sorted(found, key=lambda each: (-each.granted, each.department.code))


def subject_of(candidate: Candidate, procedure: str) -> Subject:
    """A candidate as what is evaluated, with the framework that fits it."""
    project = candidate.project
    if procedure == "capital_evaluation":
        kind = "fund" if project.field == INVESTMENT_FUND else "capital"
    elif procedure == "insurance_evaluation":
        kind = "insurance"
    else:
        kind = "policy" if project.kind == Project.Kind.POLICY else "project"
    return Subject(
        kind, project.department, project.name, project, candidate.granted, tuple(candidate.known())
    )


@dataclass(frozen=True)
class Coverage:
    """How far a department's key projects were evaluated within the cycle (norms 1.1): the years count back from one."""

    key: int
    done: int
    years: int

    @property
    def left(self) -> int:
        return self.key - self.done


def coverage(projects: Sequence[Project], year: int, profile_id: UUID, cycle: int) -> Coverage:
    """Of these projects, how many are key ones and how many of these were evaluated within the cycle."""
    majors = [project.pk for project in projects if admission.is_major(project, profile_id)]
    last = results.last_years(majors)
    return Coverage(len(majors), sum(last.get(key, 0) > year - cycle for key in majors), cycle)
