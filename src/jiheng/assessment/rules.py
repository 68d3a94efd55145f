"""Points, grades and ranks of an assessment (art. 41), without a database. Points in two places, half-up."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
GRADES = ("优", "良", "中")
LOWEST = "差"


def points(full: Decimal, good: int, total: int, deducted: Decimal = Decimal(0)) -> Decimal:
    """The share of ``good`` in ``total`` as points out of ``full``, less what is deducted; never below 0.

    Where nothing was due nobody can have failed: full points.
    """
    share = Decimal(min(good, total)) / total if total else Decimal(1)
    return max((full * share).quantize(CENT, ROUND_HALF_UP) - deducted, Decimal(0)).quantize(CENT)


def percent(good: int, total: int) -> str:
    """A share in words, without needless noughts: 18 of 20 is 90%."""
    return f"{(Decimal(good) * 100 / total).quantize(CENT, ROUND_HALF_UP).normalize():f}%" if total else "—"


def grade(total: Decimal, bounds: Sequence[Decimal]) -> str:
    """The grade of a total by where excellent, good and fair begin."""
    return next((name for name, bound in zip(GRADES, bounds, strict=True) if total >= bound), LOWEST)


def ranks(totals: Sequence[Decimal]) -> list[int]:
    """Each total's rank, the highest first; equals share a rank and the next one is left out (1, 2, 2, 4)."""
    return [1 + sum(other > total for other in totals) for total in totals]
