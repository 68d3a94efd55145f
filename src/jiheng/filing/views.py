"""Pages of filings: the ledger (备案台账), and one filing as it was that day, with its evidence."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime

from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Organization
from jiheng.bureau.scope import visible
from jiheng.filing.documents import paper_page
from jiheng.filing.filing import digest
from jiheng.filing.models import Filing
from jiheng.paper.typed import clean
from jiheng.procedure import files
from jiheng.regulation.articles import ARTICLES

HEADS = (
    ("依据", 10),
    ("年度", 8),
    ("备案内容", 48),
    ("部门", 22),
    ("单位", 26),
    ("备案时间", 18),
    ("经办", 30),
    ("佐证材料（份）", 14),
    ("哈希（SHA-256）", 68),
)


def ledger(request: HttpRequest) -> HttpResponse:
    """Everything on file that I may see: by year, article and department, searchable, as Excel too."""
    mine = visible(Filing.objects.all(), request.user)
    years = sorted(set(mine.order_by().values_list("year", flat=True)), reverse=True)
    numbers = sorted(set(mine.order_by().values_list("article", flat=True)))
    departments = Organization.objects.filter(pk__in=mine.order_by().values("department"))
    year, article = request.GET.get("year", ""), request.GET.get("article", "")
    department, q = request.GET.get("department", ""), clean(request.GET.get("q", ""))[:60]
    found = mine.defer("frozen").select_related("department", "unit")
    if year in map(str, years):
        found = found.filter(year=year)
    if article in map(str, numbers):
        found = found.filter(article=article)
    if department in {str(each.pk) for each in departments}:
        found = found.filter(department=department)
    for word in q.split():
        found = found.filter(Q(what__icontains=word) | Q(case__code__icontains=word))
    if request.GET.get("export") == "xlsx":
        return _as_excel(found)
    titles = {each.number: each.title for each in ARTICLES}
    page = page_of(request, found.select_related("department", "unit", "act"))
    context = {
        "page": page,
        "total": page.paginator.count,
        "years": years,
        "articles": [(number, titles.get(number, "")) for number in numbers],
        "departments": departments,
        "chosen": {"year": year, "article": article, "department": department, "q": q},
        "filtered": bool(year or article or department or q),
    }
    return render(request, "filing/ledger.html", context)


def _as_excel(found: QuerySet[Filing]) -> FileResponse:
    """The ledger as one sheet."""
    rows = found.select_related("department", "unit", "act").iterator(chunk_size=500)
    told = (
        (
            f"第{row.article}条",
            row.year,
            row.what,
            row.department.name if row.department else "",
            row.unit.name if row.unit else "",
            f"{localtime(row.filed_at):%Y-%m-%d %H:%M}",
            f"{row.act.organization_name} {row.act.person_name}",
            len(row.evidence),
            row.digest,
        )
        for row in rows
    )
    return rows_as_excel(HEADS, told, "备案台账")


def _filing(request: HttpRequest, key: UUID) -> Filing:
    """The filing, if this person may see it; otherwise it is as if it did not exist."""
    found = visible(Filing.objects.select_related("department", "unit", "case", "act"), request.user)
    return get_object_or_404(found, pk=key)


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """One filing: the frozen copy to be read, its evidence, the act it follows from, and whether it is whole."""
    filing = _filing(request, key)
    missing = [
        file["name"]
        for file in filing.evidence
        if not default_storage.exists(files.place(filing.zone_id, file["sha256"]))
    ]
    context = {
        "filing": filing,
        "whole": digest(filing) == filing.digest,
        "missing": missing,
    }
    return paper_page(request, "filing/show.html", filing.frozen["paper"], context, title=filing.what)


def evidence(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """One file of the evidence, to be saved: never shown as a page of ours."""
    filing = _filing(request, key)
    if not 1 <= number <= len(filing.evidence):
        raise Http404("没有这份佐证材料")
    file = filing.evidence[number - 1]
    return files.download(filing.zone_id, file["name"], file["sha256"])
