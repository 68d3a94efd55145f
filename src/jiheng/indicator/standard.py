"""目标值与指标库里的标准对照（规程第38条）：公共服务标准写至少做到多少，支出标准写至多花多少。不碰数据库。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from jiheng.indicator.checks import Check, make_check
from jiheng.indicator.form import Form
from jiheng.indicator.target import Direction, Kind, Value, measure, read


@dataclass(frozen=True, slots=True)
class Standard:
    """一条标准：参考值（带比较符）、方向、取值依据。"""

    reference: str
    direction: str
    source: str


Key = tuple[str, str]
"""二级指标和指标名称：同名同级的才对照。"""


def bounds(standard: Standard) -> tuple[Value, Decimal | None, Decimal | None]:
    """标准的下限和上限（没有的为 None），单位看 Value；参考值不是数的，两头都没有。"""
    value = read(standard.reference)
    if value.kind is Kind.RANGE:
        return value, _scaled(value.low, value), _scaled(value.high, value)
    amount = value.amount
    if value.kind is not Kind.QUANTITATIVE or amount is None:
        return value, None, None
    if value.comparator in ("≥", ">"):
        return value, amount, None
    if value.comparator in ("≤", "<"):
        return value, None, amount
    if standard.direction == Direction.HIGHER_BETTER:
        return value, amount, None
    if standard.direction == Direction.LOWER_BETTER:
        return value, None, amount
    return value, amount, amount


def _scaled(amount: Decimal | None, value: Value) -> Decimal | None:
    return None if amount is None else amount * value.scale


def departure(target: str | None, standard: Standard) -> str:
    """指标值怎样离开了标准：“低于”“高于”；在标准内、单位不同类、比不了的为空。"""
    aimed = read(target)
    value, low, high = bounds(standard)
    if aimed.kind is not Kind.QUANTITATIVE or aimed.amount is None:
        return ""
    (family, factor), (theirs, their_factor) = measure(aimed), measure(value)
    if aimed.has_unit and value.has_unit and family != theirs:
        return ""
    if not (aimed.has_unit and value.has_unit):
        factor = their_factor = Decimal(1)
    amount = aimed.amount * factor
    if low is not None and amount < low * their_factor:
        return "低于"
    if high is not None and amount > high * their_factor:
        return "高于"
    return ""


def standard_checks(form: Form, standards: Mapping[Key, Standard]) -> Iterator[Check]:
    """指标值在标准以外的，每行一条提示。"""
    for row in form.rows:
        standard = standards.get((row.level2 or "", row.name or ""))
        if standard is None or not (told := departure(row.target, standard)):
            continue
        yield make_check(
            "standard-outside",
            cell=row.cells.get("target", ""),
            place=row.cells.get("target", row.name or ""),
            field="target",
            problem=f"“{row.name}”的指标值“{row.target}”{told}标准“{standard.reference}”（{standard.source}）",
            remedy="按标准设定；确有特殊情况的写明理由",
        )
