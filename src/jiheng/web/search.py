"""Search by name or code over projects, cases, organizations and articles, as far as I may see them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.scope import organizations_of, visible
from jiheng.procedure.models import Case
from jiheng.project.models import Project
from jiheng.web.lists import cleaned, matching
from jiheng.web.navigation import address
from jiheng.web.paging import Page, number_from
from jiheng.web.templatetags.figures import article_title

FEW = 8
SIZE = 50
KINDS = (("projects", "项目"), ("cases", "事项"), ("organizations", "组织"), ("articles", "条款"))


def search(request: HttpRequest) -> HttpResponse:
    """A few of each kind; all of one kind, page by page, with ``kind``."""
    person: Person = request.user
    q = cleaned(request.GET.get("q", ""))
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(KINDS) else ""
    number = number_from(request.GET.get("page")) if kind else 1
    size = SIZE if kind else FEW
    offset = (number - 1) * size
    groups = []
    for key, label in KINDS if q else ():
        if kind in ("", key):
            found: Any = articles(q) if key == "articles" else ROWS[key](person, q)
            page: Page[Any] = Page(list(found[offset : offset + size + 1]), number, size)
            if page.rows:
                groups.append({"key": key, "label": label, "page": page})
    return render(request, "web/search.html", {"q": q, "kind": kind, "groups": groups})


def projects(person: Person, q: str) -> QuerySet[Project]:
    found = visible(Project.objects.select_related("unit"), person)
    return found.filter(matching(q, "name", "code")).order_by("code")


def cases(person: Person, q: str) -> QuerySet[Case]:
    found = visible(Case.objects.select_related("unit", "department"), person)
    return found.filter(matching(q, "title", "code")).order_by("-moved_at")


def organizations(person: Person, q: str) -> QuerySet[Organization]:
    """Offices see the zone; others see the offices, themselves, their department and their units."""
    found = Organization.objects.filter(zone_id=person.zone_id).select_related("parent")
    mine = organizations_of(person)
    if not any(each.kind == Organization.Kind.OFFICE for each in mine):
        near = {each.pk for each in mine} | {each.parent_id for each in mine if each.parent_id}
        found = found.filter(
            Q(kind=Organization.Kind.OFFICE) | Q(pk__in=near) | Q(parent__in=[m.pk for m in mine])
        )
    return found.filter(matching(q, "name", "code"))


def articles(q: str) -> list[dict[str, Any]]:
    """Articles by number (18, 第18条) or by a word of their title."""
    number = q.removeprefix("第").removesuffix("条").strip()
    found = []
    for article in range(1, 44):
        title = article_title(article)
        if number == str(article) or (title and all(word in title for word in q.split())):
            found.append({"number": article, "title": title, "url": address("article", article)})
    return found


ROWS = {"projects": projects, "cases": cases, "organizations": organizations}
