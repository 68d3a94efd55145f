"""The scheme of the assessment (工作考核方案, art. 41): which items, how each is measured, how many points the profile gives.

Names, standards and measures stand in ``scheme.toml``; the points, which every bureau sets for itself, in the profile.
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from jiheng.assessment import measures
from jiheng.bureau.profile import Values

FILE = Path(__file__).with_name("scheme.toml")


@dataclass(frozen=True)
class Item:
    """One item. ``told`` and ``none`` are the working's words where the system measures it; ``full`` its points."""

    key: str
    name: str
    standard: str
    full: Decimal = Decimal(0)
    measure: str = ""
    told: str = ""
    none: str = ""

    @property
    def measured(self) -> bool:
        """Whether the system measures it today; what nobody has registered yet is scored by hand."""
        return self.measure in measures.MEASURES


@cache
def _written() -> tuple[Item, ...]:
    return tuple(Item(**row) for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["items"])


def items(values: Values) -> tuple[Item, ...]:
    """The items of a bureau's scheme with their points; one that the profile gives no points is left out."""
    found = (
        Item(**{**vars(item), "full": values.decimal("assessment", f"full_{item.key}")})
        for item in _written()
    )
    return tuple(item for item in found if item.full > 0)
