"""Listing problems of a monitoring report: from its yellow and red lights, or by hand (art. 24)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jiheng.bureau.profile import values_of
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.bureau.standing import standing
from jiheng.bureau.views import page_of
from jiheng.monitoring import problem, procedure
from jiheng.monitoring.models import Report
from jiheng.monitoring.problem import Found
from jiheng.paper.typed import clean
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason

WARNING = ("yellow", "red")
LONGEST_WORKDAYS = 250


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Without a report: the reports to choose from, red ones first. With one: its lights, each ready to be listed."""
    if not holds(request.user, [EXPENDITURE]):
        step = problem.PROBLEM.opening()
        reason = Reason(
            "监控问题由支出管理科列出", 24, kind="role", next="单位在待办中整改并报告，部门确认后核实销号。"
        )
        raise door.Refusal(problem.PROBLEM, step, Case(title=step.label), [reason])
    asked = (request.POST or request.GET).get("report", "")
    try:
        key = UUID(asked) if asked else None
    except ValueError:
        key = None
    return _of_report(request, key) if key else _choose(request)


def _choose(request: HttpRequest) -> HttpResponse:
    q = clean(request.GET.get("q", ""))[:60]
    reports = visible(
        Report.objects.filter(case__state__in=problem.REVIEWED),
        request.user,
        department="case__department",
        unit="case__unit",
    )
    reports = reports.annotate(listed=Count("problems")) if q else reports.filter(
        light__in=WARNING, problems__isnull=True
    )  # fmt: skip
    for word in q.split():
        reports = reports.filter(Q(case__title__icontains=word) | Q(case__code__icontains=word))
    rows = reports.select_related("case__unit", "case__department").order_by("-cutoff", "light", "case__code")
    page = page_of(request, rows)
    return render(
        request, "monitoring/problem_choose.html", {"page": page, "total": page.paginator.count, "q": q}
    )


def _of_report(request: HttpRequest, key: UUID) -> HttpResponse:
    cases = visible(
        Case.objects.filter(procedure__in=procedure.PROCEDURES, state__in=problem.REVIEWED), request.user
    )
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    report = procedure.load([case.pk])[case.pk]
    report.case = case
    profile = values_of(case.profile_id)
    days = request.POST.get("days", str(profile("days", "problem_report"))).strip()
    faults: dict[str, str] = {}
    lines: list[dict[str, Any]] = [
        {
            "key": str(row.pk),
            "name": row.indicator.name,
            "indicator": row.indicator,
            "light": row.light,
            "text": f"“{row.indicator.name}”目标 {row.indicator.target}，截至 {report.cutoff} 完成 {row.actual or '未填'}",
            "demand": row.measure or "查明原因，限期补上进度。",
        }
        for row in report.rows.all()
    ]
    lines.append(
        {
            "key": "execution",
            "name": "预算执行",
            "indicator": None,
            "light": report.execution_light,
            "text": f"截至 {report.cutoff} 预算执行落后于时间进度",
            "demand": "加快支付，确实用不完的申请调剂。",
        }
    )
    lines.append(
        {"key": "other", "name": "其他问题", "indicator": None, "light": "", "text": "", "demand": ""}
    )
    for line in lines:
        line["chosen"] = line["light"] in WARNING
        if request.method == "POST":
            line["chosen"] = line["key"] in request.POST.getlist("line")
            for name in ("text", "demand"):
                line[name] = keepable(request.POST.get(f"{name}-{line['key']}", "")).strip()
    if request.method == "POST":
        chosen = [line for line in lines if line["chosen"]]
        for line in chosen:
            for name, label in (("text", "问题"), ("demand", "整改要求")):
                if not line[name]:
                    faults[f"{name}-{line['key']}"] = f"“{line['name']}”没有写{label}"
        if not chosen:
            faults["days"] = "请至少勾选一个问题"
        elif not (days.isascii() and days.isdigit() and 1 <= int(days) <= LONGEST_WORKDAYS):
            faults["days"] = f"整改期限“{days}”不是 1 至 {LONGEST_WORKDAYS} 的整数，单位是工作日"
        if not faults:
            due = standing(case.zone).workday_after(timezone.localdate(door.now()), int(days))
            found = [Found(line["text"], line["demand"], line["indicator"]) for line in chosen]
            made = problem.list_problems(report, found, due, by=request.user)
            messages.success(request, f"已列出 {len(made)} 个问题，须在 {due} 前整改并报告。")
            return redirect(f"{reverse('work', args=['monitoring'])}?procedure={made[0].procedure}")
    context = {
        "case": case,
        "report": report,
        "lines": lines,
        "days": days,
        "faults": faults,
        "listed": report.problems.select_related("case").order_by("pk"),
    }
    return render(request, "monitoring/problem_new.html", context, status=422 if faults else 200)
