"""Pages of payment control: proposing it, and the list of what stands (art. 26). Shown in 万元, exported in 元."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.budget import lines
from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Organization
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.monitoring import control
from jiheng.monitoring.models import Control
from jiheng.paper.typed import clean
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.project.execution import latest
from jiheng.project.models import Project

MOST = 50
"""Projects shown to choose from; with more, the search is to be narrowed."""
ALL, STANDING, LIFTED = "all", "standing", "lifted"
HEADS = (
    ("项目代码", 24), ("项目名称", 40), ("部门", 20), ("单位", 24), ("方式", 12), ("状态", 16), ("生效日", 12), ("解除日", 12),
    ("批复数（元）", 18), ("已下达（元）", 18), ("支付数（元）", 18), ("期间新增支付（元）", 20), ("期间新增用款计划（元）", 22),
    ("事由", 60),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Expenditure proposes to suspend or stop one project's money, with reason and evidence."""
    step = control.CONTROL.opening()
    if not holds(request.user, [EXPENDITURE]):
        reason = Reason(
            "暂缓、停止拨款由支出管理科提请", 26, kind="role", next="国库科在提请后会签；两科都签才生效。"
        )
        raise door.Refusal(control.CONTROL, step, Case(title=step.label), [reason])
    asked = request.POST if request.method == "POST" else request.GET
    q = clean(asked.get("q", ""))[:60]
    projects = visible(Project.objects.select_related("unit", "department"), request.user)
    projects = projects.filter(stage__in=(Project.Stage.BUDGETED, Project.Stage.EXECUTING))
    for word in q.split():
        projects = projects.filter(Q(name__icontains=word) | Q(code__icontains=word))
    rows = list(projects.order_by("code")[: MOST + 1])
    chosen, kind = asked.get("project", ""), asked.get("kind", "")
    reason = keepable(request.POST.get("reason", "")).strip()
    faults: dict[str, str] = {}
    if request.method == "POST":
        picked = next((row for row in rows if str(row.pk) == chosen), None)
        evidence = request.FILES.getlist("evidence")
        if picked is None:
            faults["project"] = "请选择一个项目"
        if kind not in Control.Kind.values:
            faults["kind"] = "请选择暂缓还是停止"
        if not reason:
            faults["reason"] = "请写明事由：查明了什么问题、依据什么"
        if not evidence:
            faults["evidence"] = "请上传佐证材料"
        elif any(file.size > settings.UPLOAD_LIMIT for file in evidence):
            faults["evidence"] = "有文件超过 20 MB，请压缩或拆分后再上传"
        if picked and not faults:
            case = control.propose(picked, kind, reason, by=request.user, evidence=evidence)
            messages.success(request, "已提请，待支出管理科、国库科会签；会签前不影响拨款。")
            return redirect(case)
    figures = latest([row.pk for row in rows], localdate().year)
    context = {
        "rows": [(row, figures.get(row.pk)) for row in rows[:MOST]],
        "more": len(rows) > MOST,
        "q": q,
        "chosen": chosen,
        "kind": kind,
        "kinds": Control.Kind.choices,
        "reason": reason,
        "faults": faults,
    }
    return render(request, "monitoring/control_new.html", context, status=422 if faults else 200)


def index(request: HttpRequest) -> HttpResponse:
    """Every control I may see: those standing first, with amounts, and as Excel (art. 7, 26)."""
    mine = visible(
        Control.objects.select_related("case__department", "case__unit", "project"),
        request.user,
        department="case__department",
        unit="case__unit",
    )
    state, kind = request.GET.get("state", STANDING), request.GET.get("kind", "")
    department, q = request.GET.get("department", ""), clean(request.GET.get("q", ""))[:60]
    departments = Organization.objects.filter(pk__in=mine.order_by().values("case__department"))
    found = mine.order_by("-effective", "-id")
    if state == LIFTED:
        found = found.filter(case__state="lifted")
    elif state != ALL:
        state, found = STANDING, found.filter(case__state__in=control.STANDING)
    if kind in Control.Kind.values:
        found = found.filter(kind=kind)
    if department in {str(each.pk) for each in departments}:
        found = found.filter(case__department=department)
    for word in q.split():
        found = found.filter(Q(project__name__icontains=word) | Q(project__code__icontains=word))
    if request.GET.get("export") == "xlsx":
        return _as_excel(_with_money(list(found)))
    page = page_of(request, found)
    context = {
        "page": page,
        "rows": _with_money(list(page.object_list)),
        "total": page.paginator.count,
        "departments": departments,
        "kinds": Control.Kind.choices,
        "states": ((STANDING, "现在停拨的"), (LIFTED, "恢复了的"), (ALL, "全部")),
        "chosen": {"state": state, "kind": kind, "department": department, "q": q},
        "filtered": bool(kind or department or q or state != STANDING),
        "may_propose": holds(request.user, [EXPENDITURE]),
    }
    return render(request, "monitoring/controls.html", context)


def _with_money(controls: Sequence[Control]) -> list[dict[str, Any]]:
    """Each control with what was granted, is out, was paid, and was paid although the money was stopped."""
    against = control.payments_against(controls)
    by_year: dict[int, list[Control]] = {}
    for each in controls:
        by_year.setdefault(each.case.year, []).append(each)
    money: dict[Any, dict[str, Any]] = {}
    for year, some in by_year.items():
        zone, keys = some[0].zone_id, [each.project_id for each in some]
        granted, out = lines.granted(zone, keys, year), lines.passed_on(zone, keys, year)
        figures = latest(keys, year)
        for each in some:
            figure = figures.get(each.project_id)
            money[each.pk] = {
                "granted": granted.get(each.project_id),
                "out": out.get(each.project_id),
                "paid": figure.paid if figure else None,
            }
    return [
        {
            "control": each,
            "flagged": sum((p.increase for p in against[each.pk] if not p.planned), Decimal(0)),
            "planned": sum((p.increase for p in against[each.pk] if p.planned), Decimal(0)),
            **money[each.pk],
        }
        for each in controls
    ]


def _as_excel(rows: Sequence[dict[str, Any]]) -> FileResponse:
    """The list as one sheet, amounts in 元."""
    states = {state.key: state.label for state in control.CONTROL.states}
    cells = []
    for row in rows:
        each = row["control"]
        line = (
            each.project.code, each.project.name, each.case.department.name, each.case.unit.name,
            each.get_kind_display(), states[each.case.state], str(each.effective or ""), str(each.lifted or ""),
            row["granted"], row["out"], row["paid"], row["flagged"], row["planned"], each.reason,
        )  # fmt: skip
        cells.append(line)
    return rows_as_excel(HEADS, cells, "暂缓停止拨款")
