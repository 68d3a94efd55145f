"""The lists of a kind of work (art. 2): its cases as far as I may see them, by state, searchable, as Excel too."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import organizations_of, visible
from jiheng.procedure.models import Case
from jiheng.procedure.table import WORKS, Procedure
from jiheng.web import queue, selection
from jiheng.web.export import cases_as_excel
from jiheng.web.paging import Page, number_from

SIZE = 50
SORTS = {
    "moved": ("最后办理", "moved_at"),
    "title": ("事项", "title"),
    "code": ("编码", "code"),
    "amount": ("金额", "amount"),
}
ARTICLES = {
    "exante": (12, 13, 14, 15),
    "goal": (16, 17, 18, 19, 20, 21, 22),
    "monitoring": (23, 24, 25, 26),
    "evaluation": (27, 28, 29, 30, 31, 32),
    "application": (33, 34, 35, 36, 37),
    "support": (38, 39, 40, 41),
}
"""Which articles each kind of work rests on: chapters 3 to 8."""


def cleaned(text: str) -> str:
    """What was typed, with full-width letters and spaces made plain."""
    return " ".join(unicodedata.normalize("NFKC", text).split())[:60]


def matching(text: str, *fields: str) -> Q:
    """Rows in which every word stands in one of the fields."""
    wanted = Q()
    for word in text.split():
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__icontains": word})
        wanted &= either
    return wanted


@dataclass(frozen=True)
class Choice:
    """What of a list is wanted, as the address says it."""

    procedure: Procedure
    state: str
    year: int | None
    department: str
    unit: str
    returned: bool | None
    q: str
    sort: str
    down: bool

    @classmethod
    def read(cls, query: Mapping[str, str], work: str, concerning: list[Procedure]) -> "Choice":
        """Where none is named, the first that concerns the person."""
        keys = {procedure.key: procedure for procedure in queue.procedures_of(work)}
        procedure = keys.get(query.get("procedure", ""), concerning[0])
        known = {each.key for each in procedure.states}
        state = ",".join(key for key in query.get("state", "").split(",") if key in known)
        year = query.get("year", "")
        sort = query.get("sort", "-moved")
        return cls(
            procedure=procedure,
            state=state,
            year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
            department=query.get("department", ""),
            unit=query.get("unit", ""),
            returned={"1": True, "0": False}.get(query.get("returned", "")),
            q=cleaned(query.get("q", "")),
            sort=sort.lstrip("-") if sort.lstrip("-") in SORTS else "moved",
            down=sort.startswith("-"),
        )

    def cases(self, person: Person, departments: Mapping[str, str]) -> QuerySet[Case]:
        """All but the state: that is what the tabs count."""
        cases = visible(Case.objects.filter(procedure=self.procedure.key), person)
        if self.year:
            cases = cases.filter(year=self.year)
        if self.department in departments:
            cases = cases.filter(department_id=self.department)
        if self.unit:
            cases = cases.filter(unit_id=_key(self.unit))
        if self.returned is not None:
            cases = cases.filter(round__gt=0) if self.returned else cases.filter(round=0)
        if self.q:
            cases = cases.filter(matching(self.q, "title", "code"))
        return cases

    def in_state(self, person: Person) -> QuerySet[Case]:
        """The cases that the list shows, all pages."""
        cases = self.cases(person, departments_of(person))
        return cases.filter(state=self.state) if self.state else cases

    @property
    def states(self) -> list[str]:
        """The states wanted: one of the tabs, or several that a number elsewhere counts together."""
        return self.state.split(",") if self.state else []

    @property
    def narrows(self) -> bool:
        """Whether anything but the procedure is asked for."""
        wanted = (self.q, self.year, self.department, self.state, self.unit)
        return any(wanted) or self.returned is not None

    @property
    def order(self) -> str:
        return f"{'-' if self.down else ''}{SORTS[self.sort][1]}"


def work(request: HttpRequest, work: str) -> HttpResponse:
    """One kind of work: what may be begun, and its cases."""
    if work not in dict(WORKS):
        raise Http404
    person: Person = request.user
    procedures = queue.concerning(person, work)
    context: dict[str, Any] = {
        "work": work,
        "work_label": dict(WORKS)[work],
        "articles": ARTICLES[work],
        "openings": queue.openings(person, work),
    }
    choice = Choice.read(request.GET, work, procedures)
    if choice.procedure not in procedures:
        procedures = [*procedures, choice.procedure]
    departments = departments_of(person)
    cases = choice.cases(person, departments)
    counts = dict(cases.order_by().values_list("state").annotate(Count("pk")))
    total = sum(number for key, number in counts.items() if not choice.state or key in choice.states)
    if choice.state:
        cases = cases.filter(state__in=choice.states)
    cases = cases.select_related("unit", "department").order_by(choice.order, "-id")
    if request.GET.get("export") == "xlsx":
        return cases_as_excel(cases, choice.procedure, f"{dict(WORKS)[work]}-{choice.procedure.label}")
    number = number_from(request.GET.get("page"))
    offset = (number - 1) * SIZE
    rows = cases.prefetch_related("tasks__organization")[offset : offset + SIZE + 1]
    return render(
        request,
        "web/work.html",
        context
        | {
            "choice": choice,
            "procedures": procedures,
            "departments": departments,
            "years": years(person, choice.procedure),
            "tabs": _tabs(request, choice, counts),
            "page": Page(list(rows), number, SIZE, total),
            "total": total,
            "actions": selection.actions(person, choice.procedure, choice.state),
            "most": selection.MOST,
            "columns": _columns(choice),
            "filtered": choice.narrows,
            "unit": Organization.objects.filter(zone_id=person.zone_id, pk=_key(choice.unit)).first(),
        },
    )


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def departments_of(person: Person) -> dict[str, str]:
    """The departments whose cases I may see as an office, by key; a department or unit has only its own to see."""
    offices = [each for each in organizations_of(person) if each.kind == Organization.Kind.OFFICE]
    if not offices:
        return {}
    departments = Organization.objects.filter(zone_id=person.zone_id, kind=Organization.Kind.DEPARTMENT)
    if all(set(office.roles) == {EXPENDITURE.key} for office in offices):
        departments = departments.filter(Q(charge__in=offices) | Q(charge=None))
    return {str(key): name for key, name in departments.values_list("pk", "name")}


def years(person: Person, procedure: Procedure) -> list[int]:
    """The years that have cases of this procedure, the newest first."""
    cases = visible(Case.objects.filter(procedure=procedure.key), person)
    return list(cases.order_by("-year").values_list("year", flat=True).distinct())


def _address(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value:
            query[key] = value
    return f"?{query.urlencode()}"


def _tabs(request: HttpRequest, choice: Choice, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    tabs = [
        {
            "url": _address(request, state="", page=""),
            "label": "全部",
            "count": sum(counts.values()),
            "current": not choice.state,
        }
    ]
    for state in choice.procedure.states:
        tabs.append(
            {
                "url": _address(request, state=state.key, page=""),
                "label": state.label,
                "count": counts.get(state.key, 0),
                "current": choice.state == state.key,
            }
        )
    return tabs


def _columns(choice: Choice) -> dict[str, dict[str, str]]:
    """Each sortable column: where its head leads, and how it is sorted now."""
    found = {}
    for key, (label, _) in SORTS.items():
        mine = choice.sort == key
        turned = key if mine and choice.down else f"-{key}"
        if not mine:
            turned = key if key in ("title", "code") else f"-{key}"
        sorted_ = ("descending" if choice.down else "ascending") if mine else ""
        found[key] = {"label": label, "sort": turned, "sorted": sorted_}
    return found
