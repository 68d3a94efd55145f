"""How revenue stands against its plan and against time (art. 7): plain arithmetic, all amounts in 元.

Completion is what came in over the plan of the year, time progress the months gone over twelve. An item is behind when
its completion is less than ``share`` (profile) of the time progress. A share of structure is a part over the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

TAX, NON_TAX = "tax", "non_tax"


def time_progress(month: int) -> Decimal:
    """The months gone over twelve. Raises ValueError for what is no month."""
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is no month")
    return Decimal(month) / 12


def ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Part over whole; None where the whole is nothing or not known."""
    return None if part is None or not whole else part / whole


@dataclass(frozen=True)
class Item:
    """One item, or a sum of items: plan, what came in, what had come in a year before (None: not told)."""

    code: str
    name: str
    kind: str
    plan: Decimal
    total: Decimal
    before: Decimal | None

    @property
    def completion(self) -> Decimal | None:
        return ratio(self.total, self.plan)

    @property
    def growth(self) -> Decimal | None:
        """How much more than a year before, as a ratio; None where that was nothing or isn't told."""
        return None if self.before is None or self.before <= 0 else self.total / self.before - 1

    def ahead(self, month: int) -> Decimal | None:
        """Completion less time progress, as a ratio: below zero is slower than time."""
        return None if self.completion is None else self.completion - time_progress(month)

    def is_behind(self, month: int, share: Decimal) -> bool:
        """Whether it is behind the time schedule; an item without plan never is."""
        return self.completion is not None and self.completion < share * time_progress(month)


def summed(name: str, kind: str, items: Sequence[Item]) -> Item:
    """The items as one; a year before only where all tell it."""
    known = [item.before for item in items]
    before = sum((each for each in known if each is not None), Decimal(0)) if None not in known else None
    return Item(
        "",
        name,
        kind,
        sum((item.plan for item in items), Decimal(0)),
        sum((item.total for item in items), Decimal(0)),
        before,
    )


@dataclass(frozen=True)
class Standing:
    """All items of a month with their sums by kind and the whole."""

    month: int
    share: Decimal
    items: tuple[Item, ...]

    @property
    def whole(self) -> Item:
        return summed("合计", "", self.items)

    @property
    def tax(self) -> Item:
        return summed("税收收入", TAX, [item for item in self.items if item.kind == TAX])

    @property
    def non_tax(self) -> Item:
        return summed("非税收入", NON_TAX, [item for item in self.items if item.kind == NON_TAX])

    @property
    def tax_share(self) -> Decimal | None:
        """Taxes over all that came in (税收占比)."""
        return ratio(self.tax.total, self.whole.total)

    @property
    def behind(self) -> list[Item]:
        return [item for item in self.items if item.is_behind(self.month, self.share)]
