"""Pages of the assessment: open it, score by hand, the year's ranking with Excel, whose working, the circular (art. 41)."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.assessment import access, circular, procedure, sheet
from jiheng.assessment.models import Assessment
from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds, visible
from jiheng.filing.documents import paper_page
from jiheng.paper.typed import revision_of
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason

OVERTAKEN = "这一页刚被别人保存过；请另开页面核对后再保存，以免互相覆盖"


def index(request: HttpRequest) -> HttpResponse:
    """The assessments by year, as far as one may read them."""
    found = access.readable(request.user).order_by("-year", "kind")
    years = sorted(set(found.order_by().values_list("year", flat=True)), reverse=True)
    year = request.GET.get("year", "")
    if year in map(str, years):
        found = found.filter(year=int(year))
    page = page_of(request, found)
    context = {
        "page": page, "years": years, "year": year, "total": page.paginator.count,
        "opens": holds(request.user, [PERFORMANCE]),
    }  # fmt: skip
    return render(request, "assessment/index.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose a year and whether departments or units; each once a year."""
    if not holds(request.user, [PERFORMANCE]):
        reason = Reason(
            "工作考核由预算绩效管理科开展", 41, kind="role", next="印发通报后各部门、单位可以查看。"
        )
        step = procedure.ASSESSMENT.opening()
        raise door.Refusal(procedure.ASSESSMENT, step, Case(title=step.label), [reason])
    this_year, zone = localdate().year, request.user.zone
    done = set(Assessment.objects.filter(zone=zone).values_list("year", "kind"))
    free = [
        (year, kind, label)
        for year in (this_year - 1, this_year)
        for kind, label in Assessment.Kind.choices
        if (year, kind) not in done
    ]
    faults: dict[str, str] = {}
    if request.method == "POST":
        wanted = request.POST.get("assessment", "")
        chosen = next(((year, kind) for year, kind, _ in free if f"{year}:{kind}" == wanted), None)
        if chosen:
            act = sheet.begin(zone, *chosen, by=request.user)
            messages.success(request, "已按办理记录测算各项得分，请给其余各项打分。")
            return redirect("assessment-edit", key=act.case_id)
        faults["assessment"] = "请选择要考核的年度和对象"
    context = {"free": free, "faults": faults}
    return render(request, "assessment/new.html", context, status=422 if faults else 200)


def _readable(request: HttpRequest, key: UUID) -> Assessment:
    """By its case's key; what may not be read is as if it did not exist."""
    return get_object_or_404(access.readable(request.user), case_id=key)


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """The ranking, item by item; also as a workbook."""
    assessment = _readable(request, key)
    scores, items = sheet.scores_of(assessment), sheet.items_of(assessment)
    if request.GET.get("export") == "xlsx":
        return _excel(assessment)
    own = set(access.scores(request.user, assessment).values_list("pk", flat=True))
    inside = visible(Case.objects.filter(pk=assessment.case_id), request.user).exists()
    context = {
        "record": assessment, "items": items, "scores": procedure.lines(scores, items), "own": own,
        "inside": inside,
    }  # fmt: skip
    return render(request, "assessment/show.html", context)


def _excel(assessment: Assessment) -> FileResponse:
    heads = [(label, 26 if place == 1 else 11) for place, label in enumerate(circular.head(assessment))]
    rows = (
        [
            int(cell) if place == 0 and cell.isdecimal()
            else Decimal(cell) if 1 < place < len(heads) - 1 and cell != "—"
            else cell
            for place, cell in enumerate(row)
        ]
        for row in circular.rows(assessment, sheet.scores_of(assessment))
    )  # fmt: skip
    return rows_as_excel(heads, rows, str(assessment))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Everybody's items that are scored by hand in one grid, measured ones beside them; and the circular's text."""
    case = get_object_or_404(
        visible(Case.objects.filter(procedure="assessment"), request.user).select_related("zone"), pk=key
    )
    door.must_edit(case, request.user)
    assessment = Assessment.objects.select_related("case__zone").get(case=case)
    faults: dict[str, str] = {}
    scores = sheet.scores_of(assessment)
    if request.method == "POST":
        given = request.POST | {"text": ""} if "again" in request.POST else request.POST
        try:
            scores, faults = sheet.write(case, given, revision_of(request.POST), by=request.user)
        except door.Overtaken:
            faults = {"revision": OVERTAKEN}
        else:
            if not faults:
                messages.success(request, "已保存。")
                return redirect("assessment-edit" if "again" in request.POST else "case", key=key)
    items = sheet.items_of(assessment)
    rows = [
        {
            "score": score,
            "measured": [(item, score.marks[item.key]) for item in items if item.measured],
            "hand": [
                (item, score.marks[item.key], sheet.field_of(score, item))
                for item in items
                if not item.measured
            ],
        }
        for score in scores
    ]
    text = request.POST.get("text", "") if faults else assessment.text
    context = {
        "record": assessment, "case": case, "rows": rows, "items": items, "faults": faults,
        "text": text or circular.drafted(assessment, scores),
        "hand": [item for item in items if not item.measured],
        "measured": [item for item in items if item.measured],
    }  # fmt: skip
    return render(request, "assessment/edit.html", context, status=422 if faults else 200)


def working(request: HttpRequest, key: UUID, place: UUID) -> HttpResponse:
    """One department's or unit's items with their working, and the cases behind them."""
    assessment = _readable(request, key)
    own = get_object_or_404(access.scores(request.user, assessment), organization_id=place)
    score = next(each for each in sheet.scores_of(assessment) if each.pk == own.pk)
    items = sheet.items_of(assessment)
    context = {
        "record": assessment, "score": score, "marks": procedure.lines([score], items)[0]["marks"],
        "full": sum(item.full for item in items), "profile": assessment.case.profile,
    }  # fmt: skip
    return render(request, "assessment/working.html", context)


def circular_paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """The circular to be read and printed, as Word and as PDF; until it is issued, as a draft for the offices."""
    assessment = _readable(request, key)
    context = {"record": assessment, "case": assessment.case}
    return paper_page(
        request, "assessment/circular.html", circular.paper(assessment), context,
        title=circular.title(assessment), number=assessment.document,
        receiver=f"各{assessment.get_kind_display()}", sender=assessment.case.zone.bureau,
        day=assessment.issued, copies="局领导，各科室",
    )  # fmt: skip
