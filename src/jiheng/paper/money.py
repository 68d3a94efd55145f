"""Money in words: kept in 元, told in 万元 with two places, half up, as the screen does."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = "—"


def places(number: Decimal) -> str:
    """Two places and thousand marks: 1234.565 → 1,234.57."""
    return f"{number.quantize(CENT, ROUND_HALF_UP):,}"


def wan(amount: Decimal | None) -> str:
    """An amount in 元 as 万元: 12345678 → 1,234.57."""
    return NOTHING if amount is None else places(amount / 10000)
