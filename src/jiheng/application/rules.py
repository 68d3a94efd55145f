"""From a result to next year's money (art. 33): a pure rule whose figures are the bureau's own (本局设定).

Amounts in 元, shares as ratios, two places half up.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Ruling:
    """What the rule says: an action, the amount that is left, and the working line by line."""

    action: str
    amount: Decimal
    working: tuple[str, ...]


def rule(
    *,
    grade: str,
    total: Decimal,
    base: Decimal,
    execution_rate: Decimal | None,
    fair_cut: Decimal,
    poor_cut: Decimal,
    low_execution: Decimal,
) -> Ruling:
    """Excellent and good keep, fair is cut by a share, poor by its share or cancelled; unspent money is cut too."""
    working = [f"自评得分 {total}，等级“{grade}”；基数（本年全年预算数）{base:,.2f} 元"]
    share = {"中": fair_cut, "差": poor_cut}.get(grade, Decimal(0))
    amount = (base * (1 - share)).quantize(CENT, ROUND_HALF_UP)
    if share:
        working.append(
            f"等级“{grade}”压减 {share:.0%}（本局设定）：{base:,.2f} ×（1－{share:.0%}）＝ {amount:,.2f} 元"
        )
    else:
        working.append(f"等级“{grade}”不压减：{amount:,.2f} 元")
    if execution_rate is not None and execution_rate < low_execution:
        spent = max((base * execution_rate).quantize(CENT, ROUND_HALF_UP), Decimal(0))
        working.append(
            f"执行率 {execution_rate:.2%} 低于 {low_execution:.0%}（本局设定），按未用部分压减："
            f"{base:,.2f} × {execution_rate:.2%} ＝ {spent:,.2f} 元"
        )
        if spent < amount:
            amount = spent
            working.append(f"两项取低：{amount:,.2f} 元")
    action = "cancel" if amount == 0 and (base or share == 1) else "cut" if amount < base else "keep"
    return Ruling(action, amount, tuple(working))
