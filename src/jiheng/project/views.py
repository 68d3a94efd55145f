"""Pages of execution figures: a file from the integrated budget system, checked as a whole and entered as a whole."""

import datetime
import hashlib
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from jiheng.bureau.roles import TREASURY
from jiheng.bureau.scope import holds
from jiheng.paper import execution_figures
from jiheng.paper.workbook import Unreadable
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.project import watching
from jiheng.project.execution import TOO_MUCH, load_batch
from jiheng.project.models import ExecutionBatch, Project
from jiheng.project.procedure import EXECUTION

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Upload a file of figures; every fault is told with its place, and nothing is entered while one stands."""
    if not holds(request.user, [TREASURY]):
        step = EXECUTION.opening()
        reason = Reason("执行数由国库科载入", 7, kind="role", next="载入后在项目和监控、自评中自动带入。")
        raise door.Refusal(EXECUTION, step, Case(title=step.label), [reason])
    if request.method == "GET":
        return render(request, "project/execution_new.html")
    zone = request.user.zone
    file = request.FILES.get("file")
    faults: dict[str, str] = {}
    if file is None:
        faults["file"] = "请选择从一体化系统导出的执行数文件"
    elif file.size > settings.UPLOAD_LIMIT:
        faults["file"] = f"“{file.name}”超过 20 MB，请核对文件或分批导出"
    found: list[str] = []
    if file is not None and not faults:
        content = file.read()
        try:
            read = execution_figures.read_execution_figures(content, name=file.name)
        except Unreadable as error:
            faults["file"] = f"“{file.name}”读不了：{error}"
        else:
            found = [f"{e.place}：{e.message}。{e.remedy}。" for e in read.errors]
            if not found:
                checked = _check(request, read.rows, file.name, hashlib.sha256(content).hexdigest(), found)
                if checked and "check" in request.POST:
                    flags = watching.flags(zone.pk, checked.year, checked.cutoff, checked.paid_by_project)
                    return render(request, "project/execution_new.html", {"checked": checked, "flags": flags})
                if checked:
                    return redirect("case", key=_enter(request, checked))
    if found:
        faults["file"] = f"“{file.name}”有 {len(found)} 处要改，没有载入任何一行"
    context = {"faults": faults, "found": found}
    return render(request, "project/execution_new.html", context, status=422)


@dataclass(frozen=True)
class Checked:
    """A file of figures that may be entered: its rows as (project, initial, full-year, paid), all in 元."""

    source: str
    sha256: str
    cutoff: datetime.date
    entries: list[tuple[Project, Decimal, Decimal, Decimal]]

    @property
    def year(self) -> int:
        return self.cutoff.year

    @property
    def rows(self) -> int:
        return len(self.entries)

    @property
    def paid(self) -> Decimal:
        return sum((entry[3] for entry in self.entries), Decimal(0))

    @property
    def paid_by_project(self) -> list[tuple[Project, Decimal]]:
        return [(entry[0], entry[3]) for entry in self.entries]


def _check(request: HttpRequest, rows, source: str, sha256: str, found: list[str]) -> Checked | None:
    """Reads rows of known projects as one batch, or adds to ``found`` what stands against it. Enters nothing."""
    zone = request.user.zone
    days: set[datetime.date] = {row.as_of for row in rows}
    if len(days) > 1:
        found.append("文件里有几个截止日期；一批只能是一个截止日，请分开导出。")
    if ExecutionBatch.objects.filter(zone=zone, sha256=sha256, withdrawn=False).exists():
        found.append("这个文件已经载入过，内容没有变化；不需要再载一次。")
    projects = {
        p.code: p for p in Project.objects.filter(zone=zone, code__in=[row.project_code for row in rows])
    }
    for row in rows:
        if row.project_code not in projects:
            found.append(
                f"{row.place}：项目库里没有代码为 {row.project_code} 的项目。请核对代码，或先把项目列入项目库。"
            )
        for label, amount in (
            ("年初预算数", row.initial),
            ("全年预算数", row.full_year),
            ("执行数", row.executed),
        ):
            if amount is not None and abs(amount) >= TOO_MUCH:
                found.append(f"{row.place}：{label}“{amount:f}”元大得不可能，请核对金额和单位。")
    if found:
        return None
    if not days:
        found.append("文件里没有一行执行数。")
        return None
    return Checked(
        source=source[-200:],
        sha256=sha256,
        cutoff=days.pop(),
        entries=[
            (
                projects[r.project_code],
                r.initial if r.initial is not None else r.full_year,
                r.full_year,
                r.executed,
            )
            for r in rows
        ],
    )


def _enter(request: HttpRequest, checked: Checked):
    """Enters what was checked as one batch; tells its case."""
    act = load_batch(
        by=request.user,
        zone=request.user.zone,
        year=checked.year,
        cutoff=checked.cutoff,
        source=checked.source,
        sha256=checked.sha256,
        rows=checked.entries,
    )
    if checked.cutoff > timezone.localdate():
        messages.warning(request, f"截止日 {checked.cutoff} 在今天之后，请核对；有误的可以整批撤回。")
    if flags := watching.flags(act.zone_id, checked.year, checked.cutoff, checked.paid_by_project):
        messages.warning(
            request, f"有 {len(flags)} 笔支付发生在项目暂缓、停止拨款期间（规程第26条），请逐笔核对。"
        )
    messages.success(
        request, f"已载入 {checked.rows} 个项目的执行数，支付合计 {checked.paid / 10000:,.2f} 万元。"
    )
    return act.case_id


def template(request: HttpRequest) -> HttpResponse:
    """A sample file with the columns that are read."""
    response = HttpResponse(execution_figures.write_template(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, "执行数样表.xlsx")
    return response
