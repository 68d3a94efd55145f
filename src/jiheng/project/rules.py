"""What a project can be told by itself: its code's parts, its period and amounts, whether it is major. No database.

Amounts in 元. Norms 10 for the code's shape; what is major is the bureau's own setting (art. 12).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jiheng.bureau.catalogue import FIELDS as FIELDS

LENGTH = 21
CATEGORIES = {"R": "人员类", "Y": "运转类", "T": "特定目标类"}
"""The letter in a code: the three kinds of projects of the integrated budget system (norms 10)."""
FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST = 20
"""No project runs longer: such a period is a mistyped year."""
TOO_MUCH = Decimal(10) ** 14


@dataclass(frozen=True)
class Code:
    """A project code taken apart: 区划 6, 年 2, 类 1, 流水 12."""

    zone: str
    year: int
    category: str
    serial: str


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a fact, and how to put it right."""

    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.message}。{self.remedy}"


def parts(code: str) -> Code | None:
    """The parts of a code of the right shape, or None."""
    found = re.fullmatch(r"(\d{6})(\d{2})([RYT])(\d{12})", code)
    return Code(found[1], 2000 + int(found[2]), found[3], found[4]) if found else None


def code_faults(code: str, zone: str, first_year: int | None = None) -> list[Wrong]:
    """Everything wrong with a code, part by part; ``zone`` is the zone's code, ``first_year`` when the project begins."""
    shape = "代码 21 位：区划 6 位、年度 2 位、类别 1 位（R 人员类、Y 运转类、T 特定目标类）、流水 12 位"

    def wrong(words: str, remedy: str = shape) -> Wrong:
        return Wrong("code", words, remedy)

    if not code:
        return [wrong("没有项目代码", f"填写一体化系统的项目代码。{shape}")]
    if re.fullmatch(r"\d(?:\.\d+)?[Ee]\+?\d+", code):
        return [
            wrong(f"项目代码“{code}”被 Excel 改成了科学计数法", "把这一列设为文本格式，重新填写 21 位代码")
        ]
    if len(code) != LENGTH:
        return [wrong(f"项目代码“{code}”有 {len(code)} 位，应为 {LENGTH} 位")]
    found = []
    if not re.fullmatch(r"\d{6}", code[:6]):
        found.append(wrong(f"项目代码“{code}”第 1–6 位“{code[:6]}”不是数字，应为区划代码"))
    elif code[:6] != zone[:6]:
        found.append(
            wrong(
                f"项目代码“{code}”第 1–6 位是区划“{code[:6]}”，不是本区划“{zone[:6]}”",
                "核对是不是别的区划的项目",
            )
        )
    if not re.fullmatch(r"\d{2}", code[6:8]):
        found.append(wrong(f"项目代码“{code}”第 7–8 位“{code[6:8]}”不是数字，应为年度后两位"))
    elif first_year and 2000 + int(code[6:8]) > first_year:
        found.append(
            wrong(
                f"项目代码“{code}”第 7–8 位是 {2000 + int(code[6:8])} 年，晚于起始年度 {first_year}",
                "核对项目代码或起始年度",
            )
        )
    if code[8:9] not in CATEGORIES:
        found.append(wrong(f"项目代码“{code}”第 9 位“{code[8:9]}”不是 R、Y、T 之一"))
    if not re.fullmatch(r"\d{12}", code[9:]):
        found.append(wrong(f"项目代码“{code}”第 10–21 位“{code[9:]}”不全是数字，应为流水号"))
    return found


def period_faults(first: int | None, last: int | None) -> list[Wrong]:
    """What is wrong with the years a project runs."""
    found = []
    for key, year, label in (("first_year", first, "起始年度"), ("last_year", last, "结束年度")):
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            found.append(Wrong(key, f"{label}“{year}”不在 {FIRST_YEAR}–{LAST_YEAR} 之间", "填写四位年份"))
    if not found and first is not None and last is not None:
        if last < first:
            found.append(Wrong("last_year", f"结束年度 {last} 早于起始年度 {first}", "核对两个年度"))
        elif last - first >= LONGEST:
            found.append(
                Wrong("last_year", f"项目周期 {last - first + 1} 年，超过 {LONGEST} 年", "核对两个年度")
            )
    return found


def amount_faults(first: int, last: int, total: Decimal, years: Mapping[int, Decimal]) -> list[Wrong]:
    """What is wrong with a project's money: the years' amounts lie within its period and add up to the total."""
    found = []
    if total <= 0:
        found.append(Wrong("total", "项目总额应大于 0", "填写项目总额"))
    elif total >= TOO_MUCH:
        found.append(Wrong("total", f"项目总额 {total:,.2f} 元大得不可能", "核对金额和单位"))
    elif total != round(total, 2):
        found.append(Wrong("total", f"项目总额 {total:f} 元细到了分以下", "核对金额的单位是元还是万元"))
    for year, amount in sorted(years.items()):
        if amount != round(amount, 2):
            found.append(Wrong("amounts", f"{year} 年金额 {amount:f} 元细到了分以下", "核对金额的单位"))
        if not first <= year <= last:
            found.append(
                Wrong(
                    "amounts",
                    f"{year} 年有金额，但项目周期是 {first}–{last} 年",
                    "核对项目周期或删去这一年的金额",
                )
            )
        if amount < 0:
            found.append(Wrong("amounts", f"{year} 年金额 {amount:,.2f} 元是负数", "填写不小于 0 的金额"))
    if years and (summed := sum(years.values(), Decimal(0))) != total:
        found.append(
            Wrong(
                "amounts",
                f"分年度金额合计 {summed:,.2f} 元，与项目总额 {total:,.2f} 元差 {abs(summed - total):,.2f} 元",
                "改正分年度金额或项目总额",
            )
        )
    if not years and last > first:
        found.append(
            Wrong(
                "amounts",
                f"项目周期 {last - first + 1} 年，没有分年度金额",
                "按年度填写金额，合计等于项目总额",
            )
        )
    return found


def major_because(kind: str, total: Decimal, first: int, last: int, value: Callable[[str], Any]) -> list[str]:
    """Why a project or policy counts as 重大 by the profile's section ``major``; nothing when it doesn't (art. 12).

    A project is major from ``amount`` on, a policy from ``policy_amount``, and either when it runs ``period`` years
    or longer with at least ``period_amount``. A value the profile doesn't have is a criterion this bureau doesn't use.
    """

    def threshold(key: str) -> Decimal | None:
        found = value(key)
        return None if found is None else Decimal(str(found))

    because = []
    policy = kind == "policy"
    least = threshold("policy_amount") if policy else None
    least = threshold("amount") if least is None else least
    if least is not None and total >= least:
        what = "政策" if policy else "项目"
        because.append(f"{what}总额 {total / 10000:,.2f} 万元，达到 {least / 10000:,.2f} 万元")
    years, years_amount = threshold("period"), threshold("period_amount")
    if years is not None and last - first + 1 >= years and total >= (years_amount or 0):
        because.append(
            f"周期 {last - first + 1} 年，达到 {years:f} 年，且总额达到 {(years_amount or 0) / 10000:,.2f} 万元"
        )
    return because


def joined(wrongs: Iterable[Wrong]) -> str:
    return "；".join(str(wrong) for wrong in wrongs)
