"""Pages of the procedures: what steps there are, who does them, by which articles (art. 3), and the pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control

from jiheng.bureau.models import Zone
from jiheng.bureau.profile import CATALOGUE, in_force
from jiheng.bureau.roles import ROLES
from jiheng.bureau.scope import visible
from jiheng.bureau.standing import standing
from jiheng.procedure.bpmn import bpmn
from jiheng.procedure.flow import givers, ranks_of
from jiheng.procedure.models import Case
from jiheng.procedure.picture import picture
from jiheng.procedure.progress import progress_of
from jiheng.procedure.table import PROCEDURES, WORKS, Procedure, Step, step_named

DAYS = {parameter.key: parameter for parameter in CATALOGUE if parameter.section == "days"}


@dataclass(frozen=True)
class Other:
    """A step of another procedure that goes together with one of this."""

    procedure: Procedure
    step: Step


@dataclass(frozen=True)
class Row:
    """A step as the page's table shows it; ``days`` is the bureau's time limit in workdays."""

    step: Step
    sources: list[str]
    target: str
    offices: list[str]
    days: int | None
    days_source: str
    only_with: Other | None
    brings: list[Other]


def office_names(zone: Zone) -> dict[str, str]:
    """What the offices that fill each role are called in this bureau, by role key."""
    names = {}
    for role in ROLES.values():
        offices = standing(zone).offices.get(role.key, ())
        told = [office.name for office in offices]
        names[role.key] = "、".join(told) if 0 < len(told) < 3 else role.label
        if len(told) > 2:
            names[role.key] += f"（{len(told)} 个科室）"
    return names


def procedures(request: HttpRequest) -> HttpResponse:
    """All procedures by kind of work, in the regulation's order."""
    groups = []
    for key, label in WORKS:
        found = [each for each in PROCEDURES.values() if each.work == key]
        if found:
            groups.append({"key": key, "label": label, "entries": [_entry(each) for each in found]})
    return render(request, "procedure/index.html", {"groups": groups})


def _entry(each: Procedure) -> dict[str, Any]:
    return {
        "procedure": each,
        "steps": sum(not step.returns for step in each.steps),
        "parties": len({role for step in each.steps for role in step.roles}),
        "articles": sorted({number for step in each.steps for number in step.articles}),
    }


def procedure(request: HttpRequest, key: str) -> HttpResponse:
    """One procedure: its picture and the table of its steps."""
    found = _found(key)
    zone = request.user.zone  # type: ignore[union-attr]
    names = office_names(zone)
    rows = list(_rows(found, zone, names))
    context = {
        "procedure": found,
        "work": dict(WORKS)[found.work],
        # Made by ElementTree from the table, every text escaped.
        "picture": mark_safe(picture(found, names=names)),
        "rows": rows,
        "timed": any(row.days for row in rows),
        "brings": any(row.brings for row in rows),
        "others": [each for each in PROCEDURES.values() if each != found],
    }
    return render(request, "procedure/procedure.html", context)


def _rows(found: Procedure, zone: Zone, names: dict[str, str]) -> Iterator[Row]:
    profile = in_force(zone.pk, localdate())
    values = profile.values.get("days", {}) if profile else {}
    ranks = ranks_of(found)
    for step in found.steps:
        setting = values.get(step.days, {})
        targets = [step.target] if isinstance(step.target, str) else givers(found, step, ranks)
        yield Row(
            step,
            sources=[found.state(source).label for source in step.source],
            target="或".join(found.state(target).label for target in targets),
            offices=[names[role.key] for role in step.roles],
            days=setting.get("value"),
            days_source=f"{DAYS[step.days].label}：{setting['source']}" if setting else "",
            only_with=Other(*step_named(step.only_with)) if step.only_with else None,
            brings=[
                Other(other, each)
                for other in PROCEDURES.values()
                for each in other.steps
                if each.only_with == found.name_of(step)
            ],
        )


def _found(key: str) -> Procedure:
    if key not in PROCEDURES:
        raise Http404(f"没有流程“{key}”")
    return PROCEDURES[key]


@cache_control(private=True, max_age=300)
def procedure_picture(request: HttpRequest, key: str) -> HttpResponse:
    """The picture of a procedure with this bureau's offices."""
    names = office_names(request.user.zone)  # type: ignore[union-attr]
    return HttpResponse(picture(_found(key), names=names), content_type="image/svg+xml")


@cache_control(private=True, no_cache=True)
def case_picture(request: HttpRequest, key: str) -> HttpResponse:
    """The picture of a case's procedure with the case's place in it; only of cases the person may see."""
    cases = Case.objects.select_related("zone", "department", "unit")
    case = get_object_or_404(visible(cases, request.user), pk=key)  # type: ignore[arg-type]
    drawn = picture(PROCEDURES[case.procedure], progress_of(case))
    return HttpResponse(drawn, content_type="image/svg+xml")


def procedure_bpmn(request: HttpRequest, key: str) -> HttpResponse:
    """The procedure as a BPMN 2.0 file."""
    found = _found(key)
    answer = HttpResponse(bpmn(found), content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.key}.bpmn"'
    return answer
