"""一张表里写了什么：指标行、资金、总体目标。目标申报、监控、自评、导入共用这些不可变的数据。

金额单位元；分值、得分为分；cells 是“字段 → 单元格”，网页录入时为空。
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

BLANKS = frozenset({"", "/", "\\", "-", "—", "——", "－", "–", "无", "N/A", "n/a", "不适用"})


def is_blank(text: str | None) -> bool:
    """空白：None 或只有空格。"/"、"-"、"无" 不算空白，见 says_nothing。"""
    return text is None or not text.strip()


def says_nothing(text: str | None) -> bool:
    """没有内容：空白，或“/”“-”“无”一类占位。"""
    return text is None or text.strip() in BLANKS


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """一行指标：各字段照表所写（去首尾空格），数字列读成 Decimal。"""

    level1: str = ""
    level2: str = ""
    name: str = ""
    target: str | None = None
    weight: Decimal | None = None
    actual: str | None = None
    published_score: Decimal | None = None
    reason: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    # 几条指标合用一格分值（合并单元格）时：首行为行数，其余行为 0；平常为 1
    shares: int = 1

    def where(self, *fields: str) -> str:
        """第一个有单元格地址的字段；都没有时为空。"""
        return next((self.cells[name] for name in (*fields, "name") if name in self.cells), "")

    def place(self, *fields: str) -> str:
        """给人看的位置：单元格加指标名。"""
        cell, name = self.where(*fields), self.name or "（未写指标名称）"
        return f"{cell}（{name}）" if cell else f"指标“{name}”"


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """资金明细一行（其中：……），金额为元。"""

    name: str
    initial: Decimal | None = None
    full_year: Decimal | None = None
    executed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """资金块：金额为元；weight、published_score 为分；published_rate 照表所写。"""

    initial: Decimal | None = None
    full_year: Decimal | None = None
    executed: Decimal | None = None
    weight: Decimal | None = None
    published_rate: str | None = None
    published_score: Decimal | None = None
    reason: str | None = None
    parts: tuple[BudgetPart, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    # 合计行为 0 或空白而明细有数：金额取明细之和
    from_parts: bool = False
    # 表内最细的金额刻度（元）：万元两位小数为 100
    step: Decimal = Decimal("0.01")

    def where(self, *fields: str) -> str:
        return next((self.cells[name] for name in (*fields, "full_year") if name in self.cells), "")


@dataclass(frozen=True, slots=True)
class Form:
    """一张绩效表。kind：goal 目标申报、self_evaluation 项目自评、whole 整体支出自评。"""

    kind: str = "self_evaluation"
    sheet: str = ""
    project: str | None = None
    department: str | None = None
    unit: str | None = None
    project_code: str | None = None
    budget: Budget = field(default_factory=Budget)
    goal_expected: str | None = None
    goal_actual: str | None = None
    rows: tuple[IndicatorRow, ...] = ()
    published_total: Decimal | None = None
    published_total_weight: Decimal | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    # 表内全部文字 (单元格, 文字)，查个人信息用
    texts: tuple[tuple[str, str], ...] = ()
    # 读表时就发现的问题 (code, 单元格, 说明)，如公式单元格、外部链接
    findings: tuple[tuple[str, str, str], ...] = ()

    def where(self, name: str) -> str:
        return self.cells.get(name, "")


SelfEvaluationForm = Form
