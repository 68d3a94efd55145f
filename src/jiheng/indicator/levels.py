"""Level-1 and level-2 indicators as the ministry names them: goals (norms 2), evaluation (1.5), whole departments (8)."""

from __future__ import annotations

LEVELS: dict[str, tuple[str, ...]] = {
    "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
    "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
    "满意度指标": ("服务对象满意度指标",),
    "决策": ("项目立项", "绩效目标", "资金投入"),
    "过程": ("资金管理", "组织实施", "预算执行", "预算管理", "资产管理"),
    "投入": ("目标设定", "预算配置"),
    "产出": ("产出数量", "产出质量", "产出时效", "产出成本", "职责履行"),
    "效益": ("项目效益",),
    "效果": ("履职效益",),
}


COUNTED = ("数量指标", "成本指标", "经济成本指标")
"""Level-2 indicators that say nothing without a unit; an index or a score may have none."""


def named(level1: str, level2: str) -> tuple[str, str] | None:
    """The official names of two levels as people write them (产出 · 数量 → 产出指标 · 数量指标), or None."""
    for first in (level1, f"{level1}指标"):
        for second in (level2, f"{level2}指标"):
            if second in LEVELS.get(first, ()):
                return first, second
    return None
