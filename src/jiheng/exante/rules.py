"""The six points of art. 13 and what their scores allow: pure rules whose figures are the bureau's own (本局设定).

Scores in points of 100, amounts in 元.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Point:
    """One of the six points: its key, its name in the regulation, and what is to be shown under it."""

    key: str
    label: str
    asks: str


POINTS = (
    Point("necessity", "立项实施必要性", "政策依据、现实需要、是否属于财政支出责任、与已有项目是否重复"),
    Point("economy", "投入经济性", "投入与产出是否匹配、成本测算依据、有无更省的办法"),
    Point("feasibility", "实施方案可行性", "实施条件、进度安排、组织和制度保障、风险及应对"),
    Point("goals", "绩效目标合理性", "目标是否明确、可衡量、与资金量匹配"),
    Point("support", "财政支持方式科学性", "为何由财政支持、支持方式和比例、其他资金能否落实"),
    Point("budget", "预算编制合理性", "测算标准、构成明细、与任务是否对应"),
)
FULL, PART, NONE = "support", "part", "refuse"
CONCLUSIONS = ((FULL, "予以支持"), (PART, "部分支持"), (NONE, "不予支持"))
PRIORITIES = (("first", "优先安排"), ("second", "一般安排"), ("third", "暂缓安排"))
LABELS = dict(CONCLUSIONS)
RANK = {FULL: 2, PART: 1, NONE: 0}
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Bounds:
    """What a bureau sets: the six weights, from which total each conclusion is open, when a comment is due."""

    weights: Mapping[str, Decimal]
    full: Decimal
    part: Decimal
    comment_below: Decimal


@dataclass(frozen=True)
class Fault:
    """What stands against a review: where, in which words, and what to do about it."""

    field: str
    text: str
    next: str = ""


def points(score: Decimal) -> str:
    """A score as it is told: without zeros that say nothing."""
    return f"{score.normalize():f}"


def total(scores: Mapping[str, Decimal | None]) -> Decimal | None:
    """The sum of the six scores; None while one is missing."""
    given = [score for point in POINTS if (score := scores.get(point.key)) is not None]
    return sum(given, Decimal(0)) if len(given) == len(POINTS) else None


def allowed(score: Decimal, bounds: Bounds) -> str:
    """The best conclusion that a total allows."""
    return FULL if score >= bounds.full else PART if score >= bounds.part else NONE


def score_faults(
    scores: Mapping[str, Decimal | None], comments: Mapping[str, str], bounds: Bounds
) -> list[Fault]:
    """Every point that isn't scored, lies outside its weight, or lacks the comment a low score needs."""
    faults = []
    for point in POINTS:
        score, weight = scores.get(point.key), bounds.weights[point.key]
        field = f"score-{point.key}"
        if score is None:
            faults.append(
                Fault(field, f"“{point.label}”还没有评分", f"请在 0 至 {points(weight)} 分内评分。")
            )
        elif not 0 <= score <= weight:
            faults.append(
                Fault(
                    field,
                    f"“{point.label}”评 {points(score)} 分，超出分值 {points(weight)} 分",
                    "请改到分值以内。",
                )
            )
        elif score < weight * bounds.comment_below and not comments.get(point.key, "").strip():
            faults.append(
                Fault(
                    f"comment-{point.key}",
                    f"“{point.label}”评 {points(score)} 分，低于分值 {points(weight)} 分的 {bounds.comment_below:.0%}，还没有写意见",
                    "请写明扣分的理由，部门才知道怎么改。",
                )
            )
    return faults


def conclusion_faults(
    conclusion: str, score: Decimal | None, amount: Decimal | None, asked: Decimal, word: str, bounds: Bounds
) -> list[Fault]:
    """Whether a conclusion and an amount go with the total score and with what was asked for.

    A conclusion may be more cautious than the score allows, with a word of explanation, but never more generous.
    """
    faults = []
    if conclusion not in LABELS:
        faults.append(Fault("conclusion", "还没有选评估结论", "请选予以支持、部分支持或不予支持。"))
    elif score is not None:
        best = allowed(score, bounds)
        if RANK[conclusion] > RANK[best]:
            edge = bounds.full if conclusion == FULL else bounds.part
            faults.append(
                Fault(
                    "conclusion",
                    f"总分 {points(score)} 分，不到“{LABELS[conclusion]}”的 {points(edge)} 分",
                    f"结论最高为“{LABELS[best]}”；请改结论或复核评分。",
                )
            )
        elif RANK[conclusion] < RANK[best] and not word.strip():
            faults.append(
                Fault(
                    "word",
                    f"总分 {points(score)} 分可以“{LABELS[best]}”，结论却是“{LABELS[conclusion]}”，还没有说明理由",
                    "请在总体意见中写明。",
                )
            )
    if amount is None:
        faults.append(Fault("amount", "还没有填建议安排金额", "不予支持的填 0。"))
    elif amount > asked:
        faults.append(
            Fault(
                "amount", f"建议安排 {amount:,.2f} 元，超过申请的 {asked:,.2f} 元", "建议金额不能超过申请数。"
            )
        )
    elif conclusion == NONE and amount != 0:
        faults.append(Fault("amount", f"结论是“不予支持”，建议安排却有 {amount:,.2f} 元", "请填 0。"))
    elif conclusion in (FULL, PART) and amount <= 0:
        faults.append(
            Fault("amount", f"结论是“{LABELS[conclusion]}”，建议安排却是 0", "请填大于 0 的金额，或改结论。")
        )
    return faults
