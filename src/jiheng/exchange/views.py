"""Pages of an import: give a file, see what it would do and what is wrong with it, confirm, see what became of it."""

import hashlib
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.exchange import running
from jiheng.exchange.models import Import
from jiheng.exchange.procedure import KINDS
from jiheng.exchange.projects import PROJECTS, sample_columns
from jiheng.paper.columns import write_faults, write_template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAULTS_SHOWN = 50


def _batch(request: HttpRequest, key: UUID) -> Import:
    """A batch of one's own; others' are as if they did not exist until they are confirmed and have a case."""
    found = Import.objects.select_related("person", "case").filter(
        zone_id=request.user.zone_id, person=request.user
    )
    batch = get_object_or_404(found, pk=key)
    running.revive(batch)
    return batch


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a file; it is examined, and nothing is written."""
    chosen = KINDS[kind]
    running.must(chosen, request.user)
    faults: dict[str, str] = {}
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            faults["file"] = f"请选择要导入的{chosen.label}文件（.xlsx、.xls 或 .csv）"
        elif file.size > settings.UPLOAD_LIMIT:
            faults["file"] = (
                f"“{file.name}”有 {file.size / 1048576:.1f} MB，超过 {settings.UPLOAD_LIMIT // 1048576} MB，请分几份导入"
            )
        else:
            data = file.read()
            batch = running.receive(chosen, request.user, file.name, data, hashlib.sha256(data).hexdigest())
            return redirect("import", key=batch.pk)
    own = Import.objects.filter(zone_id=request.user.zone_id, person=request.user, kind=kind)
    context = {
        "kind": chosen,
        "faults": faults,
        "batches": own.select_related("case")[:10],
        "columns": _columns(kind),
    }
    return render(request, "exchange/new.html", context, status=422 if faults else 200)


def _columns(kind: str):
    return sample_columns() if kind == PROJECTS.key else KINDS[kind].columns()


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the file would do, line by line, or what is wrong with it; while it is being read, how far it is."""
    batch = _batch(request, key)
    if batch.case_id:
        return redirect("case", key=batch.case_id)
    busy = batch.state in (Import.State.READING, Import.State.WRITING)
    context = {
        "batch": batch,
        "kind": KINDS[batch.kind],
        "busy": busy,
        "writing": batch.state == Import.State.WRITING,
        "found": running.faults_of(batch)[:FAULTS_SHOWN],
        "rest": batch.fault_count - FAULTS_SHOWN,
        "nothing": not batch.fault_count and not busy and not batch.new and not batch.changed,
        "total": batch.new + batch.changed,
    }
    return render(request, "exchange/show.html", context)


def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far it is (htmx asks every second); when it is over, the page is opened anew."""
    batch = _batch(request, key)
    if batch.state not in (Import.State.READING, Import.State.WRITING):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    writing = batch.state == Import.State.WRITING
    return render(request, "exchange/_progress.html", {"batch": batch, "writing": writing})


@require_POST
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Writes it all, or nothing."""
    batch = _batch(request, key)
    running.must(KINDS[batch.kind], request.user)
    if not running.confirm(batch):
        if batch.state != Import.State.DONE:
            messages.warning(request, "这个文件现在不能写入：有错误，或正在处理。请看下面的结果。")
        return redirect("import", key=key)
    batch.refresh_from_db()
    if batch.state == Import.State.DONE:
        unit = KINDS[batch.kind].unit
        messages.success(
            request, f"已写入：新增 {batch.new} {unit}，修改 {batch.changed} {unit}。文件已作为佐证留存。"
        )
    return redirect("import", key=key)


@require_POST
def drop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes a file back that was not confirmed."""
    batch = _batch(request, key)
    kind = KINDS[batch.kind]
    if not batch.case_id and batch.state not in (Import.State.READING, Import.State.WRITING):
        running.withdraw(batch)
        messages.success(request, f"已放弃“{batch.name}”，没有写入任何数据。")
    return redirect(kind.page)


def faults(request: HttpRequest, key: UUID) -> HttpResponse:
    """All errors as an Excel file."""
    batch = _batch(request, key)
    return _excel(
        write_faults(running.faults_of(batch), batch.fault_count),
        f"错误清单-{batch.name.rsplit('.', 1)[0]}.xlsx",
    )


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The sample file, with drop-down values and how each column is filled in."""
    chosen = KINDS[kind]
    return _excel(write_template(chosen.label, _columns(kind), chosen.notes), f"{chosen.label}导入样表.xlsx")


def _excel(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
