"""What the system works out from its own record for an evaluation: money that arrived, money that was spent (norms 1.5).

The rate here is spent ÷ arrived, not spent ÷ the full-year budget as in self-evaluations. Money in 元.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from jiheng.budget import lines
from jiheng.evaluation.framework_models import Evaluation
from jiheng.evaluation.models import SelfEvaluation
from jiheng.paper.money import wan
from jiheng.project.execution import latest
from jiheng.project.models import Project


@dataclass(frozen=True)
class Money:
    """A year's money of what is evaluated: approved, arrived, spent; ``note`` where one stands in for another."""

    granted: Decimal
    arrived: Decimal
    paid: Decimal
    note: str = ""


@dataclass(frozen=True)
class Measured:
    """A rate worked out from the record, with its fraction in words."""

    rate: Decimal
    told: str


def projects_of(evaluation: Evaluation) -> list[UUID]:
    """Whose money counts: the project's, or that of all the department's projects."""
    if evaluation.project_id:
        return [evaluation.project_id]
    if evaluation.kind != "whole":
        return []
    found = Project.objects.filter(zone_id=evaluation.zone_id, department_id=evaluation.case.department_id)
    return list(found.values_list("pk", flat=True))


def money_of(evaluation: Evaluation) -> Money | None:
    """The money of the year evaluated, or nothing where the record has none."""
    keys = projects_of(evaluation)
    granted = lines.granted(evaluation.zone_id, keys, evaluation.year)
    figures = latest(keys, evaluation.year)
    if not granted or not figures:
        return None
    arrived = lines.passed_on(evaluation.zone_id, keys, evaluation.year)
    note = ""
    if not arrived:
        arrived = {key: figure.full_year for key, figure in figures.items()}
        note = "没有下达记录，实际到位按全年预算数"
    return Money(
        sum(granted.values(), Decimal(0)),
        sum(arrived.values(), Decimal(0)),
        sum((figure.paid for figure in figures.values()), Decimal(0)),
        note,
    )


def measured(evaluation: Evaluation) -> dict[str, Measured]:
    """The rates that the framework takes from the record, by the figure's key."""
    money = money_of(evaluation)
    if money is None:
        return {}
    found: dict[str, Measured] = {}
    tail = f"（{money.note}）" if money.note else ""
    if money.granted:
        found["arrival"] = Measured(
            money.arrived / money.granted,
            f"实际到位 {wan(money.arrived)} 万元 ÷ 预算 {wan(money.granted)} 万元{tail}",
        )
    if money.arrived:
        found["execution"] = Measured(
            money.paid / money.arrived,
            f"实际支出 {wan(money.paid)} 万元 ÷ 实际到位 {wan(money.arrived)} 万元{tail}",
        )
    return found


def reported(evaluation: Evaluation) -> dict[str, str]:
    """What the year's self-evaluation says was reached, by the indicator's name; still to be verified."""
    if not evaluation.project_id:
        return {}
    found = SelfEvaluation.objects.filter(
        zone_id=evaluation.zone_id, goal__project=evaluation.project_id, goal__year=evaluation.year
    ).exclude(case__state="draft")
    last = found.prefetch_related("rows").order_by("goal__version").last()
    return {row.name: row.actual for row in last.rows.all() if row.actual} if last else {}


def self_grades(projects: Sequence[UUID], year: int) -> dict[UUID, SelfEvaluation]:
    """The accepted self-evaluation of each project for a year."""
    rows = SelfEvaluation.objects.filter(
        goal__project__in=projects, goal__year=year, case__state="accepted", total__isnull=False
    )
    return {row.goal.project_id: row for row in rows.select_related("goal").order_by("goal__version")}
