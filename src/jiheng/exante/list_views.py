"""Pages of the priority list and of the ceilings it stays under (art. 14)."""

import tempfile
from decimal import Decimal
from uuid import UUID

import xlsxwriter
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.bureau.models import Organization
from jiheng.bureau.roles import BUDGET
from jiheng.bureau.scope import holds, visible
from jiheng.exante import ceiling, ordering, priority
from jiheng.exante.drafts import wan
from jiheng.exante.models import Ceiling, PriorityList
from jiheng.exante.views import OVERTAKEN
from jiheng.paper.typed import revision_of
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose which list to draw up; it comes in order of priority and score, to be changed."""
    free = ordering.free(request.user)
    context = {"free": free, "chosen": request.GET.get("list", "")}
    if request.method == "POST":
        chosen = {f"{place.pk if place else 'all'}:{year}": (place, year) for place, year, _ in free}.get(
            request.POST.get("list", "")
        )
        if chosen is None:
            context["faults"] = {"list": "请选择要编制的清单"}
            return render(request, "exante/priority_new.html", context, status=422)
        listing = ordering.begin(*chosen, by=request.user)
        messages.success(request, f"已按轻重缓急和得分排好“{listing}”，请核对次序和金额。")
        return redirect("priority_list-edit", key=listing.case_id)
    return render(request, "exante/priority_new.html", context)


def _listing(request: HttpRequest, key: UUID) -> PriorityList:
    cases = visible(Case.objects.filter(procedure="priority_list"), request.user)
    case = get_object_or_404(cases.select_related("zone", "department"), pk=key)
    listing = priority.load([case.pk])[case.pk]
    listing.case = case
    return listing


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Order by drag, by buttons or by typing a rank; amounts in 万元 with their sum against the ceiling."""
    listing = _listing(request, key)
    door.must_edit(listing.case, request.user)
    lines, faults = ordering.lines_of(listing), {}
    if request.method == "POST":
        typed = ordering.read(lines, request.POST)
        lines, faults = typed.lines, typed.faults
        if not faults:
            try:
                ordering.save(listing.case, lines, by=request.user, revision=revision_of(request.POST))
            except door.Overtaken:
                faults["revision"] = OVERTAKEN
            else:
                if "stay" in request.POST:
                    messages.success(request, "已保存。")
                    return redirect("priority_list-edit", key=key)
                return redirect("case", key=key)
    context = {
        "listing": listing,
        "case": listing.case,
        "lines": lines,
        "faults": faults,
        "ceiling": ordering.ceiling_of(listing),
        "unsupported": ordering.unsupported(listing),
    }
    return render(request, "exante/priority_edit.html", context, status=422 if faults else 200)


HEADS = (
    ("次序", 6, "rank"),
    ("项目代码", 24, "code"),
    ("项目（政策）", 40, "name"),
    ("主管部门", 20, "department"),
    ("实施单位", 24, "unit"),
    ("申请金额（元）", 18, "asked"),
    ("得分", 8, "score"),
    ("结论", 12, "conclusion"),
    ("轻重缓急", 12, "priority"),
    ("评估建议（元）", 18, "suggested"),
    ("建议安排（元）", 18, "amount"),
    ("累计（元）", 18, "so_far"),
    ("说明", 40, "note"),
)


def excel(request: HttpRequest, key: UUID) -> FileResponse:
    """The list as a sheet: as it stands, or as it was sent. Text stays text."""
    listing = _listing(request, key)
    sheet = priority.sheet(listing)
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("安排建议清单")
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1, "text_wrap": True})
    cell, money = book.add_format({"border": 1}), book.add_format({"border": 1, "num_format": "#,##0.00"})
    quoted = book.add_format({"border": 1, "quote_prefix": True})
    page.write_string(0, 0, f"{sheet['scope']}{sheet['year']}年预算安排建议清单", title)
    for column, (label, width, _) in enumerate(HEADS):
        page.set_column(column, column, width)
        page.write_string(2, column, label, head)
    for line, row in enumerate(sheet["rows"], 3):
        for column, (_, _, name) in enumerate(HEADS):
            if name in ("asked", "suggested", "amount", "so_far"):
                page.write_number(line, column, Decimal(row[name]), money)
            elif name in ("rank", "score") and row[name] != "":
                page.write_number(line, column, Decimal(row[name]), cell)
            else:
                text = str(row[name])
                page.write_string(
                    line, column, text, quoted if text.startswith(("=", "+", "-", "@")) else cell
                )
    last = 3 + len(sheet["rows"])
    page.write_string(last, 2, "合计", head)
    for column, total in ((5, sheet["asked"]), (9, sheet["suggested"]), (10, sheet["total"])):
        page.write_number(last, column, total, money)
    if sheet["ceiling"] is not None:
        page.write_string(last + 1, 2, "安排控制数", head)
        page.write_number(last + 1, 10, sheet["ceiling"], money)
    page.freeze_panes(3, 3)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    book.close()
    file.seek(0)
    name = f"{listing.case.title}-{localdate():%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_http_methods(["GET", "POST"])
def ceilings(request: HttpRequest) -> HttpResponse:
    """The ceilings of a year, department by department and of the district, in 万元."""
    if not holds(request.user, [BUDGET]):
        step = ceiling.CEILING.opening()
        reason = Reason(
            "安排控制数由预算科录入", 14, kind="role", next="编排安排建议清单时会显示已录入的控制数。"
        )
        raise door.Refusal(ceiling.CEILING, step, Case(title=step.label), [reason])
    this_year = timezone.localdate().year
    years = (this_year, this_year + 1)
    typed_year = (request.POST or request.GET).get("year", str(this_year + 1))
    year = int(typed_year) if typed_year in map(str, years) else this_year + 1
    zone_id = request.user.zone_id
    kinds = Organization.Kind
    places: list[Organization | None] = [
        *Organization.objects.filter(zone_id=zone_id, kind=kinds.DEPARTMENT).order_by("order", "code"), None,
    ]  # fmt: skip
    known = dict(Ceiling.objects.filter(zone_id=zone_id, year=year).values_list("department_id", "amount"))
    rows = [
        {
            "key": str(place.pk) if place else "all",
            "place": place,
            "known": known.get(place.pk if place else None),
        }
        for place in places
    ]
    for row in rows:
        row["typed"] = wan(row["known"])
    faults: dict[str, str] = {}
    word = request.POST.get("word", "").strip()
    if request.method == "POST":
        amounts: dict[Organization | None, Decimal] = {}
        for row in rows:
            row["typed"] = typed = request.POST.get(f"amount-{row['key']}", "").strip()
            amount = ceiling.amount_of(typed) if typed else None
            name = row["place"].name if row["place"] else "全区"
            if typed and amount is None:
                faults[f"amount-{row['key']}"] = f"{name}的控制数“{typed}”不是不小于 0 的数，单位是万元"
            elif not typed and row["known"] is not None:
                faults[f"amount-{row['key']}"] = f"{name}的控制数已经录入，不能改成空；不安排的填 0"
            elif amount is not None and amount != row["known"]:
                amounts[row["place"]] = amount
                if row["known"] is not None and not word:
                    faults["word"] = "调整已录入的控制数，请写明理由"
        if not faults:
            acts = ceiling.enter(amounts, year, by=request.user, word=word)
            messages.success(request, f"{year}年：录入和调整了 {len(acts)} 个控制数。")
            return redirect(f"{reverse('ceiling-new')}?year={year}")
    context = {
        "rows": rows,
        "year": year,
        "years": years,
        "faults": faults,
        "word": word,
        "total": sum((row["known"] or 0 for row in rows if row["place"]), Decimal(0)),
    }
    return render(request, "exante/ceilings.html", context, status=422 if faults else 200)
