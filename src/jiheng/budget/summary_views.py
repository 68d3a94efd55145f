"""Pages of the year-end summary of goals passed on with money (art. 20)."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.budget import summary
from jiheng.budget.models import Summary
from jiheng.bureau.listing import rows_as_excel
from jiheng.bureau.models import Organization
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.procedure.models import Case
from jiheng.project.models import BudgetLine


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The departments with approved budgets whose year isn't summed up yet."""
    this_year = localdate().year
    approved = BudgetLine.objects.filter(
        zone_id=request.user.zone_id,
        budget__case__state="approved",
        budget__year__in=(this_year - 1, this_year),
    )
    approved = visible(approved, request.user, department="budget__department", unit="project__unit")
    pairs = set(approved.order_by().values_list("budget__department_id", "budget__year").distinct())
    done = set(Summary.objects.filter(zone_id=request.user.zone_id).values_list("department_id", "year"))
    places = Organization.objects.in_bulk({key for key, _ in pairs - done})
    free = sorted(
        ((places[key], year) for key, year in pairs - done), key=lambda pair: (-pair[1], pair[0].order)
    )  # fmt: skip
    mine = holds(request.user, [EXPENDITURE])
    context = {"free": free if mine else [], "mine": mine}
    if request.method == "POST":
        wanted = set(request.POST.getlist("summary"))
        chosen = [(place, year) for place, year in free if f"{place.pk}:{year}" in wanted]
        if not chosen:
            context["faults"] = {"summary": "请选择要汇总的部门"}
            return render(request, "budget/summary_new.html", context, status=422)
        acts = [summary.begin(place, year, by=request.user) for place, year in chosen]
        messages.success(request, f"已汇总 {len(acts)} 个部门，核对后报绩效科备案。")
        return redirect("case", key=acts[0].case_id)
    return render(request, "budget/summary_new.html", context)


def excel(request: HttpRequest, key: UUID) -> FileResponse:
    """The summary as a workbook."""
    case = get_object_or_404(visible(Case.objects.filter(procedure="summary"), request.user), pk=key)
    record = summary.load([case.pk])[case.pk]
    heads = [(label, 24 if place < 3 else 16) for place, label in enumerate(summary.HEAD)]
    rows = (
        [Decimal(cell) if place in (3, 4) else cell for place, cell in enumerate(row)] for row in record.rows
    )
    return rows_as_excel(heads, rows, str(record))
