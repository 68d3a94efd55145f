"""Pages of revenue performance (art. 7): the year by item, loading a plan or a month, the month's analysis."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from jiheng.bureau.listing import rows_as_excel
from jiheng.bureau.models import Organization
from jiheng.bureau.roles import TREASURY
from jiheng.bureau.scope import holds, organizations_of, visible
from jiheng.filing.documents import paper_page
from jiheng.paper.columns import Column, Report, write_template
from jiheng.paper.container import Unreadable
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import Procedure, Reason
from jiheng.revenue import entering, figures, reading
from jiheng.revenue.chart import chart
from jiheng.revenue.models import Month, Plan
from jiheng.revenue.procedure import MONTH, PLAN

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = (
    ("科目编码", 12), ("收入项目", 28), ("类别", 12), ("全年计划（元）", 20), ("累计完成（元）", 20), ("完成率", 12),
    ("比时间进度", 12), ("上年同期（元）", 20), ("同比", 12), ("进度", 10),
)  # fmt: skip
LONGEST = 4000


def _offices_only(request: HttpRequest) -> None:
    if not any(each.kind == Organization.Kind.OFFICE for each in organizations_of(request.user)):
        raise _refusal(MONTH, "收入情况由财政局各科室查看", "需要的请与国库科联系。")


def _refusal(procedure: Procedure, text: str, then: str) -> door.Refusal:
    step = procedure.opening()
    return door.Refusal(
        procedure, step, Case(title=procedure.label), [Reason(text, 7, kind="role", next=then)]
    )


def index(request: HttpRequest) -> HttpResponse:
    """A year by item at its latest month, or an earlier one: plan, completion against time, structure, growth."""
    _offices_only(request)
    zone = request.user.zone_id
    years = sorted({*Plan.objects.filter(zone=zone).values_list("year", flat=True)}, reverse=True)
    given = request.GET.get("year", "")
    year = (
        int(given) if re.fullmatch(r"20\d\d", given) else (years[0] if years else timezone.localdate().year)
    )
    months = list(
        Month.objects.filter(zone=zone, year=year, withdrawn=False)
        .select_related("case", "plan")
        .order_by("month")
    )
    chosen = next((each for each in months if str(each.month) == request.GET.get("month")), None)
    month = chosen or (months[-1] if months else None)
    stands = figures.standing(month) if month else None
    if stands and request.GET.get("export") == "xlsx":
        return _as_excel(year, stands)
    plan = figures.plan_of(zone, year)
    context = {
        "year": year,
        "years": sorted({*years, year}, reverse=True),
        "plan": plan,
        "plan_lines": list(plan.lines.all()) if plan and not month else [],
        "months": [
            {
                "url": f"?year={year}&month={each.month}",
                "label": f"{each.month}月",
                "count": None,
                "current": each == month,
            }
            for each in months
        ],
        "month": month,
        "stands": stands,
        "rows": figures.rows(stands) if stands else [],
        "time": figures.percent(stands and figures.rules.time_progress(stands.month)),
        "may_load": holds(request.user, [TREASURY]),
    }
    return render(request, "revenue/index.html", context)


def _as_excel(year: int, stands: Any) -> HttpResponse:
    rows = (
        (
            line["item"].code, line["item"].name, {"tax": "税收收入", "non_tax": "非税收入"}.get(line["item"].kind, ""),
            line["item"].plan, line["item"].total, line["completion"], line["ahead"], line["item"].before, line["growth"],
            "慢于进度" if line["behind"] else "",
        )
        for line in figures.rows(stands)
    )  # fmt: skip
    return rows_as_excel(HEADS, rows, f"{year}年1-{stands.month}月收入完成情况")


def picture(request: HttpRequest, year: int) -> HttpResponse:
    """The chart of a year."""
    _offices_only(request)
    zone = request.user.zone_id
    plan = figures.plan_of(zone, year)
    months = list(
        Month.objects.filter(zone=zone, year=year, withdrawn=False)
        .select_related("case", "plan")
        .order_by("month")
    )
    if plan is None:
        raise Http404("没有这一年的收入计划")
    stands = [figures.standing(month) for month in months]
    whole = sum(line.amount for line in plan.lines.all())
    share = stands[-1].share if stands else Decimal(1)
    drawn = chart(year, whole, [(each.month, each.whole.total) for each in stands], share)
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Load the plan of a year from a file."""
    return _new(request, PLAN, reading.PLAN, _take_plan)


@require_http_methods(["GET", "POST"])
def new_month(request: HttpRequest) -> HttpResponse:
    """Load what had come in by the end of a month from a file."""
    return _new(request, MONTH, reading.MONTH, _take_month)


Take = Callable[[HttpRequest, Sequence[reading.Line], int, int, str, bytes, list[str]], "Case | None"]


def _take_plan(
    request: HttpRequest, lines: Sequence[reading.Line], year: int, month: int, name: str, content: bytes,
    found: list[str],
) -> Case | None:  # fmt: skip
    return entering.enter_plan(year, lines, by=request.user, name=name, content=content)


def _take_month(
    request: HttpRequest, lines: Sequence[reading.Line], year: int, month: int, name: str, content: bytes,
    found: list[str],
) -> Case | None:  # fmt: skip
    strange = entering.strangers(year, lines, request.user.zone_id)
    if strange and figures.plan_of(request.user.zone_id, year):
        for line in strange:
            found.append(
                f"{line.place}：{year}年收入计划里没有科目 {line.code} {line.name}。核对编码，或先调整计划。"
            )
        return None
    return entering.enter_month(year, month, lines, by=request.user, name=name, content=content)


def _new(request: HttpRequest, procedure: Procedure, columns: Sequence[Column], take: Take) -> HttpResponse:
    monthly = procedure is MONTH
    if not holds(request.user, [TREASURY]):
        raise _refusal(procedure, f"{procedure.label}由国库科载入", "载入后在“收入绩效”里看。")
    today = timezone.localdate()
    typed = {
        "year": str(today.year - (monthly and today.month == 1)),
        "month": str(today.month - 1 or 12),
    }
    faults: dict[str, str] = {}
    found: list[str] = []
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").strip() for key in typed}
        year = int(typed["year"]) if re.fullmatch(r"20\d\d", typed["year"]) else 0
        month = int(typed["month"]) if typed["month"].isdecimal() and 1 <= int(typed["month"]) <= 12 else 0
        file = request.FILES.get("file")
        if not year:
            faults["year"] = "年度写四位数字，如 2026"
        if monthly and not month:
            faults["month"] = "请选择月份"
        if monthly and year and month and (year, month) > (today.year, today.month):
            faults["month"] = "这个月还没有过完"
        if file is None:
            faults["file"] = "请选择文件"
        elif file.size > settings.UPLOAD_LIMIT:
            faults["file"] = f"“{file.name}”超过 20 MB"
        if file is not None and not faults:
            content, report = file.read(), Report()
            try:
                lines = reading.read(content, file.name, columns, report)
            except Unreadable as error:
                faults["file"] = f"“{file.name}”读不了：{error}"
            else:
                found = [str(fault) for fault in report.faults]
                if not lines and not found:
                    found = ["文件里没有一行收入。"]
                case = None if found else take(request, lines, year, month, file.name, content, found)
                if case is not None:
                    messages.success(request, f"已载入 {len(lines)} 项收入。")
                    return redirect(case)
                faults["file"] = f"“{file.name}”有 {len(found)} 处要改，没有载入任何一行"
    context = {
        "procedure": procedure,
        "monthly": monthly,
        "typed": typed,
        "faults": faults,
        "found": found,
        "columns": columns,
        "month_choices": [str(number) for number in range(1, 13)],
    }
    return render(request, "revenue/new.html", context, status=422 if faults else 200)


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The sample file of a plan or a month."""
    columns, title = (reading.PLAN, "收入计划") if kind == "plan" else (reading.MONTH, "月度收入")
    notes = ("一行一项收入；合计、小计行可以有，不读。", "金额单位写在列名里：万元或元。")
    response = HttpResponse(write_template(title, columns, notes), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{title}样表.xlsx")
    return response


def _month(request: HttpRequest, key: UUID) -> Month:
    rows = Month.objects.select_related("case__zone", "plan")
    return get_object_or_404(
        visible(rows, request.user, department="case__department", unit="case__unit"), case_id=key
    )


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """The analysis, drafted from the figures, and why items are behind."""
    month = _month(request, key)
    door.must_edit(month.case, request.user)
    stands = figures.standing(month)
    typed = {"text": month.text or figures.drafted(month), "revision": str(month.revision)}
    reasons = dict(month.reasons)
    conflict = ""
    if request.method == "POST":
        typed = {
            "text": keepable(request.POST.get("text", ""))[:LONGEST],
            "revision": request.POST.get("revision", ""),
        }
        reasons = {
            item.code: keepable(request.POST.get(f"reason-{item.code}", ""))[:500] for item in stands.behind
        }
        with door.editing(month.case, request.user):
            held = Month.objects.get(pk=month.pk)
            if str(held.revision) != typed["revision"]:
                conflict = "您打开之后，别人保存过这份分析。下面是您写的，没有保存；请核对后再保存。"
                typed["revision"] = str(held.revision)
            else:
                held.text, held.reasons, held.revision = typed["text"], reasons, held.revision + 1
                held.save(update_fields=["text", "reasons", "revision"])
                messages.success(request, "已保存。")
                return redirect(month.case)
    context = {
        "month": month,
        "case": month.case,
        "stands": stands,
        "typed": typed,
        "behind": [
            {
                "item": item,
                "completion": figures.percent(item.completion),
                "reason": reasons.get(item.code, ""),
            }
            for item in stands.behind
        ],
        "conflict": conflict,
        "longest": LONGEST,
    }
    return render(request, "revenue/edit.html", context, status=409 if conflict else 200)


def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """The month's analysis to be read, or as Word or PDF."""
    _offices_only(request)
    month = _month(request, key)
    return paper_page(
        request,
        "revenue/paper.html",
        figures.paper(month),
        {"case": month.case},
        title=f"{month.case.title}分析",
    )
