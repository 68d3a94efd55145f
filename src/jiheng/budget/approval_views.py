"""Pages of a department's budget: begin one, put projects and amounts into it."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods

from jiheng.budget import approval
from jiheng.bureau.roles import DEPARTMENT
from jiheng.bureau.scope import posts_of, visible
from jiheng.exante import ceiling
from jiheng.filing.documents import paper_page
from jiheng.goal.drafts import TEN_THOUSAND, number
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project import admission
from jiheng.project.known import beside
from jiheng.project.models import Budget, BudgetLine, Project

OVERTAKEN = "这份预算在您打开以后由别人保存过。您填的没有保存，也没有覆盖；请重新打开再填。"
BATCHES = ("年初", "年中追加", "年中追加二", "年中追加三")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose year and batch of the budget to begin."""
    mine = [
        post.organization for post in posts_of(request.user) if DEPARTMENT.key in post.organization.role_keys
    ]
    this_year = timezone.localdate().year
    taken = set(Budget.objects.filter(department__in=mine).values_list("department", "year", "batch"))
    free = [
        (department, year, next((b for b in BATCHES if (department.pk, year, b) not in taken), None))
        for department in mine
        for year in (this_year, this_year + 1)
    ]
    free = [row for row in free if row[2]]
    if request.method == "POST":
        chosen = {f"{d.pk}:{y}:{b}": (d, y, b) for d, y, b in free}.get(request.POST.get("budget", ""))
        if chosen is None:
            faults = {"budget": "请选择要编制的年度和批次"}
            return render(
                request, "budget/budget_new.html", {"free": free, "mine": mine, "faults": faults}, status=422
            )
        budget = approval.begin(*chosen, by=request.user)
        messages.success(request, f"已开始编制{budget}。")
        return redirect("budget-edit", key=budget.case_id)
    return render(request, "budget/budget_new.html", {"free": free, "mine": mine})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Amounts by project, in 万元; a project left empty is not in the budget."""
    case = get_object_or_404(
        visible(Case.objects.filter(procedure="budget"), request.user).select_related("zone", "department"),
        pk=key,
    )
    door.must_edit(case, request.user)
    budget = approval.load([case.pk])[case.pk]
    projects = Project.objects.filter(
        zone_id=case.zone_id,
        department=case.department,
        first_year__lte=budget.year,
        last_year__gte=budget.year,
    ).exclude(
        lines__in=BudgetLine.objects.filter(zone_id=case.zone_id, budget__year=budget.year).exclude(
            budget=budget
        )
    )
    stands = approval.seen(budget)
    amounts = {
        line.project_id: f"{(line.amount / TEN_THOUSAND).normalize():f}" for line in budget.lines.all()
    }
    faults: dict[str, str] = {}
    if request.method == "POST":
        lines: list[tuple[Project, Decimal]] = []
        for project in projects:
            typed = request.POST.get(f"amount-{project.pk}", "").strip()
            amounts[project.pk] = typed
            if not typed:
                continue
            amount = number(typed)
            if amount is None or amount <= 0 or amount != round(amount, 6) or amount >= 10**11:
                faults[f"amount-{project.pk}"] = (
                    f"“{project.name}”的预算数“{typed}”不是大于 0 的数，单位是万元"
                )
            else:
                lines.append((project, amount * TEN_THOUSAND))
        if not faults:
            try:
                approval.save(case, lines, by=request.user, stands=request.POST.get("stands", ""))
            except door.Overtaken:
                faults["stands"] = OVERTAKEN
            else:
                messages.success(request, f"已保存：{len(lines)} 个项目。")
                return redirect("case", key=key)
    goals = {goal.project_id: goal for goal in approval.newest_goals(case.zone_id, projects, budget.year)}
    listed = list(projects.select_related("unit", "department"))
    barred = admission.refusals(listed, budget.year, case.profile_id)
    heads, known = beside(listed, budget.year)
    rows = [
        {
            "project": project,
            "typed": amounts.get(project.pk, ""),
            "goal": goals.get(project.pk),
            "barred": barred.get(project.pk, ()),
            "known": known[project.pk],
        }
        for project in listed
    ]
    context = {
        "budget": budget, "case": case, "rows": rows, "heads": heads, "faults": faults, "stands": stands,
        "ceiling": ceiling.of(case.zone_id, case.department_id, budget.year),
    }  # fmt: skip
    return render(request, "budget/budget_edit.html", context, status=422 if faults else 200)


def reply(request: HttpRequest, key: UUID) -> HttpResponse:
    """The reply to the department, to be printed; there is one once the budget is approved (art. 19)."""
    cases = visible(Case.objects.filter(procedure="budget", state="approved"), request.user)
    case = get_object_or_404(cases.select_related("department"), pk=key)
    record = approval.load([case.pk])[case.pk]
    act = case.acts.get(step="approve")
    return paper_page(
        request, "budget/reply.html", approval.reply(record), {"case": case, "act": act},
        title=f"关于{case.title}的批复", receiver=case.department.name, sender=case.zone.bureau,
        day=localtime(act.at).date(),
    )  # fmt: skip
