"""Pages of results: a year's applications line by line, and the year-end summary (art. 33, 36)."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.application import lines, result_summary
from jiheng.application.models import Action, Application, ResultSummary
from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.procedure.models import Case

STATES = {"opened": "待提建议", "proposed": "待决定", "decided": "已决定"}
HEADS = [
    ("部门", 20), ("项目代码", 24), ("项目", 30), ("单位", 24), ("结果", 16), ("基数（元）", 16), ("按规则", 10),
    ("按规则安排（元）", 18), ("建议", 10), ("建议安排（元）", 18), ("决定", 10), ("决定安排（元）", 18),
    ("下年预算稿（元）", 18), ("状态", 12),
]  # fmt: skip


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return year if year in years else (years[0] if years else localdate().year + 1)


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """A year's applications beside next year's draft; performance proposes and budget decides several at once."""
    mine = visible(Application.objects.all(), request.user, department="case__department", unit="case__unit")
    years = list(mine.order_by("-year").values_list("year", flat=True).distinct())
    year = _year(request, years)
    every = lines.of_year(request.user, year)
    departments = dict(
        every.order_by("case__department__code").values_list(
            "case__department__code", "case__department__name"
        )
    )
    wanted = {
        name: given if (given := request.GET.get(name, "")) in allowed else ""
        for name, allowed in (("department", departments), ("state", STATES), ("action", Action.values))
    }
    found = lines.of_year(request.user, year, **wanted)
    if request.GET.get("export") == "xlsx":
        return _excel(lines.laid_out(request.user, list(found)), year)
    page = page_of(request, found)
    rows = lines.laid_out(request.user, list(page), request.POST or None)
    faults, chosen = {}, set(request.POST.getlist("line"))
    if request.method == "POST":
        done = lines.carry_out(rows, chosen, by=request.user)
        if done.number:
            messages.success(request, f"已办理 {done.number} 个项目。")
        if not chosen:
            faults["lines"] = "请至少勾选一个项目"
        elif not done.faults:
            return redirect(f"{reverse('result-lines')}?{request.GET.urlencode()}")
        for row in rows:
            if reasons := done.faults.get(row.key):
                faults[f"amount-{row.key}"] = f"{row.application.case.title}：" + "；".join(map(str, reasons))
        shown = {row.application.pk for row in rows}
        rows = lines.laid_out(request.user, list(every.filter(pk__in=shown)), request.POST)
    context = {
        "rows": rows, "year": year, "years": years, "wanted": wanted, "departments": departments,
        "states": STATES, "actions": Action.choices, "chosen": chosen, "faults": faults,
        "totals": lines.totals(found), "can": any(row.step for row in rows), "page": page,
        "total": page.paginator.count,
    }  # fmt: skip
    return render(request, "application/lines.html", context, status=422 if faults else 200)


def _excel(rows: list[lines.Line], year: int) -> FileResponse:
    label = dict(Action.choices)
    return rows_as_excel(
        HEADS,
        (
            [
                row.application.case.department.name, row.application.case.code, row.application.case.title,
                row.application.case.unit.name if row.application.case.unit else "",
                row.application.evaluation.grade, row.application.base, label[row.application.ruled],
                row.application.ruled_amount, label.get(row.application.proposed, ""),
                row.application.proposed_amount, label.get(row.application.decided, ""),
                row.application.decided_amount, row.drafted, STATES[row.application.case.state],
            ]
            for row in rows
        ),
        f"{year}年预算结果应用",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def summary_new(request: HttpRequest) -> HttpResponse:
    """The years whose decisions aren't summed up yet."""
    zone = request.user.zone
    decided = Application.objects.filter(zone=zone, case__state="decided")
    years = {year - 1 for year in decided.order_by().values_list("year", flat=True).distinct()}
    years -= set(ResultSummary.objects.filter(zone=zone).values_list("year", flat=True))
    mine = holds(request.user, [EXPENDITURE])
    context = {"years": sorted(years, reverse=True) if mine else [], "mine": mine}
    if request.method == "POST":
        chosen = [year for year in context["years"] if str(year) == request.POST.get("year")]
        if not chosen:
            context["faults"] = {"year": "请选择要汇总的年度"}
            return render(request, "application/summary_new.html", context, status=422)
        act = result_summary.begin(zone, chosen[0], by=request.user)
        messages.success(request, "已汇总，核对后报绩效科备案。")
        return redirect("case", key=act.case_id)
    return render(request, "application/summary_new.html", context)


def summary_excel(request: HttpRequest, key: UUID) -> FileResponse:
    """The summary as a workbook."""
    case = get_object_or_404(visible(Case.objects.filter(procedure="result_summary"), request.user), pk=key)
    record = result_summary.load([case.pk])[case.pk]
    heads = [(label, 28 if place in (2, 10) else 18) for place, label in enumerate(result_summary.HEAD)]
    rows = (
        [Decimal(cell) if place in result_summary.FIGURES else cell for place, cell in enumerate(row)]
        for row in record.rows
    )
    return rows_as_excel(heads, rows, str(record))
