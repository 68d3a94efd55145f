"""How an evaluation's items are scored: points = weight × share, in two places half up, with the working (norms 1.5).

Pure functions. Shares are ratios from 0 to 1; weights and scores are points. What can't be scored yet scores None.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from jiheng.indicator.form import IndicatorRow
from jiheng.indicator.row_scoring import score_row
from jiheng.indicator.rules import ScoringRules
from jiheng.indicator.scoring import percent, round_score

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
RATINGS: tuple[tuple[str, str], ...] = (
    ("1", "满足"),
    *((f"0.{tenth}", f"部分满足 {tenth}0%") for tenth in range(9, 0, -1)),
    ("0", "不满足"),
)
"""What a key point can be rated: met, met in part with its share, not met."""


@dataclass(frozen=True)
class Marked:
    """A score with how it came about; ``value`` is None while something is missing."""

    value: Decimal | None
    working: tuple[str, ...] = ()


def ratio_of(text: str) -> Decimal | None:
    """A rate as typed, in percent: “92.5” and “92.5%” are 0.925; nothing for what is no number."""
    plain = unicodedata.normalize("NFKC", text).replace("%", "").replace(",", "").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number / HUNDRED if number.is_finite() and abs(number) < 10**6 else None


def by_points(weight: Decimal, points: Sequence[str], ratings: Sequence[str]) -> Marked:
    """Key points of equal worth, each rated: the share is their mean."""
    words = dict(RATINGS)
    given = [ratings[n] if n < len(ratings) else "" for n in range(len(points))]
    if not points or any(rating not in words for rating in given):
        return Marked(None)
    share = sum((Decimal(rating) for rating in given), ZERO) / len(points)
    value = round_score(weight * share)
    told = "、".join(f"要点{n} {words[rating]}" for n, rating in enumerate(given, 1))
    return Marked(value, (told, f"{weight:.2f} × {percent(share)} = {value:.2f} 分"))


def by_rate(weight: Decimal, method: str, rate: Decimal, *, told: str = "") -> Marked:
    """A measured rate: ``rate`` the higher the better, ``ceiling`` full up to 100 %, ``change`` full up to 0."""
    if method == "rate":
        share = min(max(rate, ZERO), ONE)
    elif method == "ceiling":
        share = ONE if rate <= ONE else ONE / rate
    else:
        share = ONE if rate <= ZERO else max(ONE - rate, ZERO)
    value = round_score(weight * share)
    first = told or f"实际 {percent(rate)}"
    return Marked(value, (first, f"{weight:.2f} × {percent(share)} = {value:.2f} 分"))


def by_goal(
    weight: Decimal,
    names: tuple[str, str, str],
    target: str,
    actual: str,
    rating: str,
    rules: ScoringRules,
) -> Marked:
    """A goal's own indicator by the rule of self-evaluations; where it has no number, by the share rated.

    ``names`` are the three levels.
    """
    published = round_score(weight * Decimal(rating)) if rating in dict(RATINGS) else None
    level1, level2, name = names
    row = IndicatorRow(
        level1=level1, level2=level2, name=name, target=target or None, weight=weight, actual=actual or None,
        published_score=published,
    )  # fmt: skip
    scored = score_row(row, weight, rules=rules)
    return Marked(scored.counted, scored.working)


def by_mean(weight: Decimal, scores: Sequence[tuple[str, Decimal]]) -> Marked:
    """The mean of what several gave, by name."""
    if not scores:
        return Marked(None)
    total = sum((score for _, score in scores), ZERO)
    value = min(round_score(total / len(scores)), weight)
    told = " + ".join(f"{score:.2f}" for _, score in scores)
    return Marked(value, (f"{len(scores)} 份打分表平均：({told}) ÷ {len(scores)} = {value:.2f} 分",))


@dataclass(frozen=True)
class Spread:
    """How far several scores lie apart: mean, lowest, highest, and the standard deviation over all of them (points)."""

    number: int
    mean: Decimal
    low: Decimal
    high: Decimal
    deviation: Decimal

    @property
    def range(self) -> Decimal:
        return self.high - self.low


def spread(scores: Sequence[Decimal]) -> Spread | None:
    """The spread of scores, or nothing where there are none."""
    if not scores:
        return None
    mean = sum(scores, ZERO) / len(scores)
    variance = sum(((score - mean) ** 2 for score in scores), ZERO) / len(scores)
    return Spread(
        len(scores),
        round_score(mean),
        min(scores),
        max(scores),
        variance.sqrt().quantize(Decimal("0.01"), ROUND_HALF_UP),
    )
