"""Pages of self-evaluation: asking for them, filling one in on the page or with the official Excel form."""

import hashlib
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds, visible
from jiheng.evaluation import assessing, by_form, official, procedure
from jiheng.evaluation.models import SelfEvaluation
from jiheng.goal.drafts import number, revision_of
from jiheng.monitoring import reporting
from jiheng.paper.workbook import Unreadable
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Reason
from jiheng.project.execution import TOO_MUCH

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _evaluation(request: HttpRequest, key: UUID) -> SelfEvaluation:
    cases = visible(Case.objects.filter(procedure__in=procedure.PROCEDURES), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    evaluation = procedure.load([case.pk])[case.pk]
    evaluation.case = case
    return evaluation


@require_http_methods(["GET", "POST"])
def round_(request: HttpRequest) -> HttpResponse:
    """Performance office asks a self-evaluation for the goals in force of a year (art. 28)."""
    if not holds(request.user, [PERFORMANCE]):
        reason = Reason(
            "布置单位自评由预算绩效管理科办理", 28, kind="role", next="收到布置后，单位在待办中填报。"
        )
        step = procedure.SELF_EVALUATION.opening()
        raise door.Refusal(procedure.SELF_EVALUATION, step, Case(title=step.label), [reason])
    this_year = timezone.localdate().year
    typed = (request.POST or request.GET).get("year", str(this_year))
    year = int(typed) if typed.isdecimal() and 2000 < int(typed) <= this_year + 1 else this_year
    goals = assessing.to_evaluate(request.user.zone, year)
    faults: dict[str, str] = {}
    if request.method == "POST":
        chosen = set(request.POST.getlist("goal"))
        picked = [goal for goal in goals if str(goal.pk) in chosen]
        if picked:
            acts = assessing.open_evaluations(picked, by=request.user)
            messages.success(request, f"已布置 {len(acts)} 份自评，单位和部门已收到待办。")
            return redirect(f"{reverse('work', args=['evaluation'])}?procedure=evaluation")
        faults["goal"] = "请至少选择一个目标"
    years = range(this_year - 2, this_year + 2)
    context = {"goals": goals, "year": year, "years": years, "faults": faults}
    return render(request, "evaluation/round.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Fill in actual values and reasons on the page; points are worked out by rule when saved."""
    evaluation = _evaluation(request, key)
    door.must_edit(evaluation.case, request.user)
    rows = list(evaluation.rows.all())
    faults: dict[str, str] = {}
    if request.method == "POST":
        typed = {
            str(row.pk): {
                name: keepable(request.POST.get(f"{name}-{row.pk}", "")) for name in assessing.ROW_FIELDS
            }
            for row in rows
        }
        for row in rows:
            row.actual, row.reason = typed[str(row.pk)]["actual"], typed[str(row.pk)]["reason"]
            if len(row.actual) > 500:
                faults[f"actual-{row.pk}"] = f"第 {row.order} 行完成值超过 500 个字"
        claimed: dict[str, Decimal | None] = {}
        for row in rows:
            row.typed = request.POST.get(f"claimed-{row.pk}", "").strip()
            claimed[str(row.pk)] = points = number(row.typed) if row.typed else None
            if row.typed and (points is None or not 0 <= points <= row.weight or points != round(points, 2)):
                faults[f"claimed-{row.pk}"] = (
                    f"第 {row.order} 行自评得分“{row.typed}”不是 0 至 {row.weight} 的数（最多两位小数）"
                )
        evaluation.achieved = keepable(request.POST.get("achieved", ""))
        evaluation.note = keepable(request.POST.get("note", ""))
        tasks = _tasks(request, evaluation, faults)
        if not faults:
            try:
                assessing.save(
                    evaluation.case,
                    by=request.user,
                    rows=typed,
                    claimed=claimed,
                    achieved=evaluation.achieved.strip(),
                    note=evaluation.note.strip(),
                    tasks=tasks,
                    revision=revision_of(request.POST),
                )
            except door.Overtaken:
                faults["revision"] = (
                    "这份草稿刚被同单位的人在别处保存过；请另开页面核对后再保存，以免互相覆盖"
                )
            else:
                if "stay" in request.POST:
                    messages.success(request, "已保存并重新计分。")
                    return redirect("evaluation-edit", key=key)
                return redirect("case", key=key)
    return _edit_page(request, evaluation, rows, faults, status=422 if faults else 200)


def _tasks(request: HttpRequest, evaluation: SelfEvaluation, faults: dict[str, str]) -> list[tuple[str, str]]:
    """What was spent on (元) and done of each main task of a whole goal; what can't be money goes into ``faults``."""
    found = []
    for index, task in enumerate(evaluation.tasks):
        spent = request.POST.get(f"spent-{index}", "").strip()
        amount = number(spent) if spent else None
        if spent and (amount is None or not 0 <= amount * 10000 < TOO_MUCH):
            faults[f"spent-{index}"] = f"“{task[0]}”的执行数“{spent}”不是不小于 0 的数（万元）"
        done = keepable(request.POST.get(f"done-{index}", "")).strip()[:1000]
        found.append(("" if amount is None else f"{amount * 10000:.2f}", done))
    return found


def _typed_tasks(request: HttpRequest, evaluation: SelfEvaluation) -> list[tuple[str, str, str, str]]:
    """The main tasks as the page shows them: name, budget (元), spent as it was typed (万元), what was done."""
    return [
        (
            name,
            amount,
            request.POST.get(f"spent-{index}", f"{Decimal(spent) / 10000:f}" if spent else ""),
            request.POST.get(f"done-{index}", done),
        )
        for index, (name, amount, spent, done) in enumerate(evaluation.tasks)
    ]


@require_POST
def live(request: HttpRequest, key: UUID) -> HttpResponse:
    """How what is typed would be scored, while it is being typed: nothing is kept."""
    evaluation = _evaluation(request, key)
    door.must_edit(evaluation.case, request.user)
    rows = list(evaluation.rows.all())
    for row in rows:
        row.actual = keepable(request.POST.get(f"actual-{row.pk}", "")).strip()[:500]
        row.reason = keepable(request.POST.get(f"reason-{row.pk}", "")).strip()
        points = number(request.POST.get(f"claimed-{row.pk}", "").strip() or "-")
        row.claimed = points if points is not None and 0 <= points <= row.weight else None
    evaluation.achieved = keepable(request.POST.get("achieved", "")).strip()
    evaluation.note = keepable(request.POST.get("note", "")).strip()
    evaluation.claimed_total = None
    assessing.score(evaluation, rows)
    return render(request, "evaluation/_live.html", {"evaluation": evaluation, "rows": rows})


def _edit_page(request, evaluation, rows, faults=None, *, uploaded=(), status=200) -> HttpResponse:
    cutoff, monitored = reporting.told_last(evaluation.goal)
    for row in rows:
        if told := monitored.get(row.name):
            row.monitored = (
                f"预计 {told.forecast}" if told.forecast else f"完成 {told.actual}" if told.actual else ""
            )
            row.told, row.measure = told.forecast or told.actual, told.measure
    context = {
        "evaluation": evaluation,
        "case": evaluation.case,
        "rows": rows,
        "cutoff": cutoff,
        "faults": faults or {},
        "uploaded": uploaded,
        "tasks": _typed_tasks(request, evaluation),
        "procedure_label": PROCEDURES[evaluation.case.procedure].label,
    }
    return render(request, "evaluation/edit.html", context, status=status)


@require_POST
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """The filled official form: read, compared with the approved goal, scored and saved; or every fault told."""
    evaluation = _evaluation(request, key)
    door.must_edit(evaluation.case, request.user)
    file = request.FILES.get("form")
    rows = list(evaluation.rows.all())
    if file is None:
        return _edit_page(request, evaluation, rows, {"form": "请先选择填好的自评表（.xlsx）"}, status=422)
    if file.size > settings.UPLOAD_LIMIT:
        return _edit_page(
            request, evaluation, rows, {"form": f"“{file.name}”超过 20 MB，请核对文件"}, status=422
        )
    content = file.read()
    try:
        forms = official.read(content)
    except Unreadable as error:
        return _edit_page(request, evaluation, rows, {"form": f"“{file.name}”读不了：{error}"}, status=422)
    taken = by_form.save_form(
        evaluation.case, forms, by=request.user, name=file.name, sha256=hashlib.sha256(content).hexdigest()
    )
    if taken.faults:
        faults = {"form": f"“{file.name}”有 {len(taken.faults)} 处与已批复的绩效目标对不上，没有保存任何内容"}
        return _edit_page(request, evaluation, rows, faults, uploaded=taken.faults, status=422)
    official.keep(evaluation.case, file.name, content)
    messages.success(request, f"已读入“{file.name}”并按规则重新计分。" + "".join(taken.notes))
    return redirect("case", key=key)


def form(request: HttpRequest, key: UUID) -> HttpResponse:
    """The official form with goal, weights and money filled in, for the accountant to complete in Excel."""
    evaluation = _evaluation(request, key)
    response = HttpResponse(official.write(evaluation), content_type=XLSX)
    name = f"绩效自评表-{evaluation.goal.name}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def uploaded(request: HttpRequest, key: UUID) -> HttpResponse:
    """The form as it was last uploaded."""
    evaluation = _evaluation(request, key)
    content = official.kept(evaluation)
    if content is None:
        raise Http404("没有上传过自评表")
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, evaluation.form)
    return response
