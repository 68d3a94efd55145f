"""Values as units would report them: what an indicator had reached, and the words that go with a deviation."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

NUMBER = re.compile(r"^([≥≤]?)(\d+(?:\.\d+)?)(.*)$")
CONTINUOUS = ("%", "小时", "天", "公斤", "元/平方米", "元/亩")
WORDS = {
    "met": "达成预期指标",
    "partly": "部分达成预期指标并具有一定效果",
    "unmet": "未达成预期指标且效果较差",
}


@dataclass(frozen=True)
class Reached:
    """A value as text; ``share`` is the part of its points an assessor gives where the value is in words."""

    text: str
    share: Decimal | None = None


def reached(target: str, factor: Decimal) -> Reached:
    """The value that reaches ``factor`` of a target; a target in words becomes one of the three grades (norms 1.3)."""
    found = NUMBER.match(target)
    if found is None:
        word = "met" if factor >= Decimal("0.8") else "partly" if factor >= Decimal("0.6") else "unmet"
        return Reached(WORDS[word], min(factor, Decimal(1)))
    sign, number, unit = found[1], Decimal(found[2]), found[3]
    value = number / max(factor, Decimal("0.2")) if sign == "≤" else number * factor
    if sign == "≤" and number == 0:
        value = Decimal(0) if factor >= Decimal("0.6") else Decimal(1)
    if unit == "%" and sign != "≤":
        value = min(value, Decimal(100))
    step = Decimal("0.1") if unit in CONTINUOUS else Decimal(1)
    text = f"{value.quantize(step, ROUND_HALF_UP):f}"
    return Reached(f"{text.removesuffix('.0')}{unit}")


def between(random: Random, low: str, high: str) -> Decimal:
    """A figure between two, in thousandths."""
    return Decimal(random.randint(int(Decimal(low) * 1000), int(Decimal(high) * 1000))) / 1000


def round_half_up(points: Decimal) -> Decimal:
    """Points in two places."""
    return points.quantize(Decimal("0.01"), ROUND_HALF_UP)


CAUSES: tuple[tuple[str, str], ...] = (
    ("经费保障", "上级资金下达较晚，前期工作推迟；已会同财政部门加快拨付，按周调度。"),
    ("制度保障", "采购程序调整，重新走公示环节；已完成备案，后续按新流程办理。"),
    ("人员保障", "承办人员不足，部分任务延后；已抽调人员充实力量，明确完成时间。"),
    ("硬件条件保障", "设备到货晚于计划，影响进度；已与供货方约定分批到货并安装。"),
    ("其他", "汛期连续降雨影响施工和作业，工期顺延；已重新排定计划，确保年内完成。"),
)
SHORTFALL: dict[str, tuple[str, ...]] = {
    "成本": (
        "材料和人工价格上涨；今后细化预算，做好询价比价。",
        "零星变更增加支出；今后加强设计审核，控制变更。",
    ),
    "数量": (
        "申报数量少于预计；下一年按实际需求测算。",
        "实施时间推迟，部分任务跨年完成；今后提前开展前期工作。",
    ),
    "质量": (
        "个别环节把关不严；已制定检查清单，逐项验收。",
        "承办单位更换，前期磨合不够；已加强培训和抽查。",
    ),
    "时效": ("采购流程重走，开工推迟；今后提前备案采购计划。", "受汛期影响工期顺延；今后把风险期排入计划。"),
    "效益": (
        "受益对象知晓不够，作用没有全部发挥；已加大宣传。",
        "项目完成晚，效益要在下一年显现；将持续跟踪。",
    ),
    "满意度": ("反馈渠道少、答复慢；已公布流程并限时答复。", "部分对象对进度有意见；已按月公开进展。"),
}
"""Why an indicator fell short and what is done about it, by the kind of indicator."""


def shortfall(random: Random, level1: str, level2: str) -> str:
    """The reason a unit gives for a deduction."""
    kind = next(
        key
        for key in ("满意度", "成本", "数量", "质量", "时效", "效益")
        if key in level1 + level2 or key == "效益"
    )
    return random.choice(SHORTFALL[kind])
