"""One project: its facts, what its admission still lacks, its year's stages and one history of everything done about it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate

from jiheng.application.models import Application
from jiheng.budget import lines
from jiheng.bureau.models import Person
from jiheng.bureau.profile import in_force
from jiheng.bureau.scope import posts_of, visible
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import PROCEDURES
from jiheng.project import admission
from jiheng.project.execution import latest
from jiheng.project.models import BudgetLine, ExecutionBatch, Project
from jiheng.web import queue

STAGES = ("exante", "goal", "budget", "execution", "monitoring", "evaluation", "application")
"""The year of a project in the order of the regulation's chapters."""
ELSEWHERE = ("project-new", "import-projects", "import-units", "import-indicators")
"""Pages that begin something not about this project."""


@dataclass
class Stage:
    """One stage of a project's year: its cases, or nothing yet."""

    key: str
    label: str
    cases: list[Case] = field(default_factory=list)


@dataclass
class Line:
    """An act in the history, with the acts done within it."""

    act: Act
    within: list["Line"] = field(default_factory=list)

    @property
    def procedure(self) -> str:
        return PROCEDURES[self.act.case.procedure].label

    @property
    def returned(self) -> bool:
        return PROCEDURES[self.act.case.procedure].step(self.act.step).returns


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    person: Person = request.user
    found = visible(Project.objects.select_related("zone", "unit", "department", "case"), person)
    project = get_object_or_404(found.prefetch_related("years"), pk=key)
    by_year = cases_of(project, person)
    years = sorted(by_year, reverse=True)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
    if year not in by_year:
        year = years[0] if years else localdate().year
    cases = by_year.get(year, [])
    return render(
        request,
        "web/project.html",
        {
            "project": project,
            "year": year,
            "years": years,
            "stages": stages_of(cases),
            "history": history(cases, project),
            "figure": latest([project.pk], year).get(project.pk),
            "held": lines.held(project.zone_id, [project.pk]).get(project.pk, []),
            "openings": [each for each in queue.openings(person) if each.step.page not in ELSEWHERE],
            **admission_of(project, person),
        },
    )


def admission_of(project: Project, person: Person) -> dict[str, Any]:
    """Whether the project is major, and what it still lacks to enter the library, or a budget once it is there."""
    profile = project.case.profile_id if project.case else None
    if profile is None:
        standing = in_force(project.zone_id, localdate())
        profile = standing.pk if standing else None
    if profile is None:
        return {}
    told: dict[str, Any] = {
        "because": admission.major_because(project, profile),
        "gated": admission.needs_exante(project, profile),
    }
    if project.stage in (Project.Stage.PROPOSED, Project.Stage.RESERVE):
        year = min(max(project.first_year, localdate().year), project.last_year)
        told["asked_year"] = year
        told["asked"] = True
        told["barred"] = admission.refusals([project], year, profile).get(project.pk, [])
    own = {post.organization_id for post in posts_of(person)}
    if project.stage == Project.Stage.PROPOSED and not project.case and project.unit_id in own:
        told["propose"] = reverse("project-propose", args=[project.pk])
    return told


def cases_of(project: Project, person: Person) -> dict[int, list[Case]]:
    """Every case about the project by the year it is about: its own, its budgets' and its execution batches'."""
    budgets = BudgetLine.objects.filter(project=project).values("budget__case")
    batches = ExecutionBatch.objects.filter(figures__project=project).values("case")
    about = Q(subject=project.pk) | Q(pk__in=budgets) | Q(pk__in=batches)
    own = Case.objects.filter(zone_id=project.zone_id).filter(about).select_related("zone")
    # A result's application bears the year of the money; it stands with the year that the result is about.
    applied = Application.objects.filter(case__subject=project.pk)
    about_year = dict(applied.values_list("case", "evaluation__goal__year"))
    by_year: dict[int, list[Case]] = defaultdict(list)
    for case in own.prefetch_related("tasks__organization").order_by("pk"):
        by_year[about_year.get(case.pk, case.year)].append(case)
    seen = set(
        visible(Case.objects.filter(pk__in=own.order_by().values("pk")), person).values_list("pk", flat=True)
    )
    for cases in by_year.values():
        for case in cases:
            case.readable = case.pk in seen  # type: ignore[attr-defined]
    return dict(by_year)


def stages_of(cases: list[Case]) -> list[Stage]:
    """The stages in order, each with its cases."""
    stages = {key: Stage(key, PROCEDURES[key].label) for key in STAGES if key in PROCEDURES}
    for case in cases:
        if case.procedure in stages:
            stages[case.procedure].cases.append(case)
    return list(stages.values())


def history(cases: list[Case], project: Project) -> list[Line]:
    """All acts of these cases in the order of time; what was done within another act stands under it."""
    by_key = {case.pk: case for case in cases}
    acts = (
        Act.objects.filter(zone_id=project.zone_id, case_id__in=by_key).defer("record").order_by("at", "id")
    )
    lines: dict[UUID, Line] = {}
    for act in acts:
        act.case = by_key[act.case_id]
        lines[act.pk] = Line(act)
    top = []
    for line in lines.values():
        outer = lines.get(line.act.within) if line.act.within else None
        (outer.within if outer else top).append(line)
    return top
