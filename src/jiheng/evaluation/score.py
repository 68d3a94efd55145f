"""给一张自评表计分：逐行得分、执行率得分、总分、等级、校验和每一步的算法。

金额元，分数为分，比例小数。总分 = 各行“计入数”之和（row_scoring 说明何者计入）+ 执行率得分；
等级只在分值合计 100、每一项都有计入数时给出。依据 norms 1.3、1.4、2、15。
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from jiheng.indicator.checks import CHECKS, ERROR, Check, goal_checks, is_scoring_table, make_check
from jiheng.indicator.consistency import Consistency, consistency
from jiheng.indicator.evaluation_checks import evaluation_checks
from jiheng.indicator.form import Budget, Form
from jiheng.indicator.row_scoring import How, ScoredRow, score_row
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.scoring import Score, cap_total, execution_rate, grade, round_score, score_execution
from jiheng.indicator.target import plain
from jiheng.indicator.weights import Weights, WeightScheme, choose_scheme, resolve_weights


@dataclass(frozen=True, slots=True)
class ScoredForm:
    """计过分的表。total、grade 算不出时为 None；execution_weight 为执行率分值（可能由合计推出）。"""

    form: Form
    scheme: WeightScheme
    weights: Weights
    rows: tuple[ScoredRow, ...]
    execution: Score
    execution_weight: Decimal | None
    total: Decimal | None
    grade: str | None
    checks: tuple[Check, ...]
    working: tuple[str, ...]
    warning: Consistency = Consistency()

    @property
    def rate(self) -> Decimal | None:
        """执行率（小数，未取舍）；预算为 0 或缺数时为 None。"""
        return execution_rate(self.form.budget.executed, self.form.budget.full_year)

    @property
    def has_error(self) -> bool:
        return any(check.level == ERROR for check in self.checks)


@dataclass(frozen=True, slots=True)
class Points:
    """一张表的得分，不含校验：逐行、执行率、总分、等级、预警；counted 为计入总分的各数。"""

    weights: Weights
    rows: tuple[ScoredRow, ...]
    execution: Score
    execution_weight: Decimal | None
    counted: list[Decimal]
    total: Decimal | None
    grade: str | None
    warning: Consistency


def points_of(form: Form, rules: ScoringRules = DEFAULT_RULES) -> Points:
    """只计分，不校验：成批重算时用。目标申报表没有总分。"""
    weights = resolve_weights(form, rules)
    is_goal = form.kind == "goal"
    scoring_table = is_scoring_table(form) and not is_goal
    rows = tuple(
        _execution_row(form, index, weight, rules)
        if index == weights.execution_row
        else score_row(
            row, weight, weight_inferred=_inferred(row.weight, weight, row.published_score, weights),
            rules=rules, scoring_table=scoring_table,
        )
        for index, (row, weight) in enumerate(zip(form.rows, weights.rows, strict=True))
    )  # fmt: skip
    execution, execution_weight = _execution(form.budget, weights, rows, rules)
    parts = [scored.counted for scored in rows]
    if weights.execution_row is None:
        parts.append(execution.value)
    counted = [value for value in parts if value is not None]
    rate = execution_rate(form.budget.executed, form.budget.full_year)
    total = None if is_goal or not counted else cap_total(round_score(sum(counted, Decimal(0))), rate, rules)
    complete = _complete(form, weights, rows, execution, execution_weight, rules)
    return Points(
        weights, rows, execution, execution_weight, counted, total, grade(total, rules) if complete else None,
        Consistency() if is_goal else _warning(form, weights, rows, execution, execution_weight, rules),
    )  # fmt: skip


def score_form(form: Form, rules: ScoringRules = DEFAULT_RULES, scheme: str | None = None) -> ScoredForm:
    """给一张表计分并校验。scheme 为权重方案名（None 则按表判断）；方案名不存在时抛出 KeyError。"""
    points = points_of(form, rules)
    weights, rows, execution = points.weights, points.rows, points.execution
    chosen = choose_scheme(form, weights.execution, scheme)
    if form.kind == "goal":
        checks = goal_checks(form, rules=rules, scheme=scheme, weights=weights)
    else:
        checks = evaluation_checks(form, rows, execution, weights, rules=rules, scheme=scheme)
    complete = _complete(form, weights, rows, execution, points.execution_weight, rules)
    return ScoredForm(
        form, chosen, weights, rows, execution, points.execution_weight, points.total, points.grade,
        (*_findings(form), *checks),
        _working(rows, execution, weights, points.counted, points.total, complete), points.warning,
    )  # fmt: skip


def _warning(
    form: Form, weights: Weights, rows: tuple[ScoredRow, ...], execution: Score, execution_weight: Decimal | None,
    rules: ScoringRules,
) -> Consistency:  # fmt: skip
    """指标得分与执行得分对不对得上；表内的“预算执行率”一行不算指标。"""
    mine = [row for index, row in enumerate(rows) if index != weights.execution_row and row.weight]
    return consistency(
        sum((row.counted for row in mine if row.counted is not None), Decimal(0)),
        sum((row.weight for row in mine if row.weight), Decimal(0)),
        execution.value, execution_weight,
        full_year=form.budget.full_year, executed=form.budget.executed, rules=rules,
    )  # fmt: skip


def _inferred(
    written: Decimal | None, weight: Decimal | None, published: Decimal | None, weights: Weights
) -> bool:
    return weights.source != "written" and written is None and weight is not None and weight == published


def _execution(
    budget: Budget, weights: Weights, rows: tuple[ScoredRow, ...], rules: ScoringRules
) -> tuple[Score, Decimal | None]:
    weight = weights.execution
    if weights.execution_row is not None:
        shown = score_execution(budget.weight, budget.executed, budget.full_year, rules=rules)
        once = (*shown.working, "执行率已作为一条指标列在表中，总分里只计一次")
        return Score(shown.value, once, shown.ratio, shown.met), budget.weight
    rate = execution_rate(budget.executed, budget.full_year)
    if weight is None and rate is not None and rate >= 1 and budget.published_score:
        weight = budget.published_score
    done = bool(rows) and all(scored.met for scored in rows if scored.quantitative)
    return score_execution(weight, budget.executed, budget.full_year, rules=rules, completed=done), weight


def _execution_row(form: Form, index: int, weight: Decimal | None, rules: ScoringRules) -> ScoredRow:
    """表内“预算执行率”一行就是执行率：按资金块的数计分。"""
    plain_row = score_row(form.rows[index], weight, rules=rules)
    scored = score_execution(weight, form.budget.executed, form.budget.full_year, rules=rules)
    if scored.value is None:
        return plain_row
    return ScoredRow(
        plain_row.row, weight, False, How.COMPUTED, scored.value, scored.value, scored.working, plain_row.target,
        plain_row.actual, plain_row.direction, None, None, scored.met,
    )  # fmt: skip


def _complete(
    form: Form, weights: Weights, rows: tuple[ScoredRow, ...], execution: Score,
    execution_weight: Decimal | None, rules: ScoringRules,
) -> bool:  # fmt: skip
    """每一项都有计入数、分值合计 100，才给等级。"""
    if not rows or any(scored.counted is None for scored in rows if scored.weight):
        return False
    if execution_weight is not None and weights.execution_row is None and execution.value is None:
        return False
    total = sum((scored.weight for scored in rows if scored.weight), Decimal(0))
    if weights.execution_row is None:
        total += execution_weight or 0
    return total == rules.full_marks


def _findings(form: Form) -> list[Check]:
    remedies = {
        "formula-cell": "复制后“选择性粘贴 → 数值”再上传", "external-link": "在 Excel“数据 → 编辑链接”里断开链接再上传",
    }  # fmt: skip
    return [
        make_check(code, cell=cell, place=cell or CHECKS[code].label, problem=problem, remedy=remedies[code])
        for code, cell, problem in form.findings
    ]


def _working(
    rows: tuple[ScoredRow, ...], execution: Score, weights: Weights, counted: list[Decimal],
    total: Decimal | None, complete: bool,
) -> tuple[str, ...]:  # fmt: skip
    if total is None:
        return ("没有可以计入的得分，不出总分",)
    pieces = [plain(scored.counted) for scored in rows if scored.counted is not None]
    lines = []
    if weights.execution_row is None and execution.value is not None:
        pieces.insert(0, plain(execution.value))
        if weights.execution_implied:
            lines.append("执行率分值空白，合计写 100 分，余下的分值即为执行率分值")
    summed = round_score(sum(counted, Decimal(0)))
    lines.append(f"总分 = {' + '.join(pieces)} = {summed}")
    if total < summed:
        lines.append(f"执行率偏低，总分按本局设定不超过 {total}")
    left_out = sum(
        1 for scored in rows if scored.counted is None and (scored.weight or scored.row.published_score)
    )
    if left_out:
        lines.append(f"{left_out} 行没有依据、不能重算，没有计入总分")
    held = sum(1 for scored in rows if scored.score is None and scored.counted is not None)
    if held:
        lines.append(f"{held} 行不能重算，暂按填报得分计入")
    if not complete:
        lines.append("分值不满 100 分或有行没有计入，不定等级")
    return tuple(lines)
