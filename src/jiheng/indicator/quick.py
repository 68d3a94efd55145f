"""平常的一行的完成比例，成批重算时用：指标值、完成值都是同一单位的正数。不平常的为 None，由 scoring 逐步来。

比例和得分用的是 scoring 的同一个函数，省下的只是读法、换算和算式；tests 逐行核对两边一致。
"""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from functools import lru_cache

from jiheng.indicator.rules import DEFAULT_RULES
from jiheng.indicator.scoring import Share, achieved
from jiheng.indicator.target import Direction, Kind, direction_of, read

_LONGEST = Decimal(10) ** 12
_FOLD = DEFAULT_RULES.ten_thousand_fold[0]
_DIRECTIONS = {
    "≥": Direction.HIGHER_BETTER, ">": Direction.HIGHER_BETTER, "≤": Direction.LOWER_BETTER,
    "<": Direction.LOWER_BETTER, "=": Direction.BOUND,
}  # fmt: skip

Plain = tuple[Decimal, Decimal, str, str]
"""数（含万、亿）、它的多少倍起疑似差万倍、比较符、单位写法。"""


# 这些单位的读法与前面是什么数无关（“年”“月”“日”不在内：2026年是时间，3年是数）。
_COMMON = re.compile(
    r"([≥≤><=]?)(\d{1,11}(?:\.\d{1,6})?)"
    r"(|%|元|万元|亿元|人|人次|万人|万人次|个|户|台|套|件|次|批|期|场|份|篇|册|亩|万亩|公里|千米|米|平方米|立方米|吨|公斤|分|家|所|座|处|项|条|名)"
)


@lru_cache(maxsize=1 << 17)
def _plain(text: str | None) -> Plain | None:
    if text is None:
        return None
    if (found := _COMMON.fullmatch(text)) is None:
        return _read(text)
    sign, number, unit = found.groups()
    model = _read_once(sign, unit)
    amount = Decimal(number) * model[0]
    return (amount, amount * _FOLD, model[2], model[3]) if 0 < amount < _LONGEST else None


@lru_cache(maxsize=1024)
def _read_once(sign: str, unit: str) -> Plain:
    """“1”加上这个比较符和单位怎么读；数是单位的倍数。"""
    model = _read(f"{sign}1{unit}")
    assert model is not None, (sign, unit)
    return model


def _read(text: str) -> Plain | None:
    value = read(text)
    amount = value.amount
    if value.kind is not Kind.QUANTITATIVE or amount is None or not 0 < amount < _LONGEST:
        return None
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -8:
        return None
    unit = sys.intern(f"{value.unit}|{value.scale}|{value.has_unit}")
    return amount, amount * _FOLD, value.comparator, unit


@lru_cache(maxsize=1 << 17)
def signed_share(target: str | None, actual: str | None) -> Share | None:
    """完成比例 (分子, 分母, 是否达标)；指标值没写比较符的、两格不都是平常的数的、单位写法不同或相差太多的为 None。"""
    wanted = _plain(target)
    return _share(wanted, actual, _DIRECTIONS.get(wanted[2])) if wanted else None


@lru_cache(maxsize=1 << 17)
def named_share(target: str | None, actual: str | None, name: str, level1: str, level2: str) -> Share | None:
    """同上，指标值没写比较符的，方向看名称和级别。"""
    wanted = _plain(target)
    direction = direction_of(read(target), name=name, level1=level1, level2=level2)
    return _share(wanted, actual, direction) if wanted else None


def _share(wanted: Plain, actual: str | None, direction: Direction | None) -> Share | None:
    reached = _plain(actual)
    if reached is None or direction is None:
        return None
    goal, too_much, sign, unit = wanted
    done, too_little, said, its_unit = reached
    if unit is not its_unit or (said and said != "=") or done >= too_much or goal >= too_little:
        return None
    return achieved(direction, sign, goal, done)
