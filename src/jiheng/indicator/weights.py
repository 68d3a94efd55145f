"""权重方案与分值归位：各部分应占几分，表里的分值写在哪里、写了没有。

分值单位为分。方案依据 norms 1.2、2；湖北 20+80 依据 norms 1.6。表内没有分值列时，分值由一级指标名里的“(50分)”
或满分得分推断，推断的分值只用来重算和看是否集中，不能证明分值之和。
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jiheng.indicator.form import Form, IndicatorRow
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.target import normalize

PARTS = {"cost": "成本", "output": "产出", "benefit": "效益", "satisfaction": "满意度", "execution": "执行率"}


@dataclass(frozen=True, slots=True)
class WeightScheme:
    """一套权重方案。parts 为各部分分值（分）；None 表示不逐部分核对。"""

    key: str
    label: str
    parts: dict[str, Decimal] | None
    basis: str


def _parts(cost: int, output: int, benefit: int, satisfaction: int, execution: int) -> dict[str, Decimal]:
    values = (cost, output, benefit, satisfaction, execution)
    return {name: Decimal(value) for name, value in zip(PARTS, values, strict=True)}


SCHEMES: dict[str, WeightScheme] = {
    "cost": WeightScheme(
        "cost", "设成本指标：成本20 产出40 效益20 满意度10 执行率10", _parts(20, 40, 20, 10, 10), "财预〔2021〕101号"
    ),
    "standard": WeightScheme(
        "standard", "未设成本指标：产出50 效益30 满意度10 执行率10", _parts(0, 50, 30, 10, 10),
        "财预〔2020〕10号、财预〔2021〕101号",
    ),
    "no-satisfaction": WeightScheme(
        "no-satisfaction", "不设满意度，10分加到效益：产出50 效益40 执行率10", _parts(0, 50, 40, 0, 10),
        "财预〔2021〕101号",
    ),
    "execution20": WeightScheme("execution20", "执行率20 绩效目标80", None, "湖北样式，本局设定"),
    "own": WeightScheme("own", "自定权重，不逐部分核对", None, "本局设定"),
}  # fmt: skip
_COST_WITHOUT_SATISFACTION = WeightScheme(
    "cost",
    "设成本指标、不设满意度：成本20 产出40 效益30 执行率10",
    _parts(20, 40, 30, 0, 10),
    "财预〔2021〕101号",
)


def part_of(row: IndicatorRow) -> str | None:
    """一条指标属于哪一部分；决策、过程、管理等不属于任何一部分时为 None。"""
    if "满意" in row.level1 or ("满意" in row.level2 and "效" in row.level1):
        return "satisfaction"
    for part, words in (
        ("cost", "成本"),
        ("output", "产出"),
        ("benefit", "效益|效果"),
        ("execution", "执行"),
    ):
        if re.search(words, row.level1):
            return part
    return None


def choose_scheme(form: Form, execution_weight: Decimal | None, key: str | None = None) -> WeightScheme:
    """按名字取方案；没有指名时看表：执行率20 → execution20，有自定一级指标 → own，其余按有无成本、满意度。

    名字不存在时抛出 KeyError。
    """
    parts = {part_of(row) for row in form.rows if row.level1}
    if key == "cost" and "satisfaction" not in parts:
        return _COST_WITHOUT_SATISFACTION
    if key:
        return SCHEMES[key]
    if execution_weight == 20:
        return SCHEMES["execution20"]
    if None in parts:
        return SCHEMES["own"]
    if "cost" in parts:
        return SCHEMES["cost"] if "satisfaction" in parts else _COST_WITHOUT_SATISFACTION
    return SCHEMES["standard"] if "satisfaction" in parts else SCHEMES["no-satisfaction"]


@dataclass(frozen=True, slots=True)
class Weights:
    """归位后的分值。rows 与 form.rows 同序。source：written 分值列、level1 一级指标名、inferred 推断、none 没有。"""

    rows: tuple[Decimal | None, ...]
    source: str
    execution: Decimal | None
    # 执行率分值从合计推出（合计写 100 而执行率分值空白）
    execution_implied: bool
    # 执行率已作为一条指标列在表中，资金块不再计分
    execution_row: int | None
    # 写明的分值之和；无从判断时为 None
    total: Decimal | None


def level_points(label: str) -> Decimal | None:
    """一级指标名里的分值："产出指标(50分)" → 50；没有时为 None。"""
    found = re.search(r"(\d+(?:\.\d+)?)分", normalize(label))
    return Decimal(found[1]) if found else None


def is_execution_name(name: str) -> bool:
    return normalize(name) in ("预算执行率", "资金执行率", "预算资金执行率", "项目预算执行率", "执行率")


def resolve_weights(form: Form, rules: ScoringRules = DEFAULT_RULES) -> Weights:
    """把表里的分值归到每一行，并求写明的分值之和。"""
    execution = form.budget.weight
    if any(row.weight is not None for row in form.rows):
        rows: tuple[Decimal | None, ...] = tuple(row.weight for row in form.rows)
        total: Decimal | None = sum((w for w in rows if w is not None), Decimal(0))
        source = "written"
    else:
        rows, total, source = _without_column(form.rows)
    duplicate = _duplicate_execution(form, rows, total)
    if duplicate is not None:
        execution = None
    implied = False
    if execution is None and duplicate is None and total is not None and form.rows:
        gap = rules.full_marks - total
        if form.published_total_weight == rules.full_marks and gap in (rules.execution_weight, Decimal(20)):
            execution, implied = gap, True
    if total is not None and execution is not None:
        total += execution
    return Weights(rows, source, execution, implied, duplicate, total)


def _without_column(rows: Sequence[IndicatorRow]) -> tuple[tuple[Decimal | None, ...], Decimal | None, str]:
    """没有分值列：一级指标名写了分值的用来求和；每行分值由满分得分推断，一级只有一行的直接用一级分值。"""
    groups: dict[str, list[IndicatorRow]] = {}
    for row in rows:
        groups.setdefault(row.level1, []).append(row)
    points = {level1: level_points(level1) for level1 in groups}
    weights: list[Decimal | None] = []
    for row in rows:
        alone = len([r for r in groups[row.level1] if r.shares]) == 1
        given = points[row.level1] if alone and row.shares else None
        weights.append(given if given is not None else row.published_score)
    if rows and all(value is not None for value in points.values()):
        return tuple(weights), sum((v for v in points.values() if v is not None), Decimal(0)), "level1"
    has_any = any(weight is not None for weight in weights)
    return tuple(weights), None, "inferred" if has_any else "none"


def _duplicate_execution(form: Form, rows: Sequence[Decimal | None], total: Decimal | None) -> int | None:
    """指标行里就有与资金块同分值的“预算执行率”，且各行已满 100 分：它就是执行率，不再另加。"""
    weight = form.budget.weight
    if weight is None or total != 100:
        return None
    for index, row in enumerate(form.rows):
        if (
            rows[index] == weight
            and is_execution_name(row.name)
            and part_of(row) not in ("output", "benefit")
        ):
            return index
    return None


def part_sums(form: Form, weights: Weights) -> dict[str, Decimal]:
    """各部分分值之和（分），含执行率。"""
    sums = dict.fromkeys(PARTS, Decimal(0))
    for row, weight in zip(form.rows, weights.rows, strict=True):
        part = part_of(row)
        if part and weight is not None:
            sums[part] += weight
    sums["execution"] += weights.execution or Decimal(0)
    return sums
