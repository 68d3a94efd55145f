"""Indicators of the library in goals: recommended while writing, counted when in force, proposed anew (art. 38)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from jiheng.bureau.models import Person
from jiheng.bureau.profile import field_owner
from jiheng.bureau.roles import EXPENDITURE, UNIT
from jiheng.bureau.scope import role_keys, visible
from jiheng.goal.models import Goal, Indicator
from jiheng.indicator import finding, procedure
from jiheng.indicator.models import LibraryIndicator
from jiheng.indicator.recommend import Past
from jiheng.indicator.target import Kind, read
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES
from jiheng.project.rules import FIELDS

NEWEST = 2000
"""So many goals in force are learned from, the newest first."""
FOUND = 20


def earlier(zone_id: UUID) -> tuple[object, Any]:
    """What goals in force used, for recommending; the stamp changes when goals come into force or end."""
    goals = Goal.objects.filter(zone_id=zone_id, project__isnull=False, case__state="in_force")
    stamp = goals.aggregate(n=Count("pk"))["n"]

    def ask() -> Iterable[Past]:
        some = goals.order_by("-year", "-pk").select_related("project__department")[:NEWEST]
        for goal in some.prefetch_related("indicators"):
            used = frozenset((row.level2, row.name) for row in goal.indicators.all())
            yield Past(goal.project.name, goal.project.department.name, goal.project.field, used)

    return stamp, ask


def uses(person: Person, level2: str, name: str) -> list[tuple[str, str]]:
    """The newest goals that use an indicator, as far as I may see them."""
    rows = visible(
        Indicator.objects.filter(level2=level2, name=name, goal__case__state="in_force"),
        person, department="goal__case__department", unit="goal__case__unit",
    ).select_related("goal__case", "goal__project", "goal__organization").order_by("-goal__year")[:FOUND]  # fmt: skip
    return [
        (f"{row.goal.name}（{row.goal.year}年）：{row.target}", row.goal.case.get_absolute_url())
        for row in rows
    ]


def _goal(request: HttpRequest, key: UUID) -> Goal:
    cases = visible(Case.objects.filter(procedure__in=("goal", "whole_goal", "goal_change")), request.user)
    case = get_object_or_404(cases, pk=key)
    return get_object_or_404(
        Goal.objects.select_related("project__department", "organization", "case"), case=case
    )


@require_GET
def recommended(request: HttpRequest, key: UUID) -> HttpResponse:
    """The ten most fitting indicators, or what a search finds, to be put into the table."""
    goal = _goal(request, key)
    q = request.GET.get("q", "").strip()[:60]
    field = goal.project.field if goal.project else ""
    taken = [name for name in request.GET.getlist("name") if name]
    if q:
        found = finding.searched(finding.published(goal.zone_id, field), q).exclude(name__in=taken)
        rows = [(row, "") for row in found.order_by("-used", "code")[:FOUND]]
    else:
        department = goal.project.department.name if goal.project else goal.organization.name
        ten = finding.fitting(goal.zone_id, goal.name, department, field, without=taken)
        rows = [(row, each.why) for row, each in ten]
    return render(request, "goal/_library.html", {"rows": rows, "q": q, "asked": True})


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Puts an indicator of one's own goal forward for the library; performance and its owner countersign."""
    key = request.GET.get("goal") or request.POST.get("goal") or ""
    goals = visible(Goal.objects.all(), request.user, department="case__department", unit="case__unit")
    goal = (
        goals.filter(case_id=key)
        .select_related("case__zone", "case__department", "case__unit", "project")
        .first()
        if _uuid(key)
        else None
    )
    if goal is None:
        mine = (
            goals.filter(project__isnull=False)
            .select_related("case", "project")
            .order_by("-case__moved_at")[:50]
        )
        return render(request, "goal/propose.html", {"goals": mine})
    known = set(finding.published(goal.zone_id).values_list("level2", "name"))
    rows = [row for row in goal.indicators.all() if (row.level2, row.name) not in known]
    typed = {name: request.POST.get(name, "").strip() for name in ("row", "industry", "source", "word")}
    field = goal.project.field if goal.project else ""
    context: dict[str, Any] = {"goal": goal, "rows": rows, "typed": typed}
    if request.method == "POST":
        faults = {}
        row = next((each for each in rows if str(each.pk) == typed["row"]), None)
        if row is None:
            faults["row"] = "请选择要提出的指标"
        if not typed["word"]:
            faults["word"] = "请写明为什么值得大家用（规程第38条）"
        for name, longest in (("industry", 40), ("source", 200), ("word", 300)):
            if len(typed[name]) > longest:
                faults[name] = f"不能超过 {longest} 个字"
        if faults or row is None:
            return render(request, "goal/propose.html", context | {"faults": faults}, status=422)
        step = "unit_propose" if UNIT.key in role_keys(request.user) else "department_propose"
        owner = _owner(request.user, field)
        value = read(row.target)
        new = LibraryIndicator(
            zone_id=goal.zone_id, code=f"P{row.pk.hex[-16:]}", level1=row.level1, level2=row.level2, name=row.name,
            kind="quantitative" if value.kind in (Kind.QUANTITATIVE, Kind.RANGE) else "qualitative", unit=value.unit[:20],
            reference=row.target[:200], field=field if field in FIELDS else "", industry=typed["industry"],
            source=typed["source"], owner=owner,
        )  # fmt: skip
        table = PROCEDURES[procedure.PROPOSALS.get(owner, procedure.PROPOSALS[EXPENDITURE.key])]
        if LibraryIndicator.objects.filter(zone_id=goal.zone_id, code=new.code).exists():
            context["faults"] = {"row": "这条指标已经提出过，请在“支撑保障”中查看办到哪里"}
            return render(request, "goal/propose.html", context, status=422)
        act = procedure.propose(
            step,
            owner,
            f"{row.name}（{goal.name}）"[:200],
            by=request.user,
            new=[new],
            goal=goal.case,
            word=typed["word"],
        )
        messages.success(request, f"已提出“{row.name}”，{table.label}会签后发布。")
        return redirect("case", key=act.case_id)
    return render(request, "goal/propose.html", context)


def _uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _owner(person: Person, field: str) -> str:
    """The role that owns indicators of a field (art. 9); others belong to the expenditure office."""
    return field_owner(person.zone_id, localdate(door.now()), field)
