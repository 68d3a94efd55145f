"""The demo's tables as they are written in this folder: organizations, projects, and what goals look like by kind."""

import csv
import tomllib
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class IndicatorText:
    """One indicator as a unit would write it; ``weight`` in points."""

    level1: str
    level2: str
    name: str
    target: str
    weight: Decimal


@dataclass(frozen=True)
class ProjectText:
    """One line of projects.csv. ``amount`` in 元 (the file has 万元); ``plan`` and ``story`` say what becomes of it.

    Plans: last (only last year), this (only this year), both, add (an addition within this year), next (in
    preparation for next year), journey (kept for the year done by hand).
    """

    unit: str
    name: str
    goal: str
    quantity: int
    amount: Decimal
    plan: str
    story: str
    fund: str
    kind: str

    @property
    def department(self) -> str:
        return self.unit[:3]

    def scheme(self) -> str:
        return goal_kinds()[self.goal]["scheme"]

    def text(self, year: int) -> str:
        return goal_kinds()[self.goal]["text"].format(name=self.name, year=year, q=self.quantity)

    def indicators(self) -> list[IndicatorText]:
        cost = int((self.amount / self.quantity / 10).to_integral_value(ROUND_CEILING) * 10)
        rows = []
        for row in goal_kinds()[self.goal]["rows"]:
            level1, level2, name, target, weight = row.split("|")
            target = target.format(q=self.quantity, cost=cost)
            rows.append(IndicatorText(level1, level2, name, target, Decimal(weight)))
        return rows


@cache
def organizations() -> dict[str, Any]:
    return tomllib.loads((HERE / "organizations.toml").read_text(encoding="utf-8"))


@cache
def goal_kinds() -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / "goals.toml").read_text(encoding="utf-8"))


@cache
def projects() -> tuple[ProjectText, ...]:
    with (HERE / "projects.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            ProjectText(
                unit=row["unit"],
                name=row["name"],
                goal=row["goal"],
                quantity=int(row["quantity"]),
                amount=Decimal(row["amount"]) * 10000,
                plan=row["plan"].partition(":")[0],
                story=row["plan"].partition(":")[2],
                fund=row["fund"] or "general",
                kind=row["kind"] or "project",
            )
            for row in csv.DictReader(file)
        )
