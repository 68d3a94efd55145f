"""Pages of transfers: which department's money moves, how much stands after, and why (art. 21). Typed in 万元."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.budget import lines, transfer
from jiheng.budget.allocation_views import amount_of
from jiheng.budget.models import Transfer
from jiheng.bureau.roles import DEPARTMENT
from jiheng.bureau.scope import posts_of, visible
from jiheng.paper.typed import number, revision_of
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.project.models import Project

OVERTAKEN = "这份申请在您打开以后由别人保存过。您填的没有保存，也没有覆盖；请重新打开再填。"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose department, year and kind."""
    mine = [
        post.organization for post in posts_of(request.user) if DEPARTMENT.key in post.organization.role_keys
    ]
    this_year = localdate().year
    context: dict[str, Any] = {"mine": mine, "year": this_year, "kinds": Transfer.Kind.choices}
    if request.method == "POST":
        department = next((each for each in mine if str(each.pk) == request.POST.get("department")), None)
        kind = request.POST.get("kind", "")
        if department is None or kind not in Transfer.Kind.values:
            context["faults"] = {"kind": "请选择调剂的类别"}
            return render(request, "budget/transfer_new.html", context, status=422)
        act = transfer.begin(department, this_year, kind, by=request.user)
        return redirect("transfer-edit", key=act.case_id)
    return render(request, "budget/transfer_new.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """The department's projects with what each has now; what stands after is typed where something changes."""
    cases = visible(Case.objects.filter(procedure="transfer"), request.user)
    case = get_object_or_404(cases.select_related("zone", "department"), pk=key)
    door.must_edit(case, request.user)
    record = transfer.load([case.pk])[case.pk]
    projects = list(
        Project.objects.filter(
            zone_id=case.zone_id,
            department=case.department,
            first_year__lte=record.year,
            last_year__gte=record.year,
        ).select_related("unit")
    )
    keys = [project.pk for project in projects]
    granted = lines.granted(case.zone_id, keys, record.year)
    out = lines.passed_on(case.zone_id, keys, record.year)
    goals = transfer.coming_goals(case.zone_id, keys, record.year)
    typed = {line.project_id: f"{(line.after / 10000).normalize():f}" for line in record.lines.all()}
    kind, reason, faults = record.kind, record.reason, {}
    if request.method == "POST":
        kind, reason = request.POST.get("kind", ""), keepable(request.POST.get("reason", "")).strip()
        if kind not in Transfer.Kind.values:
            faults["kind"] = "请选择调剂的类别"
        typed = {project.pk: request.POST.get(f"after-{project.pk}", "").strip() for project in projects}
        afters = {}
        for project in projects:
            if not typed[project.pk]:
                continue
            after = Decimal(0) if number(typed[project.pk]) == 0 else amount_of(typed[project.pk])
            if after is None:
                faults[f"after-{project.pk}"] = (
                    f"“{project.name}”调剂后的金额“{typed[project.pk]}”不是不小于 0 的数，单位是万元"
                )
                continue
            afters[project] = (granted.get(project.pk, Decimal(0)), after)
        if not faults:
            try:
                transfer.save(case, kind, reason, afters, by=request.user, revision=revision_of(request.POST))
            except door.Overtaken:
                faults["revision"] = OVERTAKEN
            else:
                messages.success(request, f"已保存：{len(afters)} 个项目。")
                return redirect("case", key=key)
    rows = [
        {
            "project": project,
            "before": granted.get(project.pk),
            "out": out.get(project.pk),
            "typed": typed.get(project.pk, ""),
            "goal": goals.get(project.pk),
        }
        for project in projects
        if project.pk in granted or project.pk in goals
    ]
    context = {
        "case": case, "record": record, "rows": rows, "kind": kind, "kinds": Transfer.Kind.choices,
        "reason": reason, "faults": faults,
    }  # fmt: skip
    return render(request, "budget/transfer_edit.html", context, status=422 if faults else 200)
