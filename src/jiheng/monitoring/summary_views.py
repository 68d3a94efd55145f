"""Pages of monitoring on paper: a report's text and form, a department's summary, who has sent theirs (art. 24)."""

import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods

from jiheng.bureau.listing import rows_as_excel
from jiheng.bureau.models import Organization
from jiheng.bureau.roles import DEPARTMENT
from jiheng.bureau.scope import holds, organizations_of, visible
from jiheng.filing.documents import paper_page
from jiheng.goal.drafts import revision_of
from jiheng.monitoring import outline, procedure, summary
from jiheng.monitoring.models import MonitoringSummary, Report
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason

OVERTAKEN = "这一页刚被别人保存过；请另开页面核对后再保存，以免互相覆盖"


def _report(request: HttpRequest, key: UUID) -> Report:
    cases = visible(Case.objects.filter(procedure__in=procedure.PROCEDURES), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    report = procedure.load([case.pk])[case.pk]
    report.case = case
    return report


def report_paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """A project's report to be read and printed, as Word and as PDF."""
    report = _report(request, key)
    case = report.case
    acts = case.acts.filter(step="submit").order_by("-seq").first()
    owner = case.unit or case.department
    return paper_page(
        request, "monitoring/report_paper.html", outline.paper(report), {"case": case, "report": report},
        title=f"{report.goal.name}{report.goal.year}年绩效监控报告", sender=owner.name if owner else "",
        day=localtime(acts.at).date() if acts else None,
    )  # fmt: skip


def report_form(request: HttpRequest, key: UUID) -> FileResponse:
    """The official monitoring table as a workbook (norms 3)."""
    report = _report(request, key)
    heads = [(name, 26 if name in ("三级指标", "原因说明") else 14) for name in outline.HEAD]
    return rows_as_excel(heads, outline.rows_of(report), f"绩效监控表-{report.goal.name}")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The department chooses the round to sum up."""
    if not holds(request.user, [DEPARTMENT]):
        step = summary.SUMMARY.opening()
        reason = Reason("监控汇总由各部门办理", 24, kind="role", next="各部门报送后在待办中审核。")
        raise door.Refusal(summary.SUMMARY, step, Case(title=step.label), [reason])
    mine = [place for place in organizations_of(request.user) if place.kind == Organization.Kind.DEPARTMENT]
    free = [(place, day) for place in mine for day in summary.cutoffs(place)]
    faults: dict[str, str] = {}
    if request.method == "POST":
        wanted = request.POST.get("round", "")
        chosen = [(place, day) for place, day in free if f"{place.pk}:{day}" == wanted]
        if chosen:
            act = summary.begin(*chosen[0], by=request.user)
            messages.success(request, "已按各项目的监控报告汇总，正文已拟好，可以修改后报送。")
            return redirect("monitoring_summary-edit", key=act.case_id)
        faults["round"] = "请选择要汇总的一期"
    context = {"free": free, "faults": faults}
    return render(request, "monitoring/summary_new.html", context, status=422 if faults else 200)


def _summary(request: HttpRequest, key: UUID) -> MonitoringSummary:
    cases = visible(Case.objects.filter(procedure="monitoring_summary"), request.user)
    case = get_object_or_404(cases.select_related("zone", "department"), pk=key)
    record = summary.load([case.pk])[case.pk]
    record.case = case
    return record


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """The summary's text, drafted from the figures; emptied, it is drafted again."""
    record = _summary(request, key)
    door.must_edit(record.case, request.user)
    faults: dict[str, str] = {}
    if request.method == "POST":
        text = "" if "again" in request.POST else request.POST.get("text", "")
        try:
            summary.write(record.case, text, revision_of(request.POST), by=request.user)
        except door.Overtaken:
            faults["revision"] = OVERTAKEN
        else:
            if "again" in request.POST:
                messages.success(request, "已按现在的数字重拟。")
                return redirect("monitoring_summary-edit", key=key)
            messages.success(request, "已保存。")
            return redirect("case", key=key)
    now = summary.rows_of(record.case.department, record.cutoff)
    text = record.text or summary.drafted(record.case.department, record.cutoff, now)
    context = {"record": record, "case": record.case, "text": text, "faults": faults}
    return render(request, "monitoring/summary_edit.html", context, status=422 if faults else 200)


def summary_paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """The summary to be read and printed, as Word and as PDF."""
    record = _summary(request, key)
    act = record.case.acts.filter(step="submit").order_by("-seq").first()
    return paper_page(
        request, "monitoring/report_paper.html", summary.paper(record), {"case": record.case},
        title=f"{record.case.department.name}{record.year}年绩效监控汇总报告", receiver=record.case.zone.bureau,
        sender=record.case.department.name, day=localtime(act.at).date() if act else None,
    )  # fmt: skip


def index(request: HttpRequest) -> HttpResponse:
    """For each department and round: its reports by where they stand, and its summary; who is behind comes first."""
    reports = visible(
        Report.objects.filter(zone_id=request.user.zone_id),
        request.user,
        department="case__department",
        unit="case__unit",
    )
    days = sorted(set(reports.order_by().values_list("cutoff", flat=True)), reverse=True)
    try:
        day = datetime.date.fromisoformat(request.GET.get("cutoff", ""))
    except ValueError:
        day = days[0] if days else None
    counted = (
        reports.filter(cutoff=day)
        .order_by()
        .values("case__department", "case__department__name", "case__department__code")
        .annotate(
            total=Count("pk"),
            sent=Count("pk", filter=Q(case__state__in=("confirmed", "accepted"))),
            accepted=Count("pk", filter=Q(case__state="accepted")),
            red=Count("pk", filter=Q(light="red")),
            yellow=Count("pk", filter=Q(light="yellow")),
        )
    )
    done = {
        row.case.department_id: row.case
        for row in MonitoringSummary.objects.filter(zone_id=request.user.zone_id, cutoff=day).select_related(
            "case"
        )
    }
    rows = [row | {"summary": done.get(row["case__department"])} for row in counted]
    rows.sort(
        key=lambda row: (
            bool(row["summary"]) and row["summary"].state != "draft",
            row["case__department__code"],
        )
    )
    return render(request, "monitoring/summaries.html", {"rows": rows, "days": days, "day": day})
