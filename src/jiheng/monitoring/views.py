"""Pages of monitoring: asking for reports, filling one in."""

import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds, visible
from jiheng.goal.drafts import TEN_THOUSAND, number, revision_of
from jiheng.monitoring import outline, procedure, reporting
from jiheng.monitoring.models import Report, Row
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason


def default_cutoff(today: datetime.date) -> datetime.date:
    """The end of July of this year (norm 3), or the last month's end when that is still to come."""
    july = datetime.date(today.year, 7, 31)
    return july if july < today else today.replace(day=1) - datetime.timedelta(days=1)


@require_http_methods(["GET", "POST"])
def round_(request: HttpRequest) -> HttpResponse:
    """Performance office asks a report for the goals in force up to a cut-off day (art. 24)."""
    if not holds(request.user, [PERFORMANCE]):
        reason = Reason(
            "布置绩效监控由预算绩效管理科办理", 24, kind="role", next="收到布置后，单位在待办中填报。"
        )
        step = procedure.MONITORING.opening()
        raise door.Refusal(procedure.MONITORING, step, Case(title=step.label), [reason])
    typed = (request.POST or request.GET).get("cutoff", "")
    faults: dict[str, str] = {}
    cutoff = default_cutoff(timezone.localdate())
    if typed:
        try:
            cutoff = datetime.date.fromisoformat(typed)
        except ValueError:
            faults["cutoff"] = f"截止日“{typed}”不是日期，请按 2026-07-31 的写法填写"
    goals = reporting.to_monitor(request.user.zone, cutoff.year, cutoff)
    if request.method == "POST" and not faults:
        chosen = set(request.POST.getlist("goal"))
        picked = [goal for goal in goals if str(goal.pk) in chosen]
        if picked:
            acts = reporting.open_reports(picked, cutoff, by=request.user)
            messages.success(request, f"已布置 {len(acts)} 份绩效监控，单位和部门已收到待办。")
            return redirect(f"{reverse('work', args=['monitoring'])}?procedure=monitoring")
        faults["goal"] = "请至少选择一个目标"
    return render(
        request,
        "monitoring/round.html",
        {"goals": goals, "cutoff": cutoff, "faults": faults},
        status=422 if faults else 200,
    )


def _own_words(report: Report, text: str, *, again: bool) -> str:
    """The text as the unit rewrote it; nothing where it is still the draft, or is to be drafted again."""
    words = text.replace("\r\n", "\n").strip()[:20_000]
    before = outline.drafted(procedure.load([report.case_id])[report.case_id])
    return "" if again or words == before else words


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Fill in values, forecast, likelihood, causes and measures; lights show after saving."""
    cases = visible(Case.objects.filter(procedure__in=procedure.PROCEDURES), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    door.must_edit(case, request.user)
    report = procedure.load([case.pk])[case.pk]
    report.case = case
    faults: dict[str, str] = {}
    typed: dict[str, str] = {}
    if request.method == "POST":
        rows = {
            str(row.pk): {
                name: keepable(request.POST.get(f"{name}-{row.pk}", "")) for name in reporting.ROW_FIELDS
            }
            for row in report.rows.all()
        }
        typed = {name: keepable(request.POST.get(name, "")) for name in ("forecast", "summary", "text")}
        forecast = None
        if typed["forecast"].strip():
            forecast = number(typed["forecast"])
            if forecast is None or not 0 <= forecast < 10**11:
                faults["forecast"] = f"全年预计执行数“{typed['forecast']}”不是不小于 0 的数，单位是万元"
        for row in report.rows.all():
            given = rows[str(row.pk)]
            for name in ("actual", "forecast"):
                if len(given[name]) > 500:
                    faults[f"{name}-{row.pk}"] = f"第 {row.indicator.order} 行超过 500 个字"
            if given["likelihood"] and given["likelihood"] not in Row.Likelihood.values:
                faults[f"likelihood-{row.pk}"] = f"第 {row.indicator.order} 行的可能性不在可选范围内"
            if given["cause"] and given["cause"] not in Row.CAUSES:
                faults[f"cause-{row.pk}"] = f"第 {row.indicator.order} 行的原因不在可选范围内"
            for name in reporting.ROW_FIELDS:
                setattr(row, name, given[name])
        if not faults:
            try:
                reporting.save(
                    case,
                    by=request.user,
                    rows=rows,
                    summary=typed["summary"].strip(),
                    forecast=forecast * TEN_THOUSAND if forecast is not None else None,
                    text=_own_words(report, typed["text"], again="again" in request.POST),
                    revision=revision_of(request.POST),
                )
            except door.Overtaken:
                faults["revision"] = (
                    "这份草稿刚被同单位的人在别处保存过；请另开页面核对后再保存，以免互相覆盖"
                )
            else:
                if "stay" in request.POST or "again" in request.POST:
                    messages.success(request, "草稿已保存。")
                    return redirect(f"{case.procedure}-edit", key=key)
                return redirect("case", key=key)
    else:
        amount = report.forecast
        typed = {
            "forecast": f"{(amount / TEN_THOUSAND).normalize():f}" if amount is not None else "",
            "summary": report.summary,
            "text": report.text or outline.drafted(report),
        }
    _, last = reporting.told_last(report.goal, report.cutoff)
    for row in report.rows.all():
        before = last.get(row.indicator.name)
        row.last = before.actual if before else ""
    execution, rows_lit = reporting.workings(report)
    return render(
        request,
        "monitoring/edit.html",
        {
            "report": report,
            "case": case,
            "typed": typed,
            "faults": faults,
            "execution": execution,
            "rows": rows_lit,
            "causes": Row.CAUSES,
            "likelihoods": Row.Likelihood.choices,
        },
        status=422 if faults else 200,
    )
