"""All points and lights of a year again: 20,000 goals with 200,000 indicators, beside one vectorised polars query.

    python bench/score.py [--goals 20000] [--rounds 3]

Both read the same texts (“≥1200平方米”, “1260平方米”), apply norms 1.3, 1.4 and 13 and the lights of art. 23, and must
come to the same points, totals, grades and lights to the cent. Jiheng's way is the one by which it tells what a new
profile would make of a year; the way of its pages, every row with its working, is timed beside it and must agree.
No database: the figures are those of memory alone.
"""

import argparse
import datetime
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
RESULTS = ROOT / "bench" / "results" / "score.md"
PER_GOAL = 10

from jiheng.evaluation.recalculating import recalculated  # noqa: E402
from jiheng.evaluation.score import points_of  # noqa: E402
from jiheng.indicator import (  # noqa: E402
    quick,
    scoring,
    target,
)
from jiheng.indicator.form import Budget, Form, IndicatorRow  # noqa: E402
from jiheng.monitoring import rules  # noqa: E402
from jiheng.monitoring.shares import goal_light  # noqa: E402

GREEN, YELLOW = Decimal("0.8"), Decimal("0.6")
CUTOFF = datetime.date(2026, 7, 31)
INDICATORS = (
    ("成本指标", "经济成本指标", "单位成本", "≤{}元", 20, 5),
    ("产出指标", "数量指标", "完成面积", "≥{}平方米", 10, 1000),
    ("产出指标", "数量指标", "购置设备", "≥{}台", 5, 60),
    ("产出指标", "质量指标", "验收合格率", "≥{}%", 10, 90),
    ("产出指标", "质量指标", "抽检合格率", "≥{}%", 5, 85),
    ("产出指标", "时效指标", "按期完成率", "≥{}%", 10, 95),
    ("效益指标", "社会效益指标", "受益人数", "≥{}人", 10, 900),
    ("效益指标", "社会效益指标", "投诉件数", "≤{}件", 10, 6),
    ("满意度指标", "服务对象满意度指标", "学生满意度", "≥{}%", 5, 90),
    ("满意度指标", "服务对象满意度指标", "家长满意度", "≥{}%", 5, 88),
)
UNITS = tuple(text.split("}")[1] for *_, text, _, _ in INDICATORS)


def make(goals: int) -> list[Form]:
    """Goals whose targets, actual values and money differ, as units write them."""
    random, forms = Random(2026), []
    for number in range(goals):
        rows = []
        for place, (level1, level2, name, text, weight, usual) in enumerate(INDICATORS):
            wanted = round(usual * random.uniform(0.8, 1.05), 1 if UNITS[place] == "%" else 0)
            share = random.choice((1, 1.02, 1.1, random.uniform(0.3, 1)))
            reached = wanted / share if text.startswith("≤") else wanted * share
            reached = min(reached, 100) if UNITS[place] == "%" else reached
            actual = (
                f"{reached:.1f}{UNITS[place]}"
                if UNITS[place] in ("%", "平方米", "元")
                else f"{reached:.0f}{UNITS[place]}"
            )
            rows.append(
                IndicatorRow(
                    level1, level2, name, text.format(f"{wanted:g}"), Decimal(weight), actual, reason="已说明"
                )
            )
        full_year = Decimal(random.randint(10_000, 9_000_000))
        executed = (full_year * Decimal(random.randint(30, 100)) / 100).quantize(Decimal("0.01"))
        forms.append(
            Form(
                project=f"项目{number}",
                budget=Budget(full_year=full_year, executed=executed, weight=Decimal(10)),
                rows=tuple(rows),
            )
        )
    return forms


Reported = list[tuple[str, str, str, str, str, str]]


def reported(forms: list[Form]) -> list[Reported]:
    """The indicators as monitoring reads them from its table."""
    return [
        [("", row.target or "", row.actual or "", row.name, row.level1, row.level2) for row in form.rows]
        for form in forms
    ]


def with_jiheng(forms: list[Form], lines: list[Reported]) -> list[tuple[Any, ...]]:
    """(total, grade, warning, light) of each goal as the product recalculates a year."""
    passed = rules.time_progress(2026, CUTOFF)
    found = []
    for form, told in zip(forms, lines, strict=True):
        total, grade, warning = recalculated(form)
        budget = form.budget
        lit = goal_light(told, passed, GREEN, YELLOW)
        spent = rules.light_against_time(budget.executed / budget.full_year, passed, GREEN, YELLOW)
        found.append((total, grade, warning, rules.worst((spent, lit))))
    return found


def with_working(forms: list[Form]) -> list[tuple[Any, ...]]:
    """The same one by one as the pages show it: every row with its working, every light through its rule."""
    passed = rules.time_progress(2026, CUTOFF)
    found = []
    for form in forms:
        points = points_of(form)
        lights = [
            rules.indicator_light("", _share(row), passed, green=GREEN, yellow=YELLOW).light
            for row in points.rows
        ]
        budget = form.budget
        spent = rules.execution_light(budget.full_year, budget.executed, passed, green=GREEN, yellow=YELLOW)
        found.append((points.total, points.grade, points.warning.light, rules.worst((spent.light, *lights))))
    return found


def _share(row: Any) -> Decimal | None:
    if row.comparison is None:
        return None
    top, bottom, _, _ = scoring.achieved_ratio(row.direction, row.target.comparator, row.comparison)
    return top / bottom


def frame(forms: list[Form]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same goals as columns of texts and numbers."""
    rows = pl.DataFrame(
        {
            "goal": [number for number, form in enumerate(forms) for _ in form.rows],
            "target": [row.target for form in forms for row in form.rows],
            "actual": [row.actual for form in forms for row in form.rows],
            "weight": [int(row.weight) for form in forms for row in form.rows],
        }
    )
    money = pl.DataFrame(
        {
            "goal": list(range(len(forms))),
            "full_year": [float(form.budget.full_year) for form in forms],
            "executed": [float(form.budget.executed) for form in forms],
        }
    )
    return rows, money


def with_polars(rows: pl.DataFrame, money: pl.DataFrame) -> list[tuple[Any, ...]]:
    """The same rule as one lazy query over columns; cents as whole numbers, rounded half up."""
    passed = float(rules.time_progress(2026, CUTOFF))
    number = r"(\d+(?:\.\d+)?)"
    wanted = pl.col("target").str.extract(number, 1).cast(pl.Float64)
    reached = pl.col("actual").str.extract(number, 1).cast(pl.Float64)
    lower = pl.col("target").str.starts_with("≤")
    ratio = (
        pl.when(lower)
        .then(pl.when(reached <= wanted).then(1.0).otherwise(wanted / reached))
        .otherwise(pl.when(reached >= wanted).then(1.0).otherwise(reached / wanted))
    )

    def half_up(value: pl.Expr) -> pl.Expr:
        return (value * 100 + 0.5 + 1e-7).floor()

    def light(done: pl.Expr) -> pl.Expr:
        share = (done / passed).round(12)
        return pl.when(share >= 0.8).then(1).when(share >= 0.6).then(2).otherwise(3)

    scored = (
        rows.lazy()
        .with_columns(ratio=ratio)
        .with_columns(points=half_up(pl.col("weight") * pl.col("ratio")), light=light(pl.col("ratio")))
        .group_by("goal")
        .agg(pl.col("points").sum(), pl.col("light").max())
        .join(money.lazy(), on="goal")
        .with_columns(rate=pl.col("executed") / pl.col("full_year"))
        .with_columns(spent=half_up(pl.col("rate").clip(upper_bound=1.0) * 10))
        .with_columns(
            total=pl.col("points") + pl.col("spent"),
            light=pl.max_horizontal("light", light(pl.col("rate"))),
            gap=(pl.col("points") / 90 - pl.col("spent") / 10) / (pl.col("points") / 90),
        )
        .with_columns(
            grade=pl.when(pl.col("total") >= 9000).then(pl.lit("优")).when(pl.col("total") >= 8000).then(pl.lit("良"))
            .when(pl.col("total") >= 6000).then(pl.lit("中")).otherwise(pl.lit("差")),
            warning=pl.when(pl.col("gap") > 0.05 + 1e-12).then(pl.lit("red"))
            .when((1 - pl.col("rate")) > 0.2 + 1e-12).then(pl.lit("yellow")).otherwise(pl.lit("")),
        )
        .sort("goal")
        .select("total", "grade", "warning", "light")
        .collect()
    )  # fmt: skip
    words = {1: "green", 2: "yellow", 3: "red"}
    return [
        (Decimal(int(total)).scaleb(-2), grade, warning, words[lit])
        for total, grade, warning, lit in scored.iter_rows()
    ]


def timed(work: Callable[[], list[Any]], rounds: int) -> tuple[list[Any], list[float]]:
    taken = []
    for _ in range(rounds):
        for kept in (target.read, quick._plain, quick.signed_share, quick.named_share):
            kept.cache_clear()
        began = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - began)
    return result, taken


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--goals", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("与数据库无关，只在前一轮测。")
        return 0
    forms = make(options.goals)
    rows, money = frame(forms)
    lines_told = reported(forms)
    gc.collect()
    gc.freeze()  # what both are given is no garbage to be looked through again and again
    ours, our_times = timed(lambda: with_jiheng(forms, lines_told), options.rounds)
    slowly, slow_times = timed(lambda: with_working(forms), 1)
    theirs, their_times = timed(lambda: with_polars(rows, money), options.rounds)
    different = [index for index, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
    assert slowly == ours
    assert not different, (len(different), ours[different[0]], theirs[different[0]], forms[different[0]])
    mine, peer = statistics.median(our_times), statistics.median(their_times)
    lines = [
        f"{options.goals:,} 个目标，{options.goals * PER_GOAL:,} 条指标；{options.rounds} 轮取中位；Python "
        f"{sys.version.split()[0]}，{os.cpu_count()} 核，测完时负载 {os.getloadavg()[0]:.1f}。两边的总分、等级、预警、灯逐个相同。",
        "",
        "| | 秒（中位数） | 最快–最慢 |",
        "| --- | ---: | ---: |",
        f"| 绩衡：成批重算，不带算式 | {mine:.2f} | {min(our_times):.2f}–{max(our_times):.2f} |",
        f"| polars 整列计算，不带算式 | {peer:.2f} | {min(their_times):.2f}–{max(their_times):.2f} |",
        f"| 绩衡：逐行带算式，页面上的那样（1 轮） | {slow_times[0]:.2f} | |",
        "",
        f"绩衡用时是 polars 的 {mine / peer:.1f} 倍（目标不超过 10 倍）。",
    ]
    print("\n".join(lines))
    head = [
        "# 一年的得分和灯重算",
        "",
        "`make bench` 的结果，由 `bench/score.py` 写出；只算内存里的，不含读写数据库。",
        "",
    ]
    RESULTS.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
