"""The project library as a list: every filter a budget office asks for, in pages, as Excel too (art. 12, 13)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.profile import in_force
from jiheng.bureau.scope import organizations_of, visible
from jiheng.project import admission, rules
from jiheng.project.models import Project
from jiheng.web import queue
from jiheng.web.export import projects_as_excel
from jiheng.web.lists import SIZE, cleaned, departments_of, matching
from jiheng.web.paging import Page, number_from

BEGINNINGS = ("project-new", "import-projects", "goal-new")
"""What may be begun from the library's page."""


@dataclass(frozen=True)
class Choice:
    """Which projects are wanted, as the address says it."""

    q: str = ""
    year: str = ""
    department: str = ""
    unit: str = ""
    stage: str = ""
    fund: str = ""
    field: str = ""
    major: str = ""
    attribute: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Choice":
        given = {each.name: query.get(each.name, "")[:60] for each in fields(cls)}
        given["q"] = cleaned(given["q"])
        year = given["year"]
        given["year"] = year if year.isascii() and year.isdigit() and len(year) == 4 else ""
        for name, allowed in (
            ("stage", Project.Stage.values),
            ("fund", Project.Fund.values),
            ("field", list(rules.FIELDS)),
            ("attribute", Project.Attribute.values),
            ("major", ["yes", "no"]),
        ):
            given[name] = given[name] if given[name] in allowed else ""
        return cls(**given)

    @property
    def filtered(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def projects(
        self, person: Person, departments: Mapping[str, str], units: Mapping[str, str]
    ) -> QuerySet[Project]:
        projects = visible(Project.objects.select_related("unit", "department"), person)
        if self.q:
            projects = projects.filter(matching(self.q, "name", "code"))
        if self.year:
            projects = projects.filter(first_year__lte=int(self.year), last_year__gte=int(self.year))
        if self.department in departments:
            projects = projects.filter(department_id=self.department)
        if self.unit in units:
            projects = projects.filter(unit_id=self.unit)
        for name in ("stage", "fund", "field", "attribute"):
            if wanted := getattr(self, name):
                projects = projects.filter(**{name: wanted})
        if self.major and (profile := in_force(person.zone_id, localdate())):
            major = admission.major_rows(profile.pk)
            projects = projects.filter(major) if self.major == "yes" else projects.exclude(major)
        return projects


def index(request: HttpRequest) -> HttpResponse:
    """The project library, as far as I may see it."""
    person: Person = request.user
    choice = Choice.read(request.GET)
    departments = departments_of(person)
    units = units_of(person, choice.department if choice.department in departments else "")
    projects = choice.projects(person, departments, units)
    if request.GET.get("export") == "xlsx":
        return projects_as_excel(projects.prefetch_related("years"))
    number = number_from(request.GET.get("page"))
    offset, total = (number - 1) * SIZE, projects.count()
    return render(
        request,
        "web/projects.html",
        {
            "page": Page(list(projects[offset : offset + SIZE + 1]), number, SIZE, total),
            "total": total,
            "choice": choice,
            "filters": filters(person, choice, departments, units),
            "openings": [each for each in queue.openings(person) if each.step.page in BEGINNINGS],
        },
    )


def units_of(person: Person, department: str) -> dict[str, str]:
    """The units to choose from: those of the chosen department, or of one's own departments."""
    units = Organization.objects.filter(zone_id=person.zone_id, kind=Organization.Kind.UNIT)
    own = [each.pk for each in organizations_of(person) if each.kind == Organization.Kind.DEPARTMENT]
    parents = [department] if department else own
    return {str(key): name for key, name in units.filter(parent__in=parents).values_list("pk", "name")}


def filters(
    person: Person, choice: Choice, departments: Mapping[str, str], units: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The filters of the page; those with nothing to choose are left out."""
    span = visible(Project.objects.order_by(), person).aggregate(
        first=Min("first_year"), last=Max("last_year")
    )
    years = range(span["last"], span["first"] - 1, -1) if span["first"] else ()
    offered = (
        ("year", "年度", [(str(year), f"{year} 年") for year in years]),
        ("department", "部门", list(departments.items())),
        ("unit", "单位", list(units.items())),
        ("stage", "库内状态", Project.Stage.choices),
        ("fund", "资金性质", Project.Fund.choices),
        ("field", "领域", [(each, each) for each in rules.FIELDS]),
        ("major", "是否重大", [("yes", "重大"), ("no", "不属于重大")]),
        ("attribute", "项目属性", Project.Attribute.choices),
    )
    return [
        {"key": key, "label": label, "options": options, "value": getattr(choice, key)}
        for key, label, options in offered
        if len(options) > 1
    ]
