"""自评预警：指标得分与花钱是否对得上（norms 13）。

不是校验，不拦提交：给审核人一盏灯和算式。p、q 为得分占分值的比例，金额元。
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.scoring import percent

RED, YELLOW = "red", "yellow"


@dataclass(frozen=True, slots=True)
class Consistency:
    """一盏灯（没有预警为空）和怎么得出的。"""

    light: str = ""
    working: tuple[str, ...] = ()


def warning_light(
    points: Decimal | None,
    points_weight: Decimal,
    execution_points: Decimal | None,
    execution_weight: Decimal | None,
    *,
    full_year: Decimal | None,
    executed: Decimal | None,
    rules: ScoringRules = DEFAULT_RULES,
) -> str:
    """指标得分高而执行得分低的，红；没有预算或没花完的，黄；指标得 0 分的，没有灯。"""
    if not points or not points_weight:
        return ""
    if execution_points is not None and execution_weight:
        share = points / points_weight
        if (share - execution_points / execution_weight) / share > rules.consistency_gap:
            return RED
    if not full_year or executed is None:
        return YELLOW
    return YELLOW if (full_year - executed) / full_year > rules.unspent else ""


def consistency(
    points: Decimal | None,
    points_weight: Decimal,
    execution_points: Decimal | None,
    execution_weight: Decimal | None,
    *,
    full_year: Decimal | None,
    executed: Decimal | None,
    rules: ScoringRules = DEFAULT_RULES,
) -> Consistency:
    """同上，带算式。"""
    light = warning_light(
        points, points_weight, execution_points, execution_weight,
        full_year=full_year, executed=executed, rules=rules,
    )  # fmt: skip
    if not points or not points_weight:
        return Consistency(light, ("指标没有得分，不作比较",))
    share = points / points_weight
    working = [f"指标得分 {points}÷{points_weight} = {percent(share)}"]
    if execution_points is not None and execution_weight:
        spent = execution_points / execution_weight
        working.append(
            f"执行得分 {execution_points}÷{execution_weight} = {percent(spent)}，相差 {percent((share - spent) / share)}"
        )
    if light == RED:
        working.append(f"超过 {percent(rules.consistency_gap)}：指标几乎得满而钱没有花出去，请核实完成值")
    elif not full_year or executed is None:
        working.append("没有全年预算数或执行数，无从比较")
    else:
        working.append(f"未执行 {percent((full_year - executed) / full_year)}")
        if light == YELLOW:
            working.append(f"超过 {percent(rules.unspent)}：结余较多，请核实原因")
    return Consistency(light, tuple(working))
