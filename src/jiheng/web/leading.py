"""What leadership reads in a minute (art. 4): money at stake this year, and what became of its instructions. All in 元."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum
from django.utils.timezone import localdate

from jiheng.application.models import Action, Application
from jiheng.bureau.models import Person
from jiheng.bureau.scope import visible
from jiheng.consultation.models import Instruction
from jiheng.monitoring.control import STANDING
from jiheng.monitoring.models import Control, Report
from jiheng.procedure.models import Case
from jiheng.project.models import ExecutionFigure
from jiheng.revenue import figures
from jiheng.revenue.rules import Standing

SHOWN = 6


@dataclass(frozen=True)
class Part:
    """Some of the money: how many projects or cases, and how much."""

    number: int
    amount: Decimal


@dataclass(frozen=True)
class Stake:
    """The year's money, what of it is in danger, and what of next year's was cut by results."""

    full_year: Decimal
    paid: Decimal
    until: object
    red: Part
    red_on: object
    stopped: Part
    cut: Part
    revenue: Standing | None
    revenue_year: int


def stake(person: Person) -> Stake:
    """Sums over all projects of the newest figures, the newest monitoring, what is stopped, and decided results."""
    zone, year = person.zone_id, localdate().year
    later = ExecutionFigure.objects.filter(
        Q(cutoff__gt=OuterRef("cutoff")) | Q(cutoff=OuterRef("cutoff"), id__gt=OuterRef("id")),
        project=OuterRef("project"),
        year=OuterRef("year"),
        batch__withdrawn=False,
    )
    newest = ExecutionFigure.objects.filter(zone=zone, year=year, batch__withdrawn=False).filter(
        ~Exists(later)
    )
    standing = Control.objects.filter(zone=zone, case__state__in=STANDING).values("project")
    sums = newest.order_by().aggregate(
        budgets=Sum("full_year"),
        payments=Sum("paid"),
        until=Max("cutoff"),
        stopped=Sum("full_year", filter=Q(project__in=standing)),
    )
    reports = Report.objects.filter(zone=zone, goal__year=year).exclude(light="")
    red_on = reports.aggregate(last=Max("cutoff"))["last"]
    red = reports.filter(cutoff=red_on, light="red").aggregate(number=Count("pk"), amount=Sum("full_year"))
    decided = Application.objects.filter(zone=zone, year=year + 1, decided__in=(Action.CUT, Action.CANCEL))
    cut = decided.aggregate(number=Count("pk"), amount=Sum(F("base") - F("decided_amount")))
    month = figures.newest(zone, year)
    none = Decimal(0)
    return Stake(
        sums["budgets"] or none,
        sums["payments"] or none,
        sums["until"],
        Part(red["number"], red["amount"] or none),
        red_on,
        Part(standing.distinct().count(), sums["stopped"] or none),
        Part(cut["number"], cut["amount"] or none),
        figures.standing(month) if month else None,
        year,
    )


@dataclass(frozen=True)
class Instructions:
    """How many were given this year, how many wait for an answer, and those that are not done, the oldest day first."""

    given: int
    unanswered: int
    open: list[Instruction]


def instructions(person: Person) -> Instructions:
    cases = visible(Case.objects.filter(procedure="instruction"), person)
    this_year = cases.filter(Q(closed=False) | Q(moved_at__year=localdate().year))
    rows = Instruction.objects.filter(case__in=cases.filter(closed=False))
    counted = this_year.aggregate(given=Count("pk"), unanswered=Count("pk", filter=Q(state="given")))
    shown = rows.select_related("case__unit", "about").order_by("due", "id")[:SHOWN]
    return Instructions(counted["given"], counted["unanswered"], list(shown))
