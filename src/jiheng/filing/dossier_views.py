"""Pages of the dossier and of what is missing, for whoever sees filings: offices all, departments and units their own."""

import re
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.bureau.listing import rows_as_excel
from jiheng.bureau.models import Organization
from jiheng.bureau.scope import visible
from jiheng.filing import completeness, making
from jiheng.filing.dossier import MISSING_HEADS
from jiheng.filing.models import Dossier, Filing
from jiheng.regulation.articles import ARTICLES

SHOWN = 50


def _year(request: HttpRequest) -> int:
    given = request.GET.get("year", "")
    return int(given) if re.fullmatch(r"20\d\d", given) else localdate().year


def missing(request: HttpRequest) -> HttpResponse:
    """Per article: what is on file of the year, what is not, and whose it is; as Excel too."""
    year = _year(request)
    found = completeness.lines(request.user, year, localdate())
    if request.GET.get("export") == "xlsx":
        return rows_as_excel(
            [(head, 22) for head in MISSING_HEADS], completeness.told(found), f"{year}年备案缺项"
        )
    titles = {each.number: each.title for each in ARTICLES}
    context = {
        "year": year,
        "years": _years(request, year),
        "lines": [(line, titles.get(line.article, "")) for line in found],
        "missing": [each for line in found for each in line.missing][:SHOWN],
        "total": sum(len(line.missing) for line in found),
        "filed": sum(line.filed for line in found),
        "shown": SHOWN,
    }
    return render(request, "filing/completeness.html", context)


def _years(request: HttpRequest, *more: int) -> list[int]:
    known = visible(Filing.objects.all(), request.user).order_by().values_list("year", flat=True)
    return sorted({*known, localdate().year, *more}, reverse=True)


@require_http_methods(["GET", "POST"])
def dossiers(request: HttpRequest) -> HttpResponse:
    """One's dossiers, and a form to make another: of a year, or only of one article or department in it."""
    person = request.user
    mine = visible(Filing.objects.all(), person).order_by()
    years = _years(request)
    articles = sorted(set(mine.values_list("article", flat=True)))
    departments = list(Organization.objects.filter(pk__in=mine.values("department")))
    if request.method == "POST":
        year, article = request.POST.get("year", ""), request.POST.get("article", "")
        department = next(
            (each for each in departments if str(each.pk) == request.POST.get("department")), None
        )
        if year not in map(str, years) or (article and article not in map(str, articles)):
            raise Http404("没有这个范围的备案")
        made = making.begin(person, int(year), int(article) if article else None, department)
        if made.state == Dossier.State.DONE:
            messages.success(request, f"{made}已做好，共 {made.total} 件备案。")
        return redirect("dossiers")
    rows = list(Dossier.objects.filter(zone_id=person.zone_id, person=person).select_related("department"))
    for each in rows:
        making.revive(each)
    titles = {each.number: each.title for each in ARTICLES}
    counted = dict(mine.values_list("year").annotate(Count("pk")))
    context = {
        "rows": rows,
        "making": any(each.state == Dossier.State.MAKING for each in rows),
        "years": [(each, counted.get(each, 0)) for each in years],
        "this_year": localdate().year,
        "articles": [(number, titles.get(number, "")) for number in articles],
        "departments": departments,
    }
    if request.headers.get("HX-Request"):
        return render(request, "filing/_dossiers.html", context)
    return render(request, "filing/dossiers.html", context)


def _mine(request: HttpRequest, key: UUID) -> Dossier:
    return get_object_or_404(
        Dossier.objects.select_related("department"),
        pk=key,
        zone_id=request.user.zone_id,
        person=request.user,
    )


def download(request: HttpRequest, key: UUID) -> FileResponse:
    """The archive, to whoever made it."""
    made = _mine(request, key)
    if made.state != Dossier.State.DONE or not default_storage.exists(made.place):
        raise Http404("佐证包还没有做好，或已清理")
    response = FileResponse(
        default_storage.open(made.place),
        as_attachment=True,
        filename=f"{made}.zip",
        content_type="application/zip",
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes the archive away; the filings stay."""
    made = _mine(request, key)
    if made.state != Dossier.State.MAKING:
        making.remove(made)
        messages.success(request, f"已删去{made}；备案不受影响，随时可以再做。")
    return redirect("dossiers")
