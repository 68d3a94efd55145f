"""The indicator frameworks of department and finance evaluations (评价指标体系框架, norms 1.5 and 8, art. 27, 31, 32).

Each is a TOML file in ``framework_data``: four parts, their items with points out of 100, key points, standard and the
evidence asked. A case takes a copy with the framework's version, so that a later edition changes nothing that was begun.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "framework_data"

PARTS: dict[str, str] = {"decision": "决策", "process": "过程", "output": "产出", "benefit": "效益"}
"""The four parts. A whole department's are called 投入、过程、产出、效果 in its file, and count the same."""
OUTCOME = ("output", "benefit")
METHODS: dict[str, str] = {
    "points": "按要点",
    "rate": "完成率（越高越好，封顶 100%）",
    "ceiling": "控制率（不超过 100% 得满分）",
    "change": "增长率、结余率（为 0 得满分）",
    "goal": "按目标的指标值",
}
FIGURES = {"arrival": "资金到位率", "execution": "预算执行率（实际支出÷实际到位）"}
"""What the system works out from its own record."""
TAKES = {
    "quantity": ("数量",),
    "quality": ("质量",),
    "timeliness": ("时效",),
    "cost": ("成本",),
    "satisfaction": ("满意度",),
    "effect": ("效益", "持续"),
}
"""Which of a goal's indicators stand in for an item, by words in their second level (the first that fits)."""
FULL = Decimal(100)


@dataclass(frozen=True)
class Item:
    """One third-level item. ``points`` are key points, each of equal worth; ``takes`` which of the goal's indicators."""

    part: str
    level1: str
    level2: str
    name: str
    weight: Decimal
    method: str
    points: tuple[str, ...]
    standard: str
    evidence: str
    figure: str = ""
    takes: str = ""


@dataclass(frozen=True)
class Framework:
    """A framework with its edition; ``kind`` is what it is for."""

    kind: str
    label: str
    version: str
    source: str
    items: tuple[Item, ...]


KINDS: dict[str, str] = {
    "project": "项目",
    "policy": "重大政策",
    "whole": "部门整体",
    "capital": "国有资本经营预算",
    "fund": "政府投资基金",
    "insurance": "社会保险基金",
}
"""What can be evaluated, each with its own framework."""


@cache
def framework(kind: str) -> Framework:
    """The framework for one kind of subject as it stands now. Raises KeyError for a kind there is none for."""
    told = tomllib.loads((HERE / f"{kind}.toml").read_text(encoding="utf-8")) if kind in KINDS else {}
    items = tuple(
        Item(
            row["part"], row["level1"], row["level2"], row["name"], Decimal(str(row["weight"])),
            row.get("method", "points"), tuple(row.get("points", ())), row["standard"], row["evidence"],
            row.get("figure", ""), row.get("takes", ""),
        )
        for row in told["items"]
    )  # fmt: skip
    return Framework(kind, told["label"], told["version"], told["source"], items)


def faults(rows: Iterable[tuple[str, Decimal]], floor: Decimal) -> list[str]:
    """What is wrong with the weights of a plan's (part, weight); ``floor`` is the least for output and benefit."""
    weights = dict.fromkeys(PARTS, Decimal(0))
    for part, weight in rows:
        weights[part] += weight
    found = []
    total, outcome = sum(weights.values()), sum(weights[part] for part in OUTCOME)
    if total != FULL:
        found.append(f"分值合计 {total:.2f} 分，应为 100 分")
    if outcome < floor:
        found.append(f"产出和效益合计 {outcome:.2f} 分，至少应为 {floor:.2f} 分")
    found += [f"“{PARTS[part]}”部分没有指标" for part, weight in weights.items() if not weight]
    return found


def taken_by(level2: str, level1: str = "") -> str:
    """Which kind of item a goal's indicator stands in for, or nothing for one of no known kind."""
    for kind, words in TAKES.items():
        if any(word in level2 or (not level2 and word in level1) for word in words):
            return kind
    return ""


def shared_out(whole: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """``whole`` points shared out in proportion to weights, in two places; the last takes what rounding leaves."""
    total = sum(weights) or Decimal(len(weights))
    each = [weight if sum(weights) else Decimal(1) for weight in weights]
    shares = [(whole * part / total).quantize(Decimal("0.01"), ROUND_HALF_UP) for part in each[:-1]]
    return [*shares, whole - sum(shares, Decimal(0))]
