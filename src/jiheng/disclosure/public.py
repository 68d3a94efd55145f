"""The public site (公开站点): without sign-in, from the table of published copies alone (art. 22, 37).

Every page is dated. Pages are public to caches, but always asked for anew: what is taken back is gone at once.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from jiheng.disclosure import public_data
from jiheng.disclosure.fields import COLUMNS, MORE
from jiheng.disclosure.items import ITEMS
from jiheng.disclosure.published import Published, Shelf

PER_PAGE = 30
FILES = sorted((Path(__file__).parent / "templates" / "public").rglob("*.html"))
LOOK = hashlib.sha256(b"".join(path.read_bytes() for path in FILES)).hexdigest()[:16]
"""Stands in every page's tag, so that caches notice when pages come to look different."""
Answer = Callable[..., HttpResponseBase]


class Nothing(Exception):
    """No such page: never published, taken back or never there, which is all the same."""


def _render(template: str, shelf: Shelf | None, **more: Any) -> HttpResponse:
    """Without the request: neither who is signed in nor the navigation of the inside can get onto a page."""
    context = {"shelf": shelf, "items": ITEMS, **more}
    return HttpResponse(render_to_string(f"public/{template}.html", context))


def _site(answer: Answer) -> Answer:
    """A page of one bureau's site: found by its code, with its day, its tag, and 404 where nothing is published."""

    @require_safe
    @wraps(answer)
    def show(request: HttpRequest, zone: str, **where: Any) -> HttpResponseBase:
        shelf = Shelf.objects.filter(code=zone).first()
        if shelf is None:
            return _missing()
        changed = int(shelf.changed_at.timestamp())
        told = f"{shelf.revision}:{shelf.changed_at.isoformat()}:{request.get_full_path()}:{LOOK}"
        tag = quote_etag(hashlib.sha256(told.encode()).hexdigest()[:32])
        try:
            response = _known(request, tag) or answer(request, shelf, **where)
        except Nothing:
            return _missing()
        response.headers["ETag"], response.headers["Last-Modified"] = tag, http_date(changed)
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return get_conditional_response(request, etag=tag, last_modified=changed, response=response)

    return show


def _known(request: HttpRequest, tag: str) -> HttpResponse | None:
    """Whoever asks has this very page: nothing of it needs to be read. A day alone doesn't prove it."""
    if "If-None-Match" not in request.headers:
        return None
    return get_conditional_response(request, etag=tag)


def _missing() -> HttpResponse:
    response = HttpResponseNotFound(render_to_string("public/missing.html"))
    patch_cache_control(response, no_store=True)
    return response


def _pages(shelf: Shelf, **where: Any) -> QuerySet[Published]:
    return Published.objects.filter(zone_id=shelf.zone_id, zone_code=shelf.code, **where)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read the public site, and nothing else."""
    return HttpResponse("User-agent: *\nAllow: /public/\nDisallow: /\n", content_type="text/plain")


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Where one bureau alone publishes its site begins here; with several, they are to be chosen from."""
    shelves = list(Shelf.objects.order_by("code"))
    if len(shelves) == 1:
        return zone(request, zone=shelves[0].code)
    return _render("home", None, shelves=shelves)


@_site
def zone(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    """The years, and what was published last."""
    pages = _pages(shelf)
    years = pages.order_by().values("year").annotate(
        pages=Count("pk"), departments=Count("department_code", distinct=True), day=Max("published_on")
    )  # fmt: skip
    newest = pages.order_by("-published_on", "-year", "department_code", "item", "code")[:10]
    return _render("zone", shelf, years=years.order_by("-year"), newest=newest)


@_site
def year(request: HttpRequest, shelf: Shelf, year: int) -> HttpResponse:
    """The departments of a year, with the number of pages of each item."""
    rows: dict[str, dict[str, Any]] = {}
    counted = (
        _pages(shelf, year=year).order_by("department_code").values("department_code", "department", "item")
    )
    for each in counted.annotate(n=Count("pk"), day=Max("published_on")):
        row = rows.setdefault(
            each["department_code"],
            {"code": each["department_code"], "name": each["department"], "numbers": defaultdict(int), "day": each["day"]},
        )  # fmt: skip
        row["numbers"][each["item"]] += each["n"]
        row["day"] = max(row["day"], each["day"])
    if not rows:
        raise Nothing
    for row in rows.values():
        row["cells"] = [(item, row["numbers"][key]) for key, item in ITEMS.items()]
    return _render("year", shelf, year=year, rows=list(rows.values()))


@_site
def department(request: HttpRequest, shelf: Shelf, year: int, department: str) -> HttpResponse:
    """What a department has published of a year (and what is published of it), item by item."""
    pages = list(_pages(shelf, year=year, department_code=department))
    if not pages:
        raise Nothing
    groups = [(item, [page for page in pages if page.item == key]) for key, item in ITEMS.items()]
    others = (
        _pages(shelf, department_code=department).order_by("-year").values_list("year", flat=True).distinct()
    )
    return _render(
        "department", shelf, year=year, name=pages[0].department, code=department, years=others,
        groups=[(item, some) for item, some in groups if some],
    )  # fmt: skip


@_site
def page(
    request: HttpRequest, shelf: Shelf, year: int, department: str, item: str, slug: str
) -> HttpResponse:
    """One published page."""
    found = _pages(shelf, year=year, department_code=department, item=item, slug=slug).first()
    if found is None:
        raise Nothing
    others = _pages(shelf, code=found.code).exclude(pk=found.pk) if found.code else Published.objects.none()
    return _render(
        "page", shelf, page=found, body=found.body, item=ITEMS[found.item], others=others.order_by("-year", "item")
    )  # fmt: skip


@_site
def project(request: HttpRequest, shelf: Shelf, code: str) -> HttpResponse:
    """All that is published of one project over the years."""
    pages = list(_pages(shelf, code=code).order_by("-year", "item", "slug"))
    if not pages:
        raise Nothing
    return _render("project", shelf, pages=pages, name=pages[0].title, code=code)


def _narrowed(request: HttpRequest, shelf: Shelf) -> tuple[QuerySet[Published], dict[str, str]]:
    """What the form of the search asks for."""
    chosen = {key: request.GET.get(key, "").strip()[:60] for key in ("q", "year", "department", "item")}
    pages = _pages(shelf)
    for word in chosen["q"].replace("\0", "").split():
        pages = pages.filter(Q(search__icontains=word))
    if chosen["year"]:
        pages = pages.filter(
            year=int(chosen["year"]) if chosen["year"].isdecimal() and len(chosen["year"]) == 4 else 0
        )
    if chosen["department"]:
        pages = pages.filter(department_code=chosen["department"].replace("\0", ""))
    if chosen["item"]:
        pages = pages.filter(item=chosen["item"].replace("\0", ""))
    return pages.order_by("-year", "department_code", "item", "code", "slug"), chosen


@_site
def search(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    """Published pages by their words, year, department and item."""
    pages, chosen = _narrowed(request, shelf)
    every = _pages(shelf).order_by()
    found = Paginator(pages, PER_PAGE).get_page(request.GET.get("page"))
    return _render(
        "search", shelf, found=found, total=found.paginator.count, chosen=chosen,
        years=sorted(set(every.values_list("year", flat=True)), reverse=True),
        departments=sorted(set(every.values_list("department_code", "department"))),
        query=urlencode({key: value for key, value in chosen.items() if value}),
    )  # fmt: skip


@_site
def data(request: HttpRequest, shelf: Shelf, year: int, kind: str) -> HttpResponseBase:
    """A year's published pages as a file; ``department`` narrows it."""
    pages = _pages(shelf, year=year).order_by("department_code", "item", "code", "slug")
    if wanted := request.GET.get("department", "").replace("\0", ""):
        pages = pages.filter(department_code=wanted)
    if kind not in public_data.KINDS or not pages.exists():
        raise Nothing
    return public_data.KINDS[kind](shelf, year, pages)


@_site
def dictionary(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    """What the fields of the open data mean."""
    return _render("dictionary", shelf, columns=COLUMNS, more=MORE)
