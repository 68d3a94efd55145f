"""Many self-evaluations' totals again, without the working: for what a new profile would make of a year (art. 43).

A form whose rows are all plain is scored here; any other goes through ``score.points_of``. Points are the very same
functions', so that a shortcut can't score otherwise; tests hold both ways together.
"""

from decimal import Decimal
from typing import NamedTuple

from jiheng.evaluation.score import points_of
from jiheng.indicator.consistency import warning_light
from jiheng.indicator.form import Form
from jiheng.indicator.quick import named_share, signed_share
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.scoring import FULL, cap_total, execution_points, grade, points, round_score

ZERO = Decimal(0)


class Total(NamedTuple):
    """What comes out of a form: total, grade and the light of norm 13; None where the form doesn't give it."""

    total: Decimal | None
    grade: str | None
    warning: str


def recalculated(form: Form, rules: ScoringRules = DEFAULT_RULES) -> Total:
    """A form's total, grade and warning by these rules, the shorter way where there is one."""
    found = _plainly(form, rules)
    if found is None:
        scored = points_of(form, rules)
        found = Total(scored.total, scored.grade, scored.warning.light)
    return found


def _plainly(form: Form, rules: ScoringRules) -> Total | None:
    """Of a form that is all plain: every row with points and two numbers alike, with the execution rate 100 in all."""
    budget = form.budget
    weight, executed, full_year = budget.weight, budget.executed, budget.full_year
    if not weight or executed is None or not full_year or form.kind != "self_evaluation" or not form.rows:
        return None
    if rules.over_deduction[1] or rules.pass_ratio is not None or rules.satisfaction_strategy != "ratio":
        return None
    weights = counted = ZERO
    all_met = True
    for row in form.rows:
        mine = row.weight
        if mine is None or row.shares != 1:
            return None
        share = signed_share(row.target, row.actual) or named_share(
            row.target, row.actual, row.name, row.level1, row.level2
        )
        if share is None:
            return None
        weights += mine
        if share is FULL:
            counted += mine
        else:
            all_met = False
            counted += points(mine, share[0], share[1])
    # A sum has the finest exponent of what was added: with two places there, no row's points needed rounding.
    if weights + weight != rules.full_marks or weights.as_tuple().exponent not in (0, -1, -2):
        return None
    spent = execution_points(weight, executed, full_year, rules=rules, completed=all_met)
    total = cap_total(round_score(counted + spent), executed / full_year, rules)
    light = warning_light(
        counted, weights, spent, weight, full_year=full_year, executed=executed, rules=rules
    )
    return Total(total, grade(total, rules), light)
