"""A year's results line by line, beside next year's draft (art. 33): what is shown, and deciding many at once.

Money in 元 inside, 万元 where it is typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf

from jiheng.application.models import Action, Application
from jiheng.bureau.models import Person
from jiheng.bureau.roles import BUDGET, PERFORMANCE
from jiheng.bureau.scope import holds, visible
from jiheng.procedure import door
from jiheng.procedure.table import Reason
from jiheng.project.models import BudgetLine

PROCEDURES = ("application", "application_whole")
STEPS = {"opened": ("propose", PERFORMANCE), "proposed": ("decide", BUDGET)}
"""For each open state, the step that is owed and whose it is."""


@dataclass(frozen=True)
class Line:
    """One application as a row: ``drafted`` is what next year's draft has for the project, ``step`` what I may do."""

    application: Application
    drafted: Decimal | None
    step: str = ""
    action: str = ""
    amount: str = ""
    word: str = ""

    @property
    def key(self) -> str:
        return str(self.application.pk)

    @property
    def change(self) -> Decimal | None:
        decided = self.application.decided_amount
        return None if decided is None else decided - self.application.base


def of_year(
    person: Person, year: int, *, department: str = "", state: str = "", action: str = ""
) -> QuerySet[Application]:
    """The applications of a year's money that the person may see; what awaits the person first, by department."""
    rows = Application.objects.filter(year=year, case__procedure__in=PROCEDURES)
    rows = visible(rows, person, department="case__department", unit="case__unit")
    if department:
        rows = rows.filter(case__department__code=department)
    if state:
        rows = rows.filter(case__state=state)
    if action:
        proposed = Q(decided="", proposed=action) | Q(decided="", proposed="", ruled=action)
        rows = rows.filter(Q(decided=action) | proposed)
    mine = [state for state, (_, role) in STEPS.items() if holds(person, [role])]
    rows = rows.annotate(waits=Case(When(case__state__in=mine, then=0), default=1))
    rows = rows.select_related(
        "case__department", "case__unit", "case__zone", "evaluation", "result__evaluation"
    )
    return rows.order_by("waits", "case__department__code", "case__code", "pk")


def drafted(zone_id: UUID, projects: Sequence[UUID], year: int) -> dict[UUID, Decimal]:
    """What the budgets of a year have for these projects, drafts included."""
    rows = BudgetLine.objects.filter(zone_id=zone_id, project__in=projects, budget__year=year)
    sums = rows.order_by().values_list("project").annotate(Sum("amount"))
    return {key: amount for key, amount in sums}  # noqa: C416  (a pair of columns, not a dict)


def plain(amount: Decimal | None) -> str:
    """An amount in 万元 as it is typed."""
    return "" if amount is None else f"{(amount / 10000).normalize():f}"


def laid_out(
    person: Person, found: Sequence[Application], given: Mapping[str, str] | None = None
) -> list[Line]:
    """Applications as rows; what was typed stays as it was typed."""
    projects = [row.case.subject for row in found if row.case.subject]
    zone, year = person.zone_id, found[0].year if found else 0
    money = drafted(zone, projects, year) if found else {}
    mine = {state for state, (_, role) in STEPS.items() if holds(person, [role])}
    lines = []
    for row in found:
        state = row.case.state
        action, amount = (
            (row.proposed, row.proposed_amount) if row.proposed else (row.ruled, row.ruled_amount)
        )
        line = Line(row, money.get(row.case.subject) if row.case.subject else None)
        if state in mine:
            typed = given or {}
            line = Line(
                row, line.drafted, STEPS[state][0],
                typed.get(f"action-{row.pk}", action), typed.get(f"amount-{row.pk}", plain(amount)),
                typed.get(f"word-{row.pk}", ""),
            )  # fmt: skip
        lines.append(line)
    return lines


@dataclass
class Done:
    """What came of deciding many: how many were done, and why others were not, by row."""

    number: int = 0
    faults: dict[str, list[Reason]] = field(default_factory=dict)


def carry_out(lines: Sequence[Line], chosen: set[str], *, by: Person) -> Done:
    """Does the step that is owed on each chosen line, each for itself: a refused one leaves the others done."""
    done = Done()
    for line in lines:
        if line.key not in chosen or not line.step:
            continue
        case = line.application.case
        given: dict[str, Any] = {"action": line.action, "amount": line.amount, "opinion": line.word.strip()}
        try:
            door.perform(f"{case.procedure}.{line.step}", case, by=by, **given)
        except door.Refusal as refusal:
            done.faults[line.key] = list(refusal.reasons)
        else:
            done.number += 1
    return done


def totals(rows: QuerySet[Application]) -> list[tuple[str, int, Decimal, Decimal]]:
    """For each treatment as it stands (decided, else proposed, else ruled): how many, base, and what is arranged (元)."""
    stands = Coalesce(NullIf("decided", Value("")), NullIf("proposed", Value("")), "ruled")
    amount = Coalesce("decided_amount", "proposed_amount", "ruled_amount")
    sums = (
        rows.order_by()
        .annotate(stands=stands)
        .values_list("stands")
        .annotate(Count("pk"), Sum("base"), arranged=Sum(amount))
    )
    found = {action: (number, base, arranged) for action, number, base, arranged in sums}
    return [(label, *found[key]) for key, label in Action.choices if key in found]
