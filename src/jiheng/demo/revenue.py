"""Revenue of the demo: last year whole, this year to the last month, one month still to be analysed (art. 7)."""

import datetime
from decimal import Decimal
from random import Random

from jiheng.demo.goals import Desk
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.revenue import entering, figures
from jiheng.revenue.models import Kind, Month
from jiheng.revenue.reading import Line

ITEMS = (
    ("10101", "增值税", 42_000), ("10104", "企业所得税", 13_500), ("10106", "个人所得税", 3_200),
    ("10109", "城市维护建设税", 4_100), ("10110", "房产税", 3_600), ("10111", "印花税", 1_500),
    ("10112", "城镇土地使用税", 5_200), ("10113", "土地增值税", 6_800), ("10118", "耕地占用税", 2_900),
    ("10119", "契税", 9_400), ("10302", "专项收入", 4_600), ("10304", "行政事业性收费收入", 2_100),
    ("10305", "罚没收入", 1_800), ("10307", "国有资源（资产）有偿使用收入", 7_300),
)  # fmt: skip
"""Items of the general public budget by their codes in 政府收支分类科目, with made-up plans in 万元."""
SLOW = {"10113": Decimal("0.78"), "10119": Decimal("0.82")}
REASON = "房地产交易量下降，税源减少；已会同税务部门逐户核对欠税，下月起按旬调度。"


def collect(desk: Desk, year: int) -> None:
    """Plans of both years, last year's half and whole, this year's quarters and last month."""
    _plan(desk, year - 1, Decimal("0.94"))
    for month in (6, 12):
        _report(desk, _month(desk, year - 1, month, Decimal("0.9")), year - 1, month)
    wrong = _plan(desk, year, Decimal("0.1"), day=12)
    with desk.calendar.at(_day(desk, year, 1, 13), 10):
        door.perform(
            "revenue_plan.withdraw",
            wrong,
            by=desk.bureau.clerk("treasury"),
            opinion="金额单位弄错了一位，撤回重载。",
        )
    _plan(desk, year, Decimal(1), day=14)
    last = desk.calendar.today.month - 1
    done = [month for month in (3, 6, 9) if month < last]
    for month in done:
        _report(desk, _month(desk, year, month, Decimal(1)), year, month)
    if last < 1:
        return
    twice = _month(desk, year, last, Decimal("0.95"))
    with desk.calendar.at(_day(desk, year, last + 1, 4), 11):
        door.perform(
            "revenue_month.withdraw",
            twice,
            by=desk.bureau.clerk("treasury"),
            opinion="漏了契税退库，撤回重载。",
        )
    _month(desk, year, last, Decimal(1), day=5)


def _day(desk: Desk, year: int, month: int, day: int) -> datetime.date:
    return desk.workday(year + (month - 1) // 12, (month - 1) % 12 + 1, day)


def _kind(code: str) -> str:
    return Kind.TAX if code.startswith("101") else Kind.NON_TAX


def _content(lines: list[Line]) -> bytes:
    rows = ["科目编码,收入项目,金额（元）", *(f"{line.code},{line.name},{line.amount}" for line in lines)]
    return "\n".join(rows).encode("utf-8-sig")


def _plan(desk: Desk, year: int, share: Decimal, day: int = 10) -> Case:
    lines = [Line(code, name, _kind(code), amount * 10_000 * share, None, "") for code, name, amount in ITEMS]
    with desk.calendar.at(_day(desk, year, 1, day), 9):
        return entering.enter_plan(
            year, lines, by=desk.bureau.clerk("treasury"), name=f"{year}年收入计划（演示）.csv",
            content=_content(lines),
        )  # fmt: skip


def _month(desk: Desk, year: int, month: int, share: Decimal, day: int = 3) -> Case:
    """What had come in: near the even pace, two items slow, something more than a year before."""
    lines = []
    for code, name, amount in ITEMS:
        random = Random(f"{code}{year}{month}")
        pace = Decimal(random.randint(96, 106)) / 100
        total = (amount * 10_000 * share * month / 12 * SLOW.get(code, pace)).quantize(Decimal("0.01"))
        before = (total * random.randint(88, 108) / 100).quantize(Decimal("0.01"))
        lines.append(Line(code, name, _kind(code), total, before, ""))
    with desk.calendar.at(_day(desk, year, month + 1, day), 9):
        return entering.enter_month(
            year, month, lines, by=desk.bureau.clerk("treasury"),
            name=f"{year}年1-{month}月收入（演示）.csv", content=_content(lines),
        )  # fmt: skip


def _report(desk: Desk, case: Case, year: int, month: int) -> None:
    """The treasury keeps the drafted analysis, says why two items are slow, and reports."""
    row = Month.objects.select_related("case", "plan").get(case=case)
    with desk.calendar.at(_day(desk, year, month + 1, 6), 15):
        with door.editing(case, desk.bureau.clerk("treasury")):
            row.text = figures.drafted(row)
            row.reasons = {item.code: REASON for item in figures.standing(row).behind}
            row.save(update_fields=["text", "reasons"])
        door.perform("revenue_month.report", case, by=desk.bureau.clerk("treasury"))
