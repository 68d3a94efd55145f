"""Pages of a goal: begin, fill in, upload and download the official form."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.bureau.scope import visible
from jiheng.goal import checking, comparing, drafts, official
from jiheng.goal.models import Goal
from jiheng.goal.procedure import GOALS
from jiheng.indicator.weights import SCHEMES
from jiheng.paper.workbook import Unreadable
from jiheng.procedure import door
from jiheng.procedure.models import Case

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _goal(request: HttpRequest, key: UUID) -> Goal:
    """The goal of a case the person may see, or 404."""
    cases = visible(Case.objects.filter(procedure__in=GOALS), request.user).select_related(
        "zone", "department", "unit"
    )
    case = get_object_or_404(cases, pk=key)
    goals = Goal.objects.select_related("project", "organization", "case")
    goal = goals.prefetch_related("indicators", "tasks").get(case=case)
    goal.case = case
    return goal


def _typed(request: HttpRequest) -> drafts.Typed:
    columns = (*drafts.COLUMNS, *drafts.TASK_COLUMNS)
    return drafts.read(request.POST, {column: request.POST.getlist(column) for column in columns})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Fill in money, the goal's text and the indicators; saving keeps a draft, sending happens on the case's page."""
    goal = _goal(request, key)
    door.must_edit(goal.case, request.user)
    if request.method == "POST":
        typed = _typed(request)
        if not typed.faults:
            try:
                drafts.save(goal.case, typed, by=request.user, revision=drafts.revision_of(request.POST))
            except door.Overtaken:
                typed.fault(
                    "revision", "这份草稿刚被同单位的人在别处保存过；请另开页面核对后再保存，以免互相覆盖"
                )
            else:
                if "stay" in request.POST:
                    messages.success(request, "草稿已保存。")
                    return redirect(f"{goal.case.procedure}-edit", key=key)
                return redirect("case", key=key)
        return _edit_page(request, goal, typed, status=422)
    if "copy" in request.GET and (before := drafts.last_year(goal)):
        return _edit_page(
            request, goal, drafts.typed_of(before), notice=f"已带入 {before.year} 年的目标，保存后生效。"
        )
    return _edit_page(request, goal, drafts.typed_of(goal), found=checking.checks(goal))


def _edit_page(
    request: HttpRequest, goal: Goal, typed: drafts.Typed, *, found=(), notice="", status=200
) -> HttpResponse:
    blank, blank_task = dict.fromkeys(drafts.COLUMNS, ""), dict.fromkeys(drafts.TASK_COLUMNS, "")
    return render(
        request,
        "goal/edit.html",
        {
            "goal": goal,
            "case": goal.case,
            "typed": typed,
            "rows": typed.rows + [blank] * max(1, 6 - len(typed.rows)),
            "tasks": typed.tasks + [blank_task] * max(1, 4 - len(typed.tasks)) if goal.whole else [],
            "levels": drafts.LEVELS,
            "schemes": SCHEMES,
            "execution_weight": checking.execution_weight(typed.scheme),
            "found": found,
            "notice": notice,
            "faults": typed.faults,
            "last_year": drafts.last_year(goal),
        },
        status=status,
    )


@require_POST
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """The checks of what stands on the page now, without saving it (htmx)."""
    goal = _goal(request, key)
    typed = _typed(request)
    return render(
        request, "goal/_checks.html", {"faults": typed.faults, "found": checking.checks_of_typed(goal, typed)}
    )


@require_POST
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """The official Excel form read into the page, to be looked at before it is saved."""
    goal = _goal(request, key)
    door.must_edit(goal.case, request.user)
    file = request.FILES.get("form")
    if file is None:
        typed = drafts.typed_of(goal)
        typed.fault("form", "请先选择填好的绩效目标申报表（.xlsx）")
        return _edit_page(request, goal, typed, status=422)
    try:
        typed, notes = official.read(file.read(), goal)
    except Unreadable as error:
        typed = drafts.typed_of(goal)
        typed.fault("form", f"“{file.name}”读不了：{error}")
        return _edit_page(request, goal, typed, status=422)
    notice = f"已从“{file.name}”读入 {len(typed.rows)} 个指标，还没有保存：请核对后按“保存”。" + "".join(
        notes
    )
    return _edit_page(request, goal, typed, notice=notice, found=checking.checks_of_typed(goal, typed))


def form(request: HttpRequest, key: UUID) -> HttpResponse:
    """The official form with what is entered so far, to be filled in with Excel or printed."""
    goal = _goal(request, key)
    response = HttpResponse(official.write(goal), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"绩效目标申报表-{goal.name}.xlsx")
    return response


def compare(request: HttpRequest, key: UUID) -> HttpResponse:
    """Two versions of a goal side by side; unless chosen, what it says now beside what was handed in before (art. 21)."""
    goal = _goal(request, key)
    found = comparing.versions(goal, request.user)
    left, right = comparing.usual(found, goal)
    known = {each.key: each for each in found}
    left = known.get(request.GET.get("left", ""), left)
    right = known.get(request.GET.get("right", ""), right)
    facts = comparing.facts(left.record, right.record)
    tables = [
        ("年度主要任务", ("任务名称", "主要内容", "财政拨款（万元）", "其他资金（万元）"),
         comparing.tasks(left.record, right.record)),
        ("绩效指标", ("一级指标", "二级指标", "三级指标", "指标值", "分值"),
         comparing.table(left.record, right.record)),
    ]  # fmt: skip
    marks = [each.mark for each in (*facts, *(row for _, _, rows in tables for row in rows))]
    context = {
        "goal": goal,
        "case": goal.case,
        "versions": found,
        "left": left,
        "right": right,
        "facts": facts,
        "tables": tables,
        "differences": sum(mark != comparing.SAME for mark in marks),
        "same": comparing.SAME,
    }
    return render(request, "goal/compare.html", context)
