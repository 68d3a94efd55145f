"""My tasks as one list: what is overdue first, then by due day, what has no time limit last.

Everything here walks the index (zone, organization, due), so it takes the same time with a hundred thousand open cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from jiheng.bureau.models import Person
from jiheng.bureau.scope import in_bureau, organizations_of, role_keys, visible
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import PROCEDURES, WORKS, Procedure, Step
from jiheng.web.navigation import address

PAGE = 50
COUNTED = 5_000
"""Counts by procedure look at no more than so many tasks: who has more needs no exact figure."""


@dataclass(frozen=True)
class Filter:
    """Which of my tasks: of one procedure, or only those overdue."""

    procedure: str = ""
    late: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filter":
        procedure = query.get("procedure", "")
        return cls(procedure if procedure in PROCEDURES else "", query.get("late") == "1")

    @property
    def query(self) -> str:
        """The filter as it stands in an address, together with the mark that one is going through the list."""
        pairs = {"queue": "1", "procedure": self.procedure, "late": "1" if self.late else ""}
        return urlencode({key: value for key, value in pairs.items() if value})


@dataclass(frozen=True)
class Counts:
    total: int
    dated: int
    late: int
    by_procedure: dict[str, int]
    capped: bool


@dataclass(frozen=True)
class Row:
    """A task as a line: what is to be done, and the act that brought it here."""

    task: Task
    step: Step
    cause: Act
    returned: bool
    url: str


@dataclass(frozen=True)
class Opening:
    """A step that begins a case, and the page where it is done."""

    procedure: Procedure
    step: Step
    url: str


def mine(person: Person, only: Filter | None = None) -> QuerySet[Task]:
    """The open duties of my organizations."""
    keys = [organization.pk for organization in organizations_of(person)]
    tasks = Task.objects.filter(zone_id=person.zone_id, organization_id__in=keys)
    if only and only.procedure:
        tasks = tasks.filter(case__procedure=only.procedure)
    if only and only.late:
        tasks = tasks.filter(due__lt=localdate())
    return tasks


def counts(person: Person) -> Counts:
    """How many tasks in all, with a time limit, overdue, and of each procedure; two queries."""
    tasks = mine(person).order_by()
    sums = tasks.aggregate(
        total=Count("*"), dated=Count("due"), late=Count("due", filter=Q(due__lt=localdate()))
    )
    capped = sums["total"] > COUNTED
    if not sums["total"]:
        return Counts(0, 0, 0, {}, False)
    near = tasks.order_by("due", "id").values("pk")[:COUNTED] if capped else tasks.values("pk")
    counted = Task.objects.filter(pk__in=near).order_by().values_list("case__procedure")
    return Counts(**sums, by_procedure=dict(counted.annotate(Count("pk"))), capped=capped)


def rows(person: Person, only: Filter, *, offset: int, dated: int, undated: bool = True) -> list[Row]:
    """Up to one more than a page of my tasks: ``dated`` of all have a time limit, some have none if ``undated``."""
    tasks = mine(person, only)
    found = _whole(tasks.filter(due__isnull=False).order_by("due", "id")[offset : offset + PAGE + 1])
    if len(found) <= PAGE and undated and not only.late:
        skip = max(0, offset - dated)
        rest = tasks.filter(due__isnull=True).order_by("id")
        found += _whole(rest[skip : skip + PAGE + 1 - len(found)])
    return [_row(task, only) for task in found]


def _whole(chosen: QuerySet[Task]) -> list[Task]:
    """The chosen tasks with all a row shows; choosing them by key first keeps far pages as quick as the first."""
    tasks = Task.objects.select_related("case__unit", "case__department", "opened_by", "organization")
    return list(tasks.filter(pk__in=chosen.values("pk")).order_by("due", "id"))


def _row(task: Task, only: Filter) -> Row:
    procedure = PROCEDURES[task.case.procedure]
    cause = task.opened_by
    url = f"{reverse('case', args=[task.case_id])}?{only.query}"
    return Row(task, procedure.step(task.step), cause, procedure.step(cause.step).returns, url)


def following(person: Person, only: Filter, task: Task) -> Task | None:
    """The task after this one in my list (``task`` may be done by now)."""
    tasks = mine(person, only)
    undated = tasks.filter(due__isnull=True).order_by("id")
    if task.due is None:
        return undated.filter(id__gt=task.pk).first()
    later = tasks.filter(due__gte=task.due).exclude(due=task.due, id__lte=task.pk)
    return later.order_by("due", "id").first() or (None if only.late else undated.first())


def preceding(person: Person, only: Filter, task: Task) -> Task | None:
    """The task before this one in my list."""
    tasks = mine(person, only)
    dated = tasks.filter(due__isnull=False).order_by("-due", "-id")
    if task.due is None:
        return tasks.filter(due__isnull=True, id__lt=task.pk).order_by("-id").first() or dated.first()
    return dated.filter(due__lte=task.due).exclude(due=task.due, id__gte=task.pk).first()


def procedures_of(work: str | None = None) -> list[Procedure]:
    """The procedures of one kind of work, or of all in the regulation's order; what names the work comes first.

    Of a kind of work, those whose cases are listed on a page of their own are left out.
    """
    order = [key for key, _ in WORKS]
    found = [each for each in PROCEDURES.values() if work is None or (each.work == work and not each.page)]
    return sorted(found, key=lambda each: (order.index(each.work), each.key != each.work))


def concerning(person: Person, work: str) -> list[Procedure]:
    """Of a kind of work, what concerns the person: all for the bureau's offices; for departments and units what they
    take part in, and whatever they may see a case of (art. 2)."""
    procedures = procedures_of(work)
    if in_bureau(person):
        return procedures
    keys = role_keys(person)
    mine = {each.key for each in procedures if any(keys & {r.key for r in step.roles} for step in each.steps)}
    others = Case.objects.filter(procedure__in=[each.key for each in procedures if each.key not in mine])
    mine.update(visible(others, person).order_by().values_list("procedure", flat=True).distinct())
    return [each for each in procedures if each.key in mine] or procedures


def openings(person: Person, work: str | None = None) -> list[Opening]:
    """The steps by which I may begin something (of one kind of work), where a page for them exists.

    What has a page of its own is begun there. What is begun on one page is offered once, whatever it becomes.
    """
    keys = role_keys(person)
    found: list[Opening] = []
    for procedure in procedures_of(work):
        if procedure.page:
            continue
        for step in procedure.steps:
            mine_to_begin = step.opens and not step.only_with and keys & {role.key for role in step.roles}
            url = address(step.page) if mine_to_begin else ""
            if url and url not in {each.url for each in found}:
                found.append(Opening(procedure, step, url))
    return found
