"""The lights of double monitoring (art. 23): pure rules, each with its working in words.

Ratios are Decimals; thresholds come from the bureau's profile (本局设定). Execution is held against time as in norm 13:
r = 执行率 ÷ 时间进度.
"""

import calendar
import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

GREEN, YELLOW, RED, NONE = "green", "yellow", "red", ""
_WORST = {RED: 3, YELLOW: 2, GREEN: 1, NONE: 0}
_NEAR = Context(prec=24)
"""A few places short of a Decimal's own: 8/12 of a year has no end, and a bound met exactly must count as met."""
BY_WORD = {"certain": GREEN, "possible": YELLOW, "impossible": RED}
"""The light of a stated likelihood, which counts before any figure."""
SAID = {"certain": "确定能", "possible": "有可能", "impossible": "完全不可能"}
WORDS = {GREEN: "绿灯", YELLOW: "黄灯", RED: "红灯", NONE: "不亮灯"}


@dataclass(frozen=True)
class Lit:
    """A light and how it came about."""

    light: str
    told: Callable[[], str]

    @property
    def working(self) -> str:
        """In words; made when it is read, since a year's lights are made again by the ten thousand."""
        return self.told()


def time_progress(year: int, cutoff: datetime.date) -> Decimal:
    """The share of the year gone by at the end of ``cutoff``; a month's last day counts as the whole month."""
    if cutoff.year != year:
        return Decimal(1) if cutoff.year > year else Decimal(0)
    days = calendar.monthrange(cutoff.year, cutoff.month)[1]
    return (Decimal(cutoff.month - 1) + Decimal(cutoff.day) / days) / 12


def percent(ratio: Decimal) -> str:
    return f"{(ratio * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def light_against_time(done: Decimal, passed: Decimal, green: Decimal, yellow: Decimal) -> str:
    """The light of what is done against time gone by, which is not 0."""
    ratio = _NEAR.plus(done / passed)
    return GREEN if ratio >= green else YELLOW if ratio >= yellow else RED


def _against_time(what: str, done: Decimal, passed: Decimal, green: Decimal, yellow: Decimal) -> Lit:
    if passed == 0:
        return Lit(NONE, lambda: f"{what}：年度还没有开始")
    ratio = _NEAR.plus(done / passed)
    light = light_against_time(done, passed, green, yellow)
    return Lit(
        light,
        lambda: (
            f"{what} {percent(done)} ÷ 时间进度 {percent(passed)} ＝ {percent(ratio)}；"
            f"≥{percent(green)} 绿，≥{percent(yellow)} 黄，其余红 → {WORDS[light]}"
        ),
    )


def execution_light(
    full_year: Decimal | None, paid: Decimal | None, passed: Decimal, *, green: Decimal, yellow: Decimal
) -> Lit:
    """The light of budget execution. Without a budget it does not apply."""
    if not full_year or paid is None:
        return Lit(NONE, lambda: "没有全年预算数或执行数，不亮灯")
    return _against_time("执行率", paid / full_year, passed, green, yellow)


def indicator_light(
    likelihood: str, share: Decimal | None, passed: Decimal, *, green: Decimal, yellow: Decimal
) -> Lit:
    """The light of one indicator: by the stated likelihood, or else by its share done against time."""
    if likelihood in BY_WORD:
        light = BY_WORD[likelihood]
        return Lit(light, lambda: f"完成目标可能性：{SAID[likelihood]} → {WORDS[light]}")
    if share is None:
        return Lit(NONE, lambda: "没有可比的完成值，不亮灯")
    return _against_time("完成比例", share, passed, green, yellow)


def worst(lights: Iterable[str]) -> str:
    """The most serious of several lights."""
    return max(lights, key=_WORST.__getitem__, default=NONE)
