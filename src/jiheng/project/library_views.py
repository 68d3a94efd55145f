"""Pages on which a unit proposes a project for the library and mends its draft (art. 12)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jiheng.bureau.models import Organization
from jiheng.bureau.roles import UNIT
from jiheng.bureau.scope import posts_of, visible
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.project import entry, library
from jiheng.project.models import Project

ROWS = 6


def own_units(request: HttpRequest) -> dict[str, Organization]:
    """The units the person acts for, by key."""
    return {
        str(post.organization_id): post.organization
        for post in posts_of(request.user)
        if UNIT.key in post.organization.role_keys
    }


def _only_units(request: HttpRequest) -> dict[str, Organization]:
    units = own_units(request)
    if not units:
        step = library.LIBRARY.opening()
        reason = Reason(
            "项目由单位申报",
            12,
            kind="role",
            next="部门确认、支出管理科审核后入库；各单位申报的在项目库里查看。",
        )
        raise door.Refusal(library.LIBRARY, step, Case(title=step.label), [reason])
    return units


def _read(request: HttpRequest) -> entry.Typed:
    return entry.read(
        request.POST, request.POST.getlist("year"), request.POST.getlist("amount"), request.user.zone
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Propose a project that is not in the library yet."""
    units = _only_units(request)
    if request.method == "GET":
        return _page(request, entry.blank(timezone.localdate().year + 1), units=units)
    typed = _read(request)
    unit = units.get(request.POST.get("unit", "")) or (
        next(iter(units.values())) if len(units) == 1 else None
    )
    if unit is None:
        typed.fault("unit", "请选择申报单位")
    elif not typed.faults and (project := entry.begin(unit, typed, by=request.user)):
        return _begun(request, project)
    return _page(request, typed, units=units, unit=unit, status=422)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, key: UUID) -> HttpResponse:
    """Propose a project that came into the library without a case, by a file or from the integrated system."""
    units = _only_units(request)
    projects = visible(Project.objects.select_related("zone", "unit__parent", "department"), request.user)
    project = get_object_or_404(projects.filter(unit__in=units.values()), pk=key)
    if project.case_id:
        return redirect("case", key=project.case_id)
    if project.stage != Project.Stage.PROPOSED:
        step = library.LIBRARY.opening()
        words = f"“{project.name}”的库内状态是“{project.get_stage_display()}”，不用再申报"
        raise door.Refusal(library.LIBRARY, step, Case(title=project.name), [Reason(words, 12, kind="state")])
    if request.method == "GET":
        return _page(request, entry.typed_of(project), project=project)
    typed = _read(request)
    if not typed.faults and entry.begin(project.unit, typed, by=request.user, known=project):
        return _begun(request, project)
    return _page(request, typed, project=project, status=422)


def _begun(request: HttpRequest, project: Project) -> HttpResponse:
    messages.success(
        request, f"已开始申报“{project.name}”，项目代码 {project.code}。核对后按“提交”交部门确认。"
    )
    return redirect("case", key=project.case_id)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change the facts of a proposal that stands in draft."""
    cases = visible(Case.objects.filter(procedure="project"), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    door.must_edit(case, request.user)
    project = library.load([case.pk])[case.pk]
    project.case = case
    seen = entry.mark(project)
    if request.method == "GET":
        return _page(request, entry.typed_of(project), project=project, seen=seen)
    typed = _read(request)
    seen = request.POST.get("seen", "")
    if not typed.faults:
        try:
            if entry.save(project, typed, by=request.user, seen=seen):
                messages.success(request, f"已保存“{project.name}”。")
                return redirect("case", key=key)
        except door.Overtaken:
            typed.fault("seen", "这份草稿刚被同单位的人在别处保存过；请另开页面核对后再保存，以免互相覆盖")
    return _page(request, typed, project=project, seen=seen, status=422)


def _page(
    request: HttpRequest,
    typed: entry.Typed,
    *,
    units: dict[str, Organization] | None = None,
    unit: Organization | None = None,
    project: Project | None = None,
    seen: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = typed.rows + [("", "")] * max(1, ROWS - len(typed.rows))
    return render(
        request,
        "project/library_edit.html",
        {
            "typed": typed,
            "values": typed.values,
            "rows": rows,
            "choices": entry.CHOICES,
            "faults": typed.faults,
            "units": units or {},
            "unit": str(unit.pk) if unit else "",
            "project": project,
            "seen": seen,
        },
        status=status,
    )
