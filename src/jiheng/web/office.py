"""An office's own page (art. 5 to 11): what the regulation makes it do, what of it is open and late, whom it waits for.

Drawn from the procedures' tables, so it can't say otherwise than buttons and tasks do.
"""

import datetime
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Case as Either
from django.db.models import CharField, Count, F, Min, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.scope import organizations_of
from jiheng.procedure.table import Procedure, Step
from jiheng.regulation import coverage
from jiheng.regulation.articles import ARTICLES, Article
from jiheng.regulation.coverage import Governed

DUTIES = range(4, 12)
"""The articles that say what each office is for (chapter 2)."""
MANY = {"department": "各部门", "unit": "各单位", "expert": "专家", "institution": "第三方机构"}


@dataclass
class Line:
    """A step with what is open of it, by whom, and what was done this year; ``oldest`` is the earliest day."""

    governed: Governed
    holders: list[str] = field(default_factory=list)
    open: int = 0
    late: int = 0
    done: int = 0
    oldest: datetime.date | None = None

    @property
    def url(self) -> str:
        """The list of the cases that stand before this step."""
        procedure, step = self.governed.procedure, self.governed.step
        query = {"procedure": procedure.key, "state": ",".join(step.source)}
        return f"{reverse('work', args=[procedure.work])}?{urlencode(query)}"

    def add(self, count: int, late: int, oldest: datetime.date | None, holder: str) -> None:
        self.open, self.late = self.open + count, self.late + late
        if holder not in self.holders:
            self.holders.append(holder)
        days = [day for day in (self.oldest, oldest) if day]
        self.oldest = min(days) if days else None


def before(procedure: Procedure, roles: set[str]) -> set[str]:
    """The states from which a case still comes to a step that one of these roles owes."""

    def mine(step: Step) -> bool:
        return step.owed and bool(roles & {role.key for role in step.roles})

    found = {state for step in procedure.steps if mine(step) for state in step.source}
    while True:
        onward = {
            state
            for step in procedure.steps
            if not step.returns and not step.optional and step.target in found
            for state in step.source
        }
        if onward <= found:
            return found
        found |= onward


def duties(person: Person, office: Organization, today: datetime.date) -> list[Line]:
    """The steps that this office owes, in the order of the six kinds of work."""
    keys = set(office.fills)
    lines = {
        (each.procedure.key, each.step.key): Line(each)
        for each in coverage.governed()
        if not each.step.returns and keys & {role.key for role in each.step.roles}
    }
    mine = coverage.tasks(person).filter(organization=office)
    owed = mine.values_list("case__procedure", "step").annotate(
        open=Count("pk"), late=Count("pk", filter=Q(due__lt=today)), oldest=Min("due")
    )
    for procedure, step, count, late, oldest in owed:
        if line := lines.get((procedure, step)):
            line.add(count, late, oldest, office.name)
    acts = coverage.acts(person, today.year).filter(organization=office)
    for procedure, step, count in acts.values_list("case__procedure", "step").annotate(Count("pk")):
        if line := lines.get((procedure, step)):
            line.done = count
    return [line for line in lines.values() if line.governed.step.owed or line.done or line.open]


def waiting(person: Person, office: Organization, today: datetime.date) -> list[Line]:
    """What others have to do before cases come to this office; the latest first."""
    keys = set(office.fills)
    steps = {(each.procedure.key, each.step.key): each for each in coverage.governed()}
    leading = {each.procedure.key: before(each.procedure, keys) for each in steps.values()}
    holder = Either(
        When(organization__kind=Organization.Kind.OFFICE, then=F("organization__name")),
        default=F("organization__kind"),
        output_field=CharField(),
    )
    others = coverage.tasks(person).exclude(organization=office).exclude(organization__isnull=True)
    grouped = (
        others.annotate(holder=holder)
        .values_list("case__procedure", "step", "holder")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due__lt=today)), oldest=Min("due"))
    )
    lines: dict[tuple[str, str], Line] = {}
    for procedure, step, who, count, late, oldest in grouped:
        each = steps.get((procedure, step))
        if each and set(each.step.source) & leading[procedure]:
            line = lines.setdefault((procedure, step), Line(each))
            line.add(count, late, oldest, MANY.get(who, who))
    return sorted(lines.values(), key=lambda line: (-line.late, line.oldest or datetime.date.max))


def articles_of(office: Organization) -> list[Article]:
    """The articles of chapter 2 that speak to this office's roles."""
    keys = set(office.role_keys)
    return [ARTICLES[number] for number in DUTIES if keys & set(ARTICLES[number].parties)]


def show(request: HttpRequest, code: str = "") -> HttpResponse:
    """The page of one's own office, or of another: offices of the bureau see each other's (art. 5)."""
    offices = Organization.objects.filter(zone_id=request.user.zone_id, kind=Organization.Kind.OFFICE)
    own = [each for each in organizations_of(request.user) if each.kind == Organization.Kind.OFFICE]
    if not own:
        offices = offices.none()
    office = get_object_or_404(offices, code=code or (own[0].code if own else ""))
    today = localdate()
    lines, others = duties(request.user, office, today), waiting(request.user, office, today)
    context = {
        "office": office,
        "offices": offices.order_by("order", "code"),
        "mine": office in own,
        "articles": [each.number for each in articles_of(office)],
        "now": [line for line in lines if line.open],
        "idle": [line for line in lines if not line.open],
        "waiting": others,
        "open": sum(line.open for line in lines),
        "late": sum(line.late for line in lines),
        "waited": sum(line.open for line in others),
        "waited_late": sum(line.late for line in others),
        "year": today.year,
    }
    return render(request, "web/office.html", context)
