"""Pages of rectification: what to put right, what was done about it, and the written notice (art. 34, 35)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_http_methods

from jiheng.application import rectification
from jiheng.bureau.listing import page_of
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.evaluation.framework_models import Evaluation
from jiheng.evaluation.models import SelfEvaluation
from jiheng.filing.documents import paper_page
from jiheng.goal.drafts import revision_of
from jiheng.paper.typed import clean
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason

SELF = ("evaluation", "whole_evaluation")
SOURCES = (*SELF, "department_evaluation")
POOR = ("中", "差")
MORE = 2
"""Empty rows for problems that the result itself doesn't name."""
OVERTAKEN = "这一页刚被别人保存过；请另开页面核对后再保存，以免互相覆盖"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Without a result: the results to choose from. With one: its problems, each ready to be put right."""
    if not holds(request.user, [EXPENDITURE]):
        step = rectification.RECTIFICATION.opening()
        reason = Reason(
            "自评和部门评价的整改由支出管理科通知", 34, kind="role", next="部门在待办中整改并报送。"
        )
        raise door.Refusal(rectification.RECTIFICATION, step, Case(title=step.label), [reason])
    asked = (request.POST or request.GET).get("source", "")
    try:
        key = UUID(asked) if asked else None
    except ValueError:
        key = None
    return _of_source(request, key) if key else _choose(request)


def _choose(request: HttpRequest) -> HttpResponse:
    q = clean(request.GET.get("q", ""))[:60]
    cases = visible(Case.objects.filter(procedure__in=SOURCES, state="accepted"), request.user)
    for word in q.split():
        cases = cases.filter(Q(title__icontains=word) | Q(code__icontains=word))
    if not q:
        graded = Q(self_evaluation__grade__in=POOR) | Q(evaluation__problems__isnull=False)
        cases = cases.filter(graded, rectifications__isnull=True).distinct()
    rows = cases.select_related("unit", "department", "self_evaluation", "evaluation")
    page = page_of(request, rows.order_by("-year", "-moved_at", "pk"))
    context = {"page": page, "total": page.paginator.count, "q": q}
    return render(request, "application/rectification_choose.html", context)


def _problems(case: Case) -> tuple[str, list[dict[str, str]]]:
    """What the result says in short, and the problems it names."""
    if case.procedure in SELF:
        self_evaluation = SelfEvaluation.objects.prefetch_related("rows").get(case=case)
        lost = [row for row in self_evaluation.rows.all() if row.score is not None and row.score < row.weight]
        found = [
            {
                "problem": f"“{row.name}”目标 {row.target}，完成 {row.actual}，扣 {row.weight - (row.score or 0):f} 分",
                "demand": row.reason,
            }
            for row in lost
        ]
        return f"{case.year}年自评 {self_evaluation.total:.2f} 分，{self_evaluation.grade}", found
    evaluation = Evaluation.objects.prefetch_related("problems").get(case=case)
    found = [{"problem": each.text, "demand": each.suggestion} for each in evaluation.problems.all()]
    return f"{case.year}年部门评价 {evaluation.total:.2f} 分，{evaluation.grade}", found


def _of_source(request: HttpRequest, key: UUID) -> HttpResponse:
    cases = visible(Case.objects.filter(procedure__in=SOURCES, state="accepted"), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    result, found = _problems(case)
    rows = [row | {"chosen": True} for row in found]
    rows += [{"problem": "", "demand": "", "chosen": False} for _ in range(MORE)]
    due = request.POST.get("due", rectification.default_day(case).isoformat())
    faults: dict[str, str] = {}
    if request.method == "POST":
        problems, demands = request.POST.getlist("problem"), request.POST.getlist("demand")
        rows = [
            {"problem": keepable(problem).strip(), "demand": keepable(demand).strip()}
            for problem, demand in zip(problems, demands, strict=False)
        ]
        wanted = set(request.POST.getlist("line"))
        for index, row in enumerate(rows):
            row["chosen"] = str(index) in wanted
            if row["chosen"]:
                for name, label in (("problem", "问题"), ("demand", "整改要求")):
                    if not row[name]:
                        faults[f"{name}-{index}"] = f"第 {index + 1} 行没有写{label}"
                    elif len(row[name]) > rectification.LONGEST:
                        faults[f"{name}-{index}"] = (
                            f"第 {index + 1} 行{label}超过 {rectification.LONGEST} 个字"
                        )
        chosen = [(row["problem"], row["demand"]) for row in rows if row["chosen"]]
        day = rectification._day(due)
        if not chosen:
            faults["due"] = "请至少勾选一个问题"
        elif day is None or day <= localdate(door.now()):
            faults["due"] = "整改期限要填今天以后的日期"
        elif not faults:
            act = rectification.begin(case, result, chosen, day, by=request.user)
            messages.success(
                request, f"已通知{case.department.name}整改 {len(chosen)} 个问题，{day} 前报送。"
            )
            return redirect("case", key=act.case_id)
    context: dict[str, Any] = {"case": case, "result": result, "rows": rows, "due": due, "faults": faults}
    return render(request, "application/rectification_new.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Demands before the notice (expenditure), answers after it (the department)."""
    cases = visible(Case.objects.filter(procedure__in=rectification.PROCEDURES), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    door.must_edit(case, request.user)
    record, faults = rectification.load([case.pk])[case.pk], {}
    if request.method == "POST":
        try:
            record, faults = rectification.write(
                case, request.POST, revision_of(request.POST), by=request.user
            )
        except door.Overtaken:
            faults = {"revision": OVERTAKEN}
        else:
            if not faults:
                messages.success(request, "已保存。")
                return redirect("case", key=case.pk)
    context = {"case": case, "record": record, "faults": faults, "demanding": case.state == "opened"}
    return render(request, "application/rectification_edit.html", context, status=422 if faults else 200)


def notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """The written notice, to be printed; there is one once expenditure has notified."""
    cases = visible(Case.objects.filter(procedure__in=rectification.PROCEDURES), request.user)
    case = get_object_or_404(cases.select_related("department"), pk=key)
    if case.state not in rectification.NOTIFIED:
        raise Http404("还没有书面通知")
    record = rectification.load([case.pk])[case.pk]
    act = case.acts.filter(step__in=("notify", "open")).order_by("-seq").first()
    return paper_page(
        request, "application/rectification_notice.html", rectification.notice(record), {"case": case, "act": act},
        title=f"关于{case.title}绩效评价结果及整改的通知", number=record.document, receiver=case.department.name,
        sender=case.zone.bureau, day=localtime(act.at).date(), copies="预算科、预算绩效管理科",
    )  # fmt: skip
