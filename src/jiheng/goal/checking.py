"""A goal seen with the checks of norm 15: between this room's record and the indicator room's rules."""

from decimal import Decimal
from uuid import UUID

from jiheng.bureau.profile import values_of
from jiheng.goal.drafts import Typed, number
from jiheng.goal.models import Goal
from jiheng.indicator.checks import Check, goal_checks
from jiheng.indicator.form import Budget, Form, IndicatorRow
from jiheng.indicator.rules import ScoringRules
from jiheng.indicator.weights import SCHEMES


def rules_of(profile_id: UUID) -> ScoringRules:
    """The scoring rules of a bureau profile (本局设定 and norms 1.3–1.4)."""
    values = values_of(profile_id)
    return ScoringRules(
        grade_bounds=(
            ("优", values.decimal("grades", "excellent")),
            ("良", values.decimal("grades", "good")),
            ("中", values.decimal("grades", "fair")),
            ("差", Decimal(0)),
        ),
        execution_strategy=values("scoring", "execution_strategy"),
        execution_low=values.decimal("scoring", "execution_low"),
        over_achieved=values.decimal("scoring", "over_achieved"),
        concentrated=values.decimal("scoring", "weight_concentrated"),
    )


def execution_weight(scheme: str) -> Decimal:
    """The points that the budget's execution has in a weight scheme."""
    parts = SCHEMES[scheme].parts if scheme in SCHEMES else None
    if parts:
        return parts["execution"]
    return Decimal(20) if scheme == "execution20" else ScoringRules().execution_weight


def form_of(
    goal: Goal, *, text: str, scheme: str, money: Decimal | None, rows: tuple[IndicatorRow, ...]
) -> Form:
    """The goal as the form that the checks read. A row's place is its number on the page."""
    project = goal.project
    return Form(
        kind="goal",
        project=project.name,
        department=goal.case.department.name if goal.case.department else None,
        unit=goal.case.unit.name if goal.case.unit else None,
        project_code=project.code,
        budget=Budget(full_year=money, weight=execution_weight(scheme)),
        goal_expected=text,
        rows=rows,
        texts=(("年度目标", text),),
    )


def _row(
    order: int, level1: str, level2: str, name: str, target: str, weight: Decimal | None
) -> IndicatorRow:
    cells = {"name": f"第{order}行", "target": f"第{order}行指标值", "weight": f"第{order}行分值"}
    return IndicatorRow(level1, level2, name, target or None, weight, cells=cells)


def checks(goal: Goal) -> list[Check]:
    """What the checks find in a saved goal."""
    rows = tuple(_row(i.order, i.level1, i.level2, i.name, i.target, i.weight) for i in goal.indicators.all())
    form = form_of(goal, text=goal.text, scheme=goal.scheme, money=goal.money, rows=rows)
    return goal_checks(form, rules=rules_of(goal.case.profile_id), scheme=goal.scheme)


def checks_of_typed(goal: Goal, typed: Typed) -> list[Check]:
    """What the checks find in what stands on the page, not saved yet."""
    rows = tuple(
        _row(order, row["level1"], row["level2"], row["name"], row["target"], number(row["weight"] or "0"))
        for order, row in enumerate(typed.rows, 1)
    )
    money = sum(typed.money.values(), Decimal(0))
    form = form_of(goal, text=typed.text, scheme=typed.scheme, money=money, rows=rows)
    return goal_checks(form, rules=rules_of(goal.case.profile_id), scheme=typed.scheme)
