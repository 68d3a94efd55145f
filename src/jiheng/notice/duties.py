"""The days that concern a person: due days of their tasks, deadlines of rounds they are asked in or look after."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, Count, Min
from django.db.models.functions import Cast
from django.urls import reverse

from jiheng.bureau.models import Person
from jiheng.bureau.scope import organizations_of
from jiheng.notice.models import Receipt, Round
from jiheng.notice.views import is_office, rounds_seen
from jiheng.procedure.models import Task
from jiheng.procedure.table import PROCEDURES


@dataclass(frozen=True)
class Duty:
    """Something with a day: a deadline of a round (``number`` 0), or tasks of one step, counted when there are many."""

    key: str
    day: datetime.date
    title: str
    url: str
    number: int = 0

    @property
    def is_deadline(self) -> bool:
        return self.number == 0


def duties(person: Person, first: datetime.date, last: datetime.date) -> list[Duty]:
    """Those from ``first`` to ``last``, by day; deadlines before tasks."""
    found = [*_deadlines(person, first, last), *_tasks(person, first, last)]
    return sorted(found, key=lambda duty: (duty.day, not duty.is_deadline, duty.title))


def _deadlines(person: Person, first: datetime.date, last: datetime.date) -> list[Duty]:
    near = rounds_seen(person).filter(deadline__range=(first, last))
    if is_office(person):
        return [_deadline(round_) for round_ in near]
    mine = [organization.pk for organization in organizations_of(person)]
    asked = Receipt.objects.filter(zone_id=person.zone_id, organization_id__in=mine).values("round")
    return [_deadline(round_) for round_ in near.filter(pk__in=asked)]


def _deadline(round_: Round) -> Duty:
    title = f"{round_.year}年{round_.is_a.label}报送截止"
    return Duty(f"round-{round_.pk}", round_.deadline, title, round_.get_absolute_url())


def _tasks(person: Person, first: datetime.date, last: datetime.date) -> list[Duty]:
    """A line for each task; where a day has several of one step, one line for them."""
    mine = [organization.pk for organization in organizations_of(person)]
    tasks = Task.objects.filter(zone_id=person.zone_id, organization_id__in=mine, due__range=(first, last))
    groups = tasks.order_by().values_list("due", "case__procedure", "step")
    # A key as text: PostgreSQL knows no least UUID.
    case, title = Min(Cast("case_id", CharField())), Min("case__title")
    return [_task(*row) for row in groups.annotate(n=Count("pk"), one=case, title=title)]


def _task(day: datetime.date, procedure: str, step: str, number: int, case: str, title: str) -> Duty:
    table = PROCEDURES[procedure]
    label = table.step(step).label
    key = f"task-{day}-{procedure}-{step}"
    if number == 1:
        return Duty(key, day, f"{label}：{title}", reverse("case", args=[UUID(case)]), 1)
    return Duty(key, day, f"{label}（{table.label}，{number} 件）", f"/?procedure={procedure}", number)
