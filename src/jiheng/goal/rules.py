"""Points of a goal's review after 财预〔2015〕88号 (norms 4): suggested from what the checks find, with the working.

Points out of 100. Nothing here knows the database; the reviewer confirms or changes each suggestion (art. 18).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from jiheng.indicator.checks import Check
from jiheng.indicator.form import Form
from jiheng.indicator.target import normalize
from jiheng.indicator.weights import part_of

GRADES = ("优", "良", "中", "差")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Point:
    """One of the eight points of a review, and the codes of the checks that bear on it."""

    key: str
    label: str
    part: str
    full: Decimal
    codes: frozenset[str]


def _point(key: str, label: str, part: str, full: int, *codes: str) -> Point:
    return Point(key, label, part, Decimal(full), frozenset(codes))


POINTS: tuple[Point, ...] = (
    _point("complete", "规范完整", "完整性", 10, "unfilled", "weight-sum", "blank-target", "personal-data"),
    _point("clear", "明确清晰", "完整性", 10, "goal-text", "empty-wording"),
    _point("relevant", "目标相关", "相关性", 10, "unrelated"),
    _point(
        "scientific", "指标科学", "相关性", 10,
        "few-quantified", "repeated", "money-as-quantity", "weight-concentrated", "weight-part", "no-quantity",
    ),
    _point("reasonable", "绩效合理", "适当性", 15, "no-benefit", "no-quality"),
    _point("funded", "资金匹配", "适当性", 15, "task-money", "no-money"),
    _point("achievable", "实现可能", "可行性", 15, "no-time"),
    _point("conditions", "条件充分", "可行性", 15),
)  # fmt: skip
BY_KEY = {point.key: point for point in POINTS}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The grade the system suggests for one point, and why."""

    point: Point
    grade: str
    working: tuple[str, ...]


def observations(form: Form) -> list[tuple[str, str]]:
    """What bears on the points and is no check of its own: (code, words)."""
    found = []
    name = normalize(form.project or "")
    told = normalize("".join([form.goal_expected or "", *(row.name for row in form.rows)]))
    pairs = {name[i : i + 2] for i in range(len(name) - 1)}
    if pairs and form.rows and not any(pair in told for pair in pairs):
        found.append(("unrelated", "年度目标和指标里看不到项目名称所说的事"))
    if not any(part_of(row) == "benefit" for row in form.rows):
        found.append(("no-benefit", "没有效益指标"))
    if not any("时效" in row.level2 for row in form.rows):
        found.append(("no-time", "没有时效指标，看不出何时完成"))
    if not form.budget.full_year:
        found += [("no-money", "资金总额是 0")] * 3
    return found


def suggest(found: Sequence[Check], noticed: Sequence[tuple[str, str]]) -> tuple[Suggestion, ...]:
    """Each point's grade: nothing found 优, one finding 良, two 中, three 差; an error counts twice."""
    suggestions = []
    for point in POINTS:
        mine = [check for check in found if check.code in point.codes]
        words = [check.message.split("。依据")[0] for check in mine]
        also = [text for code, text in noticed if code in point.codes]
        faults = sum(2 if check.level == "error" else 1 for check in mine) + len(also)
        working = (*words, *dict.fromkeys(also)) or (
            ("系统没有依据可判断，请审核人核对",) if not point.codes else ("没有发现问题",)
        )
        suggestions.append(Suggestion(point, GRADES[min(faults, 3)], working))
    return tuple(suggestions)


def points(point: Point, grade: str, shares: Mapping[str, Decimal]) -> Decimal:
    """The points a grade is worth; ``shares`` tells each grade's share of the full points."""
    return (point.full * shares[grade]).quantize(CENT, ROUND_HALF_UP)


def total(grades: Mapping[str, str], shares: Mapping[str, Decimal]) -> Decimal:
    """The sum over all eight points; every point must have its grade."""
    return sum((points(point, grades[point.key], shares) for point in POINTS), Decimal(0))


def grade_of(value: Decimal, bounds: Collection[tuple[str, Decimal]]) -> str:
    """The grade of a total; ``bounds`` from the highest down (norms 1.4)."""
    return next(grade for grade, lowest in bounds if value >= lowest)
