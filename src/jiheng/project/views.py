"""Pages of execution figures: a file from the integrated budget system, checked as a whole and entered as a whole."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Organization
from jiheng.bureau.roles import TREASURY
from jiheng.bureau.scope import holds, organizations_of
from jiheng.paper import execution_figures
from jiheng.paper.workbook import Unreadable
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.project import loading
from jiheng.project.execution import batches_before, changes
from jiheng.project.models import ExecutionBatch
from jiheng.project.procedure import EXECUTION

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = (
    ("项目代码", 24), ("项目名称", 40), ("单位", 24), ("年初预算数（元）", 18), ("调整数（元）", 18), ("全年预算数（元）", 18),
    ("用款计划数（元）", 18), ("支付数（元）", 18), ("上批全年预算数（元）", 20), ("上批支付数（元）", 18), ("新增支付（元）", 18),
    ("说明", 16),
)  # fmt: skip


def index(request: HttpRequest) -> HttpResponse:
    """Every batch with source, counts, sums, and how they differ from the batch before (art. 7)."""
    person = request.user
    if not any(each.kind == Organization.Kind.OFFICE for each in organizations_of(person)):
        step = EXECUTION.opening()
        reason = Reason("执行数批次由财政局各科室查看", 7, kind="role", next="本单位的执行数在项目页上看。")
        raise door.Refusal(EXECUTION, step, Case(title="执行数批次"), [reason])
    batches = ExecutionBatch.objects.filter(zone_id=person.zone_id).select_related("case")
    years = sorted({*batches.order_by().values_list("year", flat=True)}, reverse=True)
    year = request.GET.get("year", "")
    if year.isdigit() and int(year) in years:
        batches = batches.filter(year=int(year))
    batches = batches.annotate(
        number_of=Count("figures"),
        initial=Sum("figures__initial"),
        full_year=Sum("figures__full_year"),
        plan=Sum("figures__plan"),
        paid=Sum("figures__paid"),
    )
    page = page_of(request, batches.order_by("-cutoff", "-id"))
    earlier = batches_before([batch for batch in page.object_list if not batch.withdrawn])
    rows = [{"batch": batch, "before": earlier.get(batch.pk)} for batch in page.object_list]
    sums = {row["before"].pk for row in rows if row["before"]}
    known = dict(
        ExecutionBatch.objects.filter(pk__in=sums).annotate(s=Sum("figures__paid")).values_list("pk", "s")
    )
    for row in rows:
        row["increase"] = row["batch"].paid - known[row["before"].pk] if row["before"] else None
    context = {
        "page": page,
        "rows": rows,
        "total": page.paginator.count,
        "years": years,
        "year": year,
        "may_load": holds(person, [TREASURY]),
    }
    return render(request, "project/execution_batches.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Upload a file of figures; every fault is told with its place, and nothing is entered while one stands."""
    if not holds(request.user, [TREASURY]):
        step = EXECUTION.opening()
        reason = Reason("执行数由国库科载入", 7, kind="role", next="载入后在项目和监控、自评中自动带入。")
        raise door.Refusal(EXECUTION, step, Case(title=step.label), [reason])
    if request.method == "GET":
        return render(request, "project/execution_new.html")
    file = request.FILES.get("file")
    faults: dict[str, str] = {}
    found: list[str] = []
    if file is None:
        faults["file"] = "请选择从一体化系统导出的执行数文件"
    elif file.size > settings.UPLOAD_LIMIT:
        faults["file"] = f"“{file.name}”超过 20 MB，请核对文件或分批导出"
    else:
        content = file.read()
        try:
            read = execution_figures.read_execution_figures(content, name=file.name)
        except Unreadable as error:
            faults["file"] = f"“{file.name}”读不了：{error}"
        else:
            errors = read.errors
            if not errors:
                checked = loading.examine(request.user.zone, read.rows, source=file.name, content=content)
                errors = checked.faults
                if not errors and (checked.same or "check" in request.POST):
                    status = 422 if checked.same and "check" not in request.POST else 200
                    return render(request, "project/execution_new.html", {"checked": checked}, status=status)
                if not errors:
                    return redirect("case", key=_enter(request, checked))
            found = [f"{e.place}：{e.message}。{e.remedy}。".removeprefix("：") for e in errors]
            faults["file"] = f"“{file.name}”有 {len(found)} 处要改，没有载入任何一行"
    context = {"faults": faults, "found": found}
    return render(request, "project/execution_new.html", context, status=422)


def _enter(request: HttpRequest, checked: loading.Checked):
    """Enters what was examined; tells its case."""
    act = loading.enter(checked, by=request.user)
    if checked.cutoff > timezone.localdate():
        messages.warning(request, f"截止日 {checked.cutoff} 在今天之后，请核对；有误的可以整批撤回。")
    if checked.flags:
        told = f"有 {len(checked.flags)} 笔支付或用款计划发生在项目暂缓、停止拨款期间（规程第26条），请逐笔核对。"
        messages.warning(request, told)
    messages.success(
        request, f"已载入 {checked.rows} 个项目的执行数，支付合计 {checked.paid / 10000:,.2f} 万元。"
    )
    return act.case_id


def template(request: HttpRequest) -> HttpResponse:
    """A sample file with the columns that are read."""
    return _excel(execution_figures.write_template(), "执行数样表.xlsx")


def export(request: HttpRequest, key) -> HttpResponse:
    """A batch with how each line differs from the batch before, in 元. For whoever may read its case."""
    batch = get_object_or_404(
        ExecutionBatch.objects.select_related("case"), case_id=key, zone=request.user.zone
    )
    if not any(each.kind == Organization.Kind.OFFICE for each in organizations_of(request.user)):
        return redirect("case", key=key)  # which answers by what may be seen
    rows = (
        (
            each.project.code, each.project.name, each.project.unit.name,
            each.now and each.now.initial, each.now and each.now.adjustment, each.now and each.now.full_year,
            each.now and each.now.plan, each.now and each.now.paid,
            each.before and each.before.full_year, each.before and each.before.paid, each.paid,
            "本批没有" if each.gone else "上批没有" if each.new else "有变化" if each.any else "",
        )
        for each in changes(batch)
    )  # fmt: skip
    return rows_as_excel(HEADS, rows, f"执行数（截至{batch.cutoff:%Y%m%d}）")


def _excel(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
