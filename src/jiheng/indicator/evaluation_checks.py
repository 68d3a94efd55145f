"""自评表的校验：完成值、得分、总分、资金执行（norms 15 里需要实际数的那些）。

只看 ScoredRow 和 Form，不碰文件和数据库；金额元，比例小数。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from jiheng.indicator.checks import Check, goal_checks, is_scoring_table, make_check
from jiheng.indicator.form import Budget, Form, says_nothing
from jiheng.indicator.row_scoring import How, ScoredRow
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.scoring import Score, execution_rate, percent, round_to
from jiheng.indicator.target import normalize, plain, read
from jiheng.indicator.weights import Weights, is_execution_name

ZERO = Decimal(0)


def evaluation_checks(
    form: Form,
    rows: Sequence[ScoredRow],
    execution: Score,
    weights: Weights,
    *,
    rules: ScoringRules = DEFAULT_RULES,
    scheme: str | None = None,
) -> list[Check]:
    """自评表的全部校验，含只看目标的那些；整表未填时只报未填和个人信息。"""
    found = goal_checks(form, rules=rules, scheme=scheme, weights=weights)
    if any(check.code == "unfilled" and check.field == "form" for check in found):
        return found
    scoring_table = is_scoring_table(form)
    for scored in rows:
        if not scoring_table:
            found += _actual(scored, rules)
            found += _unit(scored)
        found += _score(scored, rules)
    found += [
        *_execution(form, rows, execution, weights, rules),
        *_total(form, rows, execution, weights, rules),
        *_parts(form.budget),
    ]
    return found


def _actual(scored: ScoredRow, rules: ScoringRules) -> Iterator[Check]:
    row = scored.row
    if (
        scored.actual.text == ""
        and row.shares
        and row.published_score is not None
        and row.published_score > 0
    ):
        yield make_check(
            "blank-actual", cell=row.where("actual"), place=row.place("actual"), field="actual",
            problem=f"实际完成值空白，却得 {plain(row.published_score)} 分", remedy="填写实际完成值并附佐证，否则得分改为 0",
        )  # fmt: skip
    if scored.how in (How.COPIED, How.NOT_A_NUMBER) or (
        row.shares > 1 and scored.quantitative and scored.actual.text and not scored.actual.is_number
    ):
        problem = f"指标值“{scored.target.text}”是定量的，完成值“{scored.actual.text}”不是数"
        if scored.actual.comparator:
            problem += "（照抄了比较符）"
        yield make_check(
            "not-a-number", cell=row.where("actual"), place=row.place("actual"), field="actual", problem=problem,
            remedy="填写实际完成的数，如“266米”“95.2%”",
        )  # fmt: skip
    if scored.comparison is not None and scored.how is not How.UNIT_IN_DOUBT and scored.ratio is not None:
        limit = 1 + rules.over_achieved
        if scored.ratio > limit and says_nothing(row.reason):
            yield make_check(
                "over-achieved", cell=row.where("reason", "actual"), place=row.place("reason", "actual"), field="reason",
                problem=f"完成值“{scored.actual.text}”为指标值“{scored.target.text}”的 {percent(scored.ratio)}，"
                f"超过 {percent(limit)} 而没有说明原因",
                remedy="说明超额完成的原因；年初指标值定得偏低的，今后调高",
            )  # fmt: skip


def _unit(scored: ScoredRow) -> Iterator[Check]:
    row, pair = scored.row, scored.comparison
    problem = ""
    if scored.target.doubled_unit:
        problem = f"指标值“{scored.target.text}”数值已带“万”又注“万元”，疑似差万倍"
    elif scored.actual.doubled_unit:
        problem = f"完成值“{scored.actual.text}”数值已带“万”又注“万元”，疑似差万倍"
    elif pair and pair.ten_thousand_fold:
        problem = f"指标值“{scored.target.text}”与完成值“{scored.actual.text}”疑似差万倍"
    elif pair and (pair.units_differ or pair.incomparable):
        problem = f"指标值“{scored.target.text}”与完成值“{scored.actual.text}”单位不一致"
    if problem:
        yield make_check(
            "unit-mismatch", cell=row.where("actual"), place=row.place("actual"), field="actual", problem=problem,
            remedy="核对数值，指标值和完成值用同一单位",
        )  # fmt: skip


def _score(scored: ScoredRow, rules: ScoringRules) -> Iterator[Check]:
    row, published = scored.row, scored.row.published_score
    if published is None or row.shares == 0:
        return
    problem = ""
    if scored.how is How.OUT_OF_BAND:
        problem = scored.working[-1]
    elif scored.score is not None and abs(published - scored.score) > rules.tolerance:
        why = "，已达标却扣分" if scored.met and published < scored.score else ""
        if scored.weight is not None and published > scored.weight:
            why = f"，超过分值 {plain(scored.weight)}"
        problem = f"填报得分 {plain(published)}，按规则重算为 {scored.score}{why}"
    if problem:
        yield make_check(
            "row-score", cell=row.where("score"), place=row.place("score"), field="score", problem=problem,
            remedy="改为重算的得分，或说明理由",
        )  # fmt: skip
    if scored.weight is not None and published < scored.weight and says_nothing(row.reason):
        yield make_check(
            "deduction-without-reason", cell=row.where("reason", "score"), place=row.place("reason", "score"),
            field="reason", problem=f"得分 {plain(published)} 低于分值 {plain(scored.weight)}，没有写偏差原因",
            remedy="写明偏差原因和改进措施",
        )  # fmt: skip


def _execution(
    form: Form, rows: Sequence[ScoredRow], execution: Score, weights: Weights, rules: ScoringRules
) -> Iterator[Check]:
    budget = form.budget
    cell = budget.where("full_year", "initial")
    if budget.full_year == 0 or (budget.full_year is None and budget.executed):
        state = "为 0" if budget.full_year == 0 else "没有填"
        yield make_check(
            "budget-zero", cell=cell, place=cell or "项目资金", field="full_year",
            problem=f"全年预算数{state}，执行率不适用，不计 0 分",
            remedy="核对全年（调整后）预算数；确无预算的，说明执行率分值如何处理",
        )  # fmt: skip
    rate = execution_rate(budget.executed, budget.full_year)
    if rate is None:
        return
    written = budget.published_rate
    if written and not rate_agrees(written, rate):
        cell = budget.where("rate")
        yield make_check(
            "execution-rate", cell=cell, place=cell or "执行率", field="rate",
            problem=f"填写的执行率“{written}”与 执行数÷全年预算数 = {percent(rate)} 不符", remedy=f"改为 {percent(rate)}",
        )  # fmt: skip
    explained = not says_nothing(budget.reason) or any(
        is_execution_name(scored.row.name) and not says_nothing(scored.row.reason) for scored in rows
    )
    if rate < rules.execution_low and not explained:
        cell = budget.where("rate", "executed")
        yield make_check(
            "execution-low", cell=cell, place=cell or "执行率", field="reason",
            problem=f"执行率 {percent(rate)} 低于 {percent(rules.execution_low)}，没有说明", remedy="说明执行率偏低的原因",
        )  # fmt: skip
    published, value = budget.published_score, execution.value
    if weights.execution_row is None and published is not None and value is not None:
        if abs(published - value) > rules.tolerance:
            cell = budget.where("score")
            yield make_check(
                "row-score", cell=cell, place=f"{cell}（执行率得分）" if cell else "执行率得分", field="score",
                problem=f"填报得分 {plain(published)}，按规则重算为 {value}", remedy="改为重算的得分（保留两位小数）",
            )  # fmt: skip


def rate_agrees(written: str, rate: Decimal) -> bool:
    """填写的执行率按它自己的小数位四舍五入后是否等于实际比例；没有 % 的，按比例或百分数理解都可以。"""
    value = read(written)
    if value.value is None:
        return says_nothing(written) or bool(re.match(r"#", written))
    number = value.value
    meanings = [(number, rate * 100)]
    if value.unit != "%":
        meanings.append((number, rate))
    for shown, exact in meanings:
        exponent = shown.as_tuple().exponent
        places = min(max(-exponent if isinstance(exponent, int) else 0, 0), 6)
        if round_to(shown, places) == round_to(exact, places):
            return True
    return False


def _total(
    form: Form, rows: Sequence[ScoredRow], execution: Score, weights: Weights, rules: ScoringRules
) -> Iterator[Check]:
    units: list[tuple[Decimal | None, Decimal | None, Decimal | None]] = [
        (scored.row.published_score, scored.score, scored.weight) for scored in rows
    ]
    if not any(published is not None for published, _, _ in units):
        return
    if weights.execution_row is None:
        units.append((form.budget.published_score, execution.value, weights.execution))
    cell = form.where("total") or form.where("header")
    given = sum((p for p, _, _ in units if p is not None), ZERO)
    open_points = sum((w for p, _, w in units if p is None and w is not None), ZERO)
    total = form.published_total
    if total is not None and not given - rules.tolerance <= total <= given + open_points + rules.tolerance:
        most = f"，加上没填得分的行最多 {plain(given + open_points)}" if open_points else ""
        yield make_check(
            "total-mismatch", cell=cell, place=f"{cell}（总分）" if cell else "总分", field="total",
            problem=f"表内总分 {plain(total)}，各行得分之和为 {plain(given)}{most}", remedy="按各行得分重新加总",
        )  # fmt: skip
    comparable = [(p, s) for p, s, _ in units if p is not None and s is not None]
    written = sum((p for p, _ in comparable), ZERO)
    recomputed = sum((s for _, s in comparable), ZERO)
    if abs(written - recomputed) > rules.tolerance:
        yield make_check(
            "total-mismatch", cell=cell, place=f"{cell}（总分）" if cell else "总分", field="total",
            problem=f"能重算的各行填报得分之和为 {plain(written)}，按规则重算为 {recomputed}",
            remedy="逐行核对得分，改为重算的结果",
        )  # fmt: skip


# 只有这些明细是合计行的完整分解；“中央”“自治区”等各地写法可能层层包含，不核对
_PART_NAMES = re.compile(
    r"^(?:其中[:：]?)?(?:当年|本年|年度|本年度|上年|以前年度)?(?:财政拨款|财政资金|结转资金|结转结余资金|结转结余|结转|"
    r"财政专户管理资金|单位资金|其他资金|一般公共预算拨款|政府性基金拨款)(?:\(.*\))?$"
)
_COLUMNS = (("initial", "年初预算数"), ("full_year", "全年预算数"), ("executed", "全年执行数"))


def _parts(budget: Budget) -> Iterator[Check]:
    """合计行与明细行：合计为 0 或空白而明细有数，或明细之和超出取舍误差。"""
    if budget.from_parts:
        cell = budget.where("full_year", "executed")
        yield make_check(
            "total-mismatch", cell=cell, place=f"{cell}（年度资金总额）" if cell else "年度资金总额", field="full_year",
            problem="合计行为 0 或空白，明细行却有金额，已按明细之和计算", remedy="把合计行改为明细之和",
        )  # fmt: skip
        return
    names = [normalize(part.name) for part in budget.parts]
    if not names or not all(_PART_NAMES.match(name) for name in names):
        return
    for field, label in _COLUMNS:
        values = [getattr(part, field) for part in budget.parts]
        total = getattr(budget, field)
        if total is None or all(value is None for value in values):
            continue
        gap = abs(sum((value for value in values if value is not None), ZERO) - total)
        if gap > budget.step / 2 * (len(values) + 1):
            cell = budget.where(field)
            yield make_check(
                "total-mismatch", cell=cell, place=f"{cell}（{label}）" if cell else label, field=field,
                problem=f"{label}合计 {plain(total)} 元与明细之和相差 {plain(gap)} 元", remedy="核对合计行和明细行",
            )  # fmt: skip
