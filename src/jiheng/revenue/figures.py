"""Where revenue stands at the end of a month, and the analysis drafted from it (art. 7)."""

from decimal import Decimal
from typing import Any

from jiheng.bureau.profile import values_of
from jiheng.filing.filing import Section
from jiheng.paper.money import wan
from jiheng.revenue import rules
from jiheng.revenue.models import Month, Plan
from jiheng.revenue.rules import Item, Standing


def standing(month: Month) -> Standing:
    """The month's lines beside the plan's; an item that the month doesn't tell brought nothing."""
    told = {line.code: line for line in month.lines.all()}
    items = [
        Item(
            line.code,
            line.name,
            line.kind,
            line.amount,
            told[line.code].total if line.code in told else Decimal(0),
            told[line.code].before if line.code in told else None,
        )
        for line in month.plan.lines.all()
    ]
    share = Decimal(str(values_of(month.case.profile_id)("revenue", "behind")))
    return Standing(month.month, share, tuple(items))


def newest(zone_id, year: int) -> Month | None:
    """The latest month of a year that stands."""
    rows = Month.objects.filter(zone_id=zone_id, year=year, withdrawn=False)
    return rows.select_related("case", "plan").order_by("-month").first()


def plan_of(zone_id, year: int) -> Plan | None:
    return Plan.objects.filter(zone_id=zone_id, year=year, withdrawn=False).select_related("case").first()


def percent(value: Decimal | None) -> str:
    return "—" if value is None else f"{value * 100:.2f}%"


def rows(stands: Standing) -> list[dict[str, Any]]:
    """The sums first, then the items, each with its figures in words."""
    lines = [
        (stands.whole, True),
        (stands.tax, True),
        (stands.non_tax, True),
        *((item, False) for item in stands.items),
    ]
    return [
        {
            "item": item,
            "sum": is_sum,
            "completion": percent(item.completion),
            "ahead": percent(item.ahead(stands.month)),
            "growth": percent(item.growth),
            "behind": item.is_behind(stands.month, stands.share),
            "part": percent(rules.ratio(item.total, stands.whole.total)),
        }
        for item, is_sum in lines
    ]


def drafted(month: Month) -> str:
    """The analysis as the figures tell it; whoever writes it goes on from here."""
    stands = standing(month)
    whole, ahead = stands.whole, stands.whole.ahead(month.month)
    told = [f"截至{month.year}年{month.month}月底，预算收入累计完成 {wan(whole.total)} 万元"]
    if whole.completion is not None and ahead is not None:
        pace = "快于" if ahead > 0 else "慢于"
        told.append(
            f"，为全年计划 {wan(whole.plan)} 万元的 {percent(whole.completion)}，"
            + ("与时间进度持平" if not ahead else f"{pace}时间进度 {abs(ahead) * 100:.2f} 个百分点")
        )
    told.append(_growth(whole))
    told.append(
        f"。其中：税收收入 {wan(stands.tax.total)} 万元{_growth(stands.tax)}，占 {percent(stands.tax_share)}；"
        f"非税收入 {wan(stands.non_tax.total)} 万元{_growth(stands.non_tax)}。\n"
    )
    if stands.behind:
        named = "、".join(f"{item.name}（完成 {percent(item.completion)}）" for item in stands.behind)
        told.append(f"慢于进度的有 {len(stands.behind)} 项：{named}。")
    else:
        told.append("各项收入都没有慢于进度。")
    return "".join(told)


def _growth(item: Item) -> str:
    if item.growth is None:
        return ""
    return f"，同比{'增长' if item.growth >= 0 else '下降'} {abs(item.growth) * 100:.2f}%"


def paper(month: Month) -> list[Section]:
    """The month's analysis as sections."""
    stands = standing(month)
    rows = [
        [
            item.name, wan(item.plan), wan(item.total), percent(item.completion),
            percent(item.ahead(month.month)), percent(item.growth), month.reasons.get(item.code, ""),
        ]
        for item in (stands.whole, stands.tax, stands.non_tax, *stands.items)
    ]  # fmt: skip
    return [
        {"title": "分析", "text": month.text or drafted(month)},
        {
            "title": "收入完成情况",
            "facts": [
                ["时间进度", percent(rules.time_progress(month.month))],
                ["税收占比", percent(stands.tax_share)],
                ["慢于进度的标准", f"完成率低于时间进度的 {percent(stands.share)}"],
            ],
            "head": [
                "收入项目",
                "全年计划（万元）",
                "累计完成（万元）",
                "完成率",
                "比时间进度",
                "同比",
                "原因",
            ],
            "rows": rows,
            "figures": [1, 2, 3, 4, 5],
        },
    ]
