"""What the system measures for an assessment from acts and open duties themselves (art. 41).

A measure tells, for all departments (or units) at once, how many of how many were as they should be, and which were
not. A room above or beside adds its own with ``register``; an item whose measure nobody has registered is scored by hand.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from jiheng.application.models import Rectification
from jiheng.bureau.models import Organization, Zone
from jiheng.disclosure.overview import owed
from jiheng.monitoring.models import KeyMonitoring, Problem
from jiheng.monitoring.procedure import PROCEDURES as REPORTS
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import PROCEDURES

GOALS = ("goal", "whole_goal", "goal_change")
PASSED = ("passed", "key_review", "in_force", "superseded")
"""The states of a goal that the bureau has reviewed."""
URGINGS = ("urge", "urge_again")
OUTSIDE = ("department", "unit")


@dataclass(frozen=True)
class Question:
    """Whom an assessment asks about: every department or every unit of a zone, in a year, as of ``today``."""

    zone: Zone
    kind: str
    year: int
    today: datetime.date

    @property
    def roles(self) -> tuple[str, ...]:
        """At whose desks: a department answers for its units too."""
        return OUTSIDE if self.kind == Organization.Kind.DEPARTMENT else ("unit",)

    def place(self, prefix: str = "case__") -> str:
        """The field that names whom a case belongs to."""
        return f"{prefix}{'department' if self.kind == Organization.Kind.DEPARTMENT else 'unit'}_id"

    @property
    def near(self) -> tuple[datetime.datetime, datetime.datetime]:
        """Acts that can bear on the year lie within these days; the database finds them by its index."""
        utc = datetime.UTC
        return (
            datetime.datetime(self.year - 1, 1, 1, tzinfo=utc),
            datetime.datetime(self.year + 2, 1, 1, tzinfo=utc),
        )


@dataclass
class Measured:
    """How many of ``total`` were as they should be; ``cases`` are those that were not: key, title, why.

    ``urged`` counts urgings, for which points are deducted.
    """

    good: int = 0
    total: int = 0
    urged: int = 0
    cases: list[tuple[str, str, str]] = field(default_factory=list)

    def count(self, fine: bool, case: UUID, title: str, why: str) -> None:
        self.total += 1
        self.good += fine
        if not fine:
            self.cases.append((str(case), title, why))


Measures = dict[UUID, Measured]
Measure = Callable[[Question], Measures]
MEASURES: dict[str, Measure] = {}


def register(key: str, measure: Measure) -> None:
    """Makes an item of the scheme measured by the system (``measure`` in scheme.toml)."""
    if key in MEASURES:
        raise ValueError(f"measure {key} is registered twice")
    MEASURES[key] = measure


def _duties(asked: Question, only: Q, *, first: bool = False) -> Measures:
    """Duties that fell due in the year: done by their day, or done late, or still open after it.

    With ``first`` a case counts once, by the first time it was handed in.
    """
    found: Measures = defaultdict(Measured)
    wanted = Q(zone=asked.zone, role__in=asked.roles, due__year=asked.year) & only
    acts = Act.objects.filter(wanted, at__range=asked.near).order_by("case_id", "seq")
    seen: set[UUID] = set()
    for place, case, title, label, due, at in acts.values_list(
        asked.place(), "case_id", "case__title", "label", "due", "at"
    ):
        if place is None or (first and case in seen):
            continue
        seen.add(case)
        day = localdate(at)
        found[place].count(day <= due, case, title, f"“{label}”应于 {due:%Y-%m-%d}，{day:%Y-%m-%d} 办")
    tasks = Task.objects.filter(wanted, due__lt=asked.today).order_by("case_id")
    for place, case, title, procedure, step, due in tasks.values_list(
        asked.place(), "case_id", "case__title", "case__procedure", "step", "due"
    ):
        if place is not None and not (first and case in seen):
            label = PROCEDURES[procedure].step(step).label
            found[place].count(False, case, title, f"“{label}”应于 {due:%Y-%m-%d}，还没有办")
    return found


def on_time(asked: Question) -> Measures:
    """Duties of every kind but the monitoring reports' handing in; with how often somebody had to be urged."""
    found = _duties(asked, ~Q(case__procedure__in=REPORTS, step="submit"))
    urgings = Act.objects.filter(
        zone=asked.zone, step__in=URGINGS, at__year=asked.year, case__procedure__contains="receipt_"
    )
    if asked.kind == Organization.Kind.DEPARTMENT:
        urgings = urgings.filter(case__unit__isnull=True)
    for place in urgings.order_by().values_list(asked.place(), flat=True):
        if place is not None:
            found[place].urged += 1
    return found


def monitoring(asked: Question) -> Measures:
    """Monitoring reports handed in by their day, by the first time."""
    return _duties(asked, Q(case__procedure__in=REPORTS, step="submit"), first=True)


def _sent_back(cases: Q, asked: Question) -> dict[UUID, int]:
    """How often the bureau sent each case back."""
    steps = {step.key for procedure in PROCEDURES.values() for step in procedure.steps if step.returns}
    acts = Act.objects.filter(cases, zone=asked.zone, step__in=steps).exclude(role__in=OUTSIDE)
    times: dict[UUID, int] = defaultdict(int)
    for case, procedure, step in acts.order_by().values_list("case_id", "case__procedure", "step"):
        times[case] += PROCEDURES[procedure].step(step).returns
    return times


def returns(asked: Question) -> Measures:
    """Cases that went from outside to the bureau in the year, but for goals: not sent back, or sent back."""
    day = Q(at__year=asked.year)
    desks = {
        (procedure.key, step.key)
        for procedure in PROCEDURES.values()
        if procedure.key not in GOALS
        for step in procedure.steps
        if _hands_in(procedure.key, step.key)
    }
    acts = Act.objects.filter(
        day, zone=asked.zone, role__in=OUTSIDE, step__in={step for _, step in desks}
    ).exclude(case__procedure__in=GOALS)
    handed: dict[UUID, tuple[UUID | None, str]] = {}
    for case, procedure, step, place, title in acts.order_by("case_id").values_list(
        "case_id", "case__procedure", "step", asked.place(), "case__title"
    ):
        if (procedure, step) in desks:
            handed[case] = (place, title)
    back = _sent_back(day, asked)
    return _once(handed, back)


def _hands_in(procedure: str, key: str) -> bool:
    """Whether a step takes a case from a department or unit to an office of the bureau."""
    table = PROCEDURES[procedure]
    step = table.step(key)
    if step.returns or step.opens or not {role.key for role in step.roles} <= set(OUTSIDE):
        return False
    after = [each for each in table.steps_from(str(step.target)) if each.owed]
    return any(role.key not in OUTSIDE for each in after for role in each.roles)


def _once(handed: dict[UUID, tuple[UUID | None, str]], back: dict[UUID, int]) -> Measures:
    found: Measures = defaultdict(Measured)
    for case, (place, title) in handed.items():
        if place is not None:
            found[place].count(not back.get(case), case, title, f"被退回 {back.get(case, 0)} 次")
    return found


def quality(asked: Question) -> Measures:
    """Goals of the year that the bureau has reviewed: never sent back by it, or sent back."""
    goals = Case.objects.filter(
        zone=asked.zone, procedure__in=GOALS, year=asked.year, state__in=PASSED
    ).order_by("code")
    handed = {
        case: (place, title) for case, place, title in goals.values_list("pk", asked.place(""), "title")
    }
    return _once(handed, _sent_back(Q(case__procedure__in=GOALS, case__year=asked.year), asked))


def rectification(asked: Question) -> Measures:
    """What was to be put right by a day in the year: answered by then and found to be so, or not."""
    wanted = Q(zone=asked.zone, due__year=asked.year)
    due: dict[UUID, datetime.date] = {}
    for rows in (Problem.objects, KeyMonitoring.objects, Rectification.objects):
        due |= dict(rows.filter(wanted).values_list("case_id", "due"))
    cases = Case.objects.filter(pk__in=due).exclude(state="dropped").order_by("code", "pk")
    answered: dict[UUID, datetime.date] = {}
    acts = Act.objects.filter(zone=asked.zone, case_id__in=due, role__in=OUTSIDE).order_by("seq")
    for case, procedure, step, at in acts.values_list("case_id", "case__procedure", "step", "at"):
        if not PROCEDURES[procedure].step(step).returns:
            answered[case] = localdate(at)
    found: Measures = defaultdict(Measured)
    for key, place, title, closed in cases.values_list("pk", asked.place(""), "title", "closed"):
        day = answered.get(key)
        if place is None or (due[key] >= asked.today and not closed):
            continue
        fine = closed and day is not None and day <= due[key]
        why = f"期限 {due[key]:%Y-%m-%d}，" + (
            "还没有整改到位" if not closed else f"{day:%Y-%m-%d} 才报送整改" if day else "没有报送整改"
        )
        found[place].count(fine, key, title, why)
    return found


def disclosure(asked: Question) -> Measures:
    """A department's items of the year whose day has come: published or settled as withheld by then, or not (art. 37).

    Finance evaluations are the performance office's own to publish; units publish nothing by themselves.
    """
    found: Measures = defaultdict(Measured)
    if asked.kind != Organization.Kind.DEPARTMENT:
        return found
    for each in owed(asked.zone, asked.year, asked.today):
        when = f"{each.first_on:%Y-%m-%d} 才公开" if each.first_on else "还没有公开"
        found[each.department].count(each.in_time, each.case, each.title, f"期限 {each.due:%Y-%m-%d}，{when}")
    return found


for _key, _measure in (
    ("disclosure", disclosure),
    ("on_time", on_time),
    ("returns", returns),
    ("quality", quality),
    ("monitoring", monitoring),
    ("rectification", rectification),
):
    register(_key, _measure)
