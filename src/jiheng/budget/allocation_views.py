"""Pages of allocation: which approved money goes out now, many projects at once (art. 20). Typed in 万元."""

from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.budget import allocation, lines
from jiheng.budget.allocation import Wanted
from jiheng.bureau.models import Organization
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.paper.typed import number
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.project.execution import TOO_MUCH
from jiheng.project.models import Project

CENT = Decimal("0.01")


def amount_of(typed: str) -> Decimal | None:
    """An amount above 0 typed in 万元, as 元 in two places; None when it is none."""
    read = number(typed)
    if read is None or not 0 < read * 10000 < TOO_MUCH:
        return None
    amount = (read * 10000).quantize(CENT, ROUND_HALF_UP)
    return amount if amount == read * 10000 else None


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The projects with approved money left; amounts are typed beside them and go out together."""
    if not holds(request.user, [EXPENDITURE]):
        step = allocation.ALLOCATION.opening()
        reason = Reason("资金由支出管理科下达", 20, kind="role", next="单位在首页签收下达的资金。")
        raise door.Refusal(allocation.ALLOCATION, step, Case(title=step.label), [reason])
    this_year = localdate().year
    typed_year = (request.POST or request.GET).get("year", "")
    year = int(typed_year) if typed_year in (str(this_year), str(this_year + 1)) else this_year
    projects = visible(Project.objects.select_related("unit", "department"), request.user)
    places = Organization.objects.filter(zone_id=request.user.zone_id, kind="department").order_by(
        "order", "code"
    )
    departments = [
        place for place in places if place.pk in set(projects.values_list("department_id", flat=True))
    ]
    chosen = (request.POST or request.GET).get("department", "")
    place = next((each for each in departments if str(each.pk) == chosen), None)
    rows, faults = [], {}
    if place:
        found = list(
            projects.filter(department=place, first_year__lte=year, last_year__gte=year).order_by("code")
        )
        keys = [project.pk for project in found]
        granted, out = (ask(place.zone_id, keys, year) for ask in (lines.granted, lines.passed_on))
        goals = allocation.goals_in_force(place.zone_id, keys, year)
        for project in found:
            if project.pk in granted:
                left = granted[project.pk] - out.get(project.pk, Decimal(0))
                rows.append({
                    "project": project, "granted": granted[project.pk], "out": out.get(project.pk), "left": left,
                    "goal": goals.get(project.pk), "typed": request.POST.get(f"amount-{project.pk}", "").strip(),
                })  # fmt: skip
    document = request.POST.get("document", "").strip()[:60]
    if request.method == "POST":
        wanted = []
        for row in rows:
            if not row["typed"]:
                continue
            amount, project = amount_of(row["typed"]), row["project"]
            if amount is None:
                faults[f"amount-{project.pk}"] = (
                    f"“{project.name}”的金额“{row['typed']}”不是大于 0 的数，单位是万元"
                )
            elif amount > row["left"]:
                faults[f"amount-{project.pk}"] = (
                    f"“{project.name}”只剩 {row['left'] / 10000:,.2f} 万元可下达（规程第20条）"
                )
            else:
                wanted.append(Wanted(project, amount))
        if not faults and not wanted:
            faults["department"] = "没有填任何金额" if place else "请先选择部门"
        if not faults:
            with transaction.atomic():
                cases = allocation.begin(wanted, year, by=request.user, document=document)
                if "issue" in request.POST:
                    done = door.perform_many("allocation.issue", cases, by=request.user, all_or_none=True)
                    messages.success(request, f"已下达 {len(done.acts)} 笔，单位会在待办里看到并签收。")
                else:
                    messages.success(request, f"已拟好 {len(cases)} 笔，核对后下达。")
            if len(cases) == 1:
                return redirect("case", key=cases[0].pk)
            return redirect(f"{reverse('work', args=['goal'])}?procedure=allocation&department={place.pk}")
    context = {
        "year": year,
        "years": (this_year, this_year + 1),
        "departments": departments,
        "place": place,
        "rows": rows,
        "document": document,
        "faults": faults,
    }
    return render(request, "budget/allocation_new.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a draft's amount, document number or note."""
    cases = visible(Case.objects.filter(procedure="allocation"), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    door.must_edit(case, request.user)
    record = allocation.load([case.pk])[case.pk]
    told = {
        "amount": f"{(record.amount / 10000).normalize():f}", "document": record.document, "note": record.note,
    }  # fmt: skip
    faults = {}
    if request.method == "POST":
        told = {name: request.POST.get(name, "").strip() for name in told}
        amount = amount_of(told["amount"])
        if amount is None:
            faults["amount"] = f"金额“{told['amount']}”不是大于 0 的数，单位是万元"
        for name, longest in (("document", 60), ("note", 200)):
            if len(told[name]) > longest:
                faults[name] = f"不能超过 {longest} 个字"
        if not faults:
            allocation.save(case, {**told, "amount": amount}, by=request.user)
            messages.success(request, "已保存。")
            return redirect("case", key=key)
    context = {"case": case, "told": told, "faults": faults, **allocation.shown(record)}
    return render(request, "budget/allocation_edit.html", context, status=422 if faults else 200)
