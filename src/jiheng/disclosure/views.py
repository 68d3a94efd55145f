"""Pages of disclosure: who has published what, preparing what is published, seeing it as the public will (art. 22, 37)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Person
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.disclosure import overview, preparing, procedure
from jiheng.disclosure.items import FOR_ONE, ITEMS, WITHHOLDINGS
from jiheng.disclosure.models import Disclosure, Entry
from jiheng.disclosure.rules import masked
from jiheng.goal.drafts import revision_of
from jiheng.procedure import door
from jiheng.procedure.models import Case

OVERTAKEN = "这一页刚被别人保存过；请另开页面核对后再保存，以免互相覆盖"
HEADS = (
    ("部门编码", 12), ("部门", 24), ("事项", 24), ("标题", 44), ("状态", 18), ("情况", 16), ("期限", 12), ("首次公开或核定日", 16),
    ("最近公开日", 12), ("版次", 8), ("公开网址", 40), ("不公开的项数", 12),
)  # fmt: skip


def index(request: HttpRequest) -> HttpResponse:
    """Departments by items of a year: where each stands, its day, its link; late ones can be urged in one press."""
    person: Person = request.user
    years = sorted(set(overview.seen(person).order_by().values_list("year", flat=True)), reverse=True)
    asked = request.GET.get("year", "")
    today = localdate()
    current = today.year if today.year in years else years[0] if years else today.year
    year = int(asked) if asked.isdecimal() and int(asked) in years else current
    every = overview.matrix(person, year, today)
    wanted = request.GET.get("standing", "")
    wanted = wanted if wanted in overview.STANDINGS else ""
    rows = [row for row in every if not wanted or wanted in row.standings]
    if request.GET.get("export") == "xlsx":
        return _excel(year, rows, wanted)
    numbers = {
        key: sum(cell.standing == key for row in every for cells in row.cells.values() for cell in cells)
        for key in overview.STANDINGS
    }
    base = f"?year={year}"
    tabs = [{"url": base, "label": "全部", "count": sum(numbers.values()), "current": not wanted}]
    tabs += [
        {"url": f"{base}&standing={key}", "label": label, "count": numbers[key], "current": key == wanted}
        for key, label in overview.STANDINGS.items()
        if numbers[key] or key == wanted
    ]
    context = {
        "page": page_of(request, rows), "year": year, "years": years, "tabs": tabs, "items": ITEMS, "total": sum(numbers.values()),
        "urgings": overview.urgings(person, year, every) if holds(person, [EXPENDITURE]) else [],
        "site": reverse("public-year", args=[person.zone.code, year]),
        "on_site": any(cell.record.shown for row in every for cells in row.cells.values() for cell in cells),
    }  # fmt: skip
    return render(request, "disclosure/index.html", context)


def _excel(year: int, rows: list[overview.Row], wanted: str) -> FileResponse:
    """One row for each item, as it is filtered."""
    lines = (
        (
            row.department.code, row.department.name, ITEMS[key].label, cell.record.case.title, cell.state, cell.label,
            cell.record.due.isoformat(), cell.record.first_on.isoformat() if cell.record.first_on else "",
            cell.record.published_on.isoformat() if cell.record.published_on else "", cell.record.version,
            cell.record.link, sum(bool(entry.withheld) for entry in cell.record.copies),
        )
        for row in rows
        for key, cells in row.cells.items()
        for cell in cells
        if wanted in ("", cell.standing)
    )  # fmt: skip
    return rows_as_excel(HEADS, lines, f"{year}年信息公开情况")


def _case(request: HttpRequest, key: UUID) -> Case:
    cases = visible(Case.objects.filter(procedure__in=procedure.PROCEDURES), request.user)
    return get_object_or_404(cases.select_related("zone", "department"), pk=key)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """The copies to be published: made from the records; withheld, masked, or published elsewhere."""
    case = _case(request, key)
    door.must_edit(case, request.user)
    faults: dict[str, str] = {}
    if request.method == "POST" and "prepare" in request.POST:
        found = preparing.prepare(case, by=request.user)
        told = (
            f"已按记录生成 {len(found)} 项公开内容，请逐项核对。" if found else "系统里还没有可以公开的记录。"
        )
        messages.success(request, told)
        return redirect(f"{case.procedure}-edit", key=key)
    if request.method == "POST":
        try:
            faults = preparing.write(case, request.POST, revision_of(request.POST), by=request.user)
        except door.Overtaken:
            faults = {"revision": OVERTAKEN}
        if not faults:
            messages.success(request, "已保存。核对无误后，在右侧公开。")
            return redirect("case", key=case.pk)
    record = procedure.load([case.pk])[case.pk]
    context: dict[str, Any] = {
        "case": case,
        "record": record,
        "rows": [_row(entry, request, faults) for entry in record.copies],
        "typed": _typed(record, request),
        "faults": faults,
        "ways": Disclosure.Way.choices,
        "for_one": FOR_ONE,
        "for_all": WITHHOLDINGS,
    }
    return render(request, "disclosure/edit.html", context, status=422 if faults else 200)


def _typed(record: Disclosure, request: HttpRequest) -> dict[str, str]:
    """What stands in the form: what was typed, else what is kept."""
    names = ("way", "link", "withheld", "word", "note")
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in names}
    return {name: getattr(record, name) for name in names}


def _row(entry: Entry, request: HttpRequest, faults: dict[str, str]) -> dict[str, Any]:
    posted, key = request.POST, str(entry.pk)
    typed = request.method == "POST"
    return {
        "entry": entry,
        "withheld": posted.get(f"withheld-{key}", "") if typed else entry.withheld,
        "word": posted.get(f"word-{key}", "") if typed else entry.word,
        "masked": bool(posted.get(f"masked-{key}")) if typed else entry.masked,
        "fault": faults.get(f"word-{key}", ""),
    }


def preview(request: HttpRequest, key: UUID) -> HttpResponse:
    """The copies as the public will see them, before they are published."""
    case = _case(request, key)
    record = procedure.load([case.pk])[case.pk]
    rows = [
        (entry, masked(entry.body, entry.findings) if entry.masked else entry.body)
        for entry in record.copies
        if not entry.withheld
    ]
    return render(request, "disclosure/preview.html", {"case": case, "record": record, "rows": rows})
