"""From a result to next year's money (art. 33): a pure rule whose figures are the bureau's own (本局设定).

Amounts in 元, shares as ratios, two places half up.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
GOOD = ("优", "良")


@dataclass(frozen=True)
class Rates:
    """The rule's table: by which share each finding cuts; a grade's share is from ``*_cut`` to ``*_most``."""

    fair_cut: Decimal
    fair_most: Decimal
    poor_cut: Decimal
    poor_most: Decimal
    red_cut: Decimal
    open_cut: Decimal
    low_execution: Decimal


@dataclass(frozen=True)
class Result:
    """What is known: whose result it is, points and grade, money spent, the last light, problems not put right."""

    who: str
    total: Decimal
    grade: str
    base: Decimal
    execution_rate: Decimal | None = None
    red: bool = False
    open_problems: int = 0
    policy: bool = False


@dataclass(frozen=True)
class Ruling:
    """What the rule says: an action, the amount that is left, what it leaves open, and the working line by line."""

    action: str
    amount: Decimal
    low: Decimal
    working: tuple[str, ...]


def rule(result: Result, rates: Rates) -> Ruling:
    """The largest of the cuts by grade, by light and by open problems; unspent money goes in any case.

    Excellent and good keep, fair is cut within its bounds, poor cut or cancelled; a policy graded fair or poor is to be
    adjusted as well.
    """
    base, grade = result.base, result.grade
    working = [f"{result.who}得分 {result.total}，等级“{grade}”；基数 {base:,.2f} 元"]
    cuts = [(f"等级“{grade}”", *_of_grade(grade, rates))]
    if result.red:
        cuts.append(("监控红灯", rates.red_cut, rates.red_cut))
    if result.open_problems:
        told = f"有 {result.open_problems} 个问题整改未到位"
        cuts.append((told, rates.open_cut, rates.open_cut))
    share = max(least for _, least, _ in cuts)
    most = max(share, *(most for _, _, most in cuts))
    amount = _left(base, share)
    low = _left(base, most)
    for told, least, upper in cuts:
        if not least:
            working.append(f"{told}不压减：{base:,.2f} 元")
        elif upper > least:
            span = f"{least:.0%} 至 {upper:.0%}"
            working.append(
                f"{told}压减 {span}（本局设定）：{_left(base, upper):,.2f} 至 {_left(base, least):,.2f} 元"
            )
        else:
            working.append(
                f"{told}压减 {least:.0%}（本局设定）：{base:,.2f} ×（1－{least:.0%}）＝ {_left(base, least):,.2f} 元"
            )
    if len([least for _, least, _ in cuts if least]) > 1:
        working.append(f"取压减最多的一项：{amount:,.2f} 元")
    rate = result.execution_rate
    if rate is not None and rate < rates.low_execution:
        spent = max((base * rate).quantize(CENT, ROUND_HALF_UP), Decimal(0))
        working.append(
            f"执行率 {rate:.2%} 低于 {rates.low_execution:.0%}（本局设定），按未用部分压减："
            f"{base:,.2f} × {rate:.2%} ＝ {spent:,.2f} 元"
        )
        if spent < amount:
            amount, low = spent, min(low, spent)
            working.append(f"两项取低：{amount:,.2f} 元")
    action = "cancel" if amount == 0 and (base or share == 1) else "cut" if amount < base else "keep"
    if result.policy and grade not in GOOD and action != "cancel":
        action = "adjust"
        working.append(f"政策评为“{grade}”，同时提出调整政策的建议")
    return Ruling(action, amount, amount if action in ("cancel", "keep") else low, tuple(working))


def _of_grade(grade: str, rates: Rates) -> tuple[Decimal, Decimal]:
    table = {"中": (rates.fair_cut, rates.fair_most), "差": (rates.poor_cut, rates.poor_most)}
    least, most = table.get(grade, (Decimal(0), Decimal(0)))
    return least, max(least, most)


def _left(base: Decimal, share: Decimal) -> Decimal:
    return (base * (1 - share)).quantize(CENT, ROUND_HALF_UP)
