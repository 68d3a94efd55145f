"""`jiheng score FORM.xlsx [--json] [--scheme NAME]`：给表计分，打印重算的总分、等级、各行和校验。

JSON 里金额为元，数都写成平常的文字（不用科学计数法）；rate 为小数四位（"0.8620"）；得分、总分两位小数；
score 重算不出时为 null。退出码：0 没有 error；1 有 error；2 读不成绩效表（标准错误一行说明原因）。
"""

from __future__ import annotations

import argparse
import json
import sys
from decimal import Decimal
from typing import Any

from jiheng.evaluation.score import ScoredForm, score_form
from jiheng.indicator.checks import ERROR
from jiheng.indicator.row_scoring import ScoredRow
from jiheng.indicator.scoring import percent, round_rate, round_score
from jiheng.indicator.target import plain
from jiheng.indicator.weights import SCHEMES
from jiheng.paper.self_evaluation import read_self_evaluations
from jiheng.paper.workbook import Unreadable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("form", metavar="FORM.xlsx", help="自评表（xlsx、xlsm、xls）")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--scheme", choices=sorted(SCHEMES), help="权重方案；不写按表判断")


def run(options: argparse.Namespace) -> int:
    """读表、计分、打印，返回退出码。"""
    try:
        forms = read_self_evaluations(options.form)
    except Unreadable as reason:
        print(f"读不了：{reason}", file=sys.stderr)
        return 2
    scored = [score_form(form, scheme=options.scheme) for form in forms]
    if options.json:
        print(json.dumps({"sheets": [as_json(one) for one in scored]}, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(as_text(one) for one in scored))
    return 1 if any(one.has_error for one in scored) else 0


def as_json(scored: ScoredForm) -> dict[str, Any]:
    """一张表的 JSON（字段固定，见 docs）。"""
    form, budget = scored.form, scored.form.budget
    return {
        "sheet": form.sheet,
        "project": form.project,
        "department": form.department,
        "unit": form.unit,
        "budget": {
            "initial": _plain(budget.initial),
            "full_year": _plain(budget.full_year),
            "executed": _plain(budget.executed),
            "rate": None if scored.rate is None else plain_places(round_rate(scored.rate)),
            "weight": _plain(scored.execution_weight),
            "score": _points(scored.execution.value),
        },
        "rows": [_row(row) for row in scored.rows],
        "published_total": _plain(form.published_total),
        "total": _points(scored.total),
        "grade": scored.grade,
        "checks": [
            {"code": check.code, "level": check.level, "cell": check.cell, "message": check.message}
            for check in scored.checks
        ],
    }


def _row(scored: ScoredRow) -> dict[str, Any]:
    row = scored.row
    return {
        "cell": row.where("name"),
        "level1": row.level1,
        "level2": row.level2,
        "indicator": row.name,
        "target": row.target,
        "actual": row.actual,
        "weight": _plain(scored.weight),
        "published_score": _plain(row.published_score),
        "score": _points(scored.score),
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _points(value: Decimal | None) -> str | None:
    return None if value is None else plain_places(round_score(value))


def plain_places(value: Decimal) -> str:
    """保留末尾的 0，不用科学计数法。"""
    return format(value, "f")


def as_text(scored: ScoredForm) -> str:
    """给人看的报告：每行怎么算的，总分怎么来的，哪些要改。"""
    form, budget = scored.form, scored.form.budget
    lines = [f"【{form.sheet}】{form.project or '（没有项目名称）'}"]
    who = " · ".join(name for name in (form.department, form.unit) if name)
    if who:
        lines.append(f"  {who}")
    lines.append(f"  权重方案：{scored.scheme.label}（{scored.scheme.basis}）")
    lines.append("")
    if form.kind != "goal":
        score = "不计分" if scored.execution.value is None else f"{scored.execution.value} 分"
        lines.append(f"  资金 {budget.where('full_year')}　执行率得分 {score}")
        lines += [f"      {line}" for line in scored.execution.working]
    for row in scored.rows:
        lines += _row_text(row)
    lines.append("")
    published = "" if form.published_total is None else f"（表内填 {plain(form.published_total)}）"
    lines.append(
        f"  重算总分：{_points(scored.total) or '算不出'}{published}　等级：{scored.grade or '不定'}"
    )
    lines += [f"      {line}" for line in scored.working]
    if scored.warning.light:
        word = {"red": "红", "yellow": "黄"}[scored.warning.light]
        lines.append(f"  预警：{word}　{'；'.join(scored.warning.working)}")
    lines.append("")
    if not scored.checks:
        lines.append("  校验：没有问题")
    for check in sorted(scored.checks, key=lambda one: one.level != ERROR):
        mark = "须改" if check.level == ERROR else "提醒"
        lines.append(f"  [{mark}] {check.label} {check.code}　{check.message}")
    return "\n".join(lines)


def _row_text(scored: ScoredRow) -> list[str]:
    row = scored.row
    value = "算不出" if scored.score is None else f"{scored.score} 分"
    filled = "" if row.published_score is None else f"（填 {plain(row.published_score)}）"
    weight = "" if scored.weight is None else f"／{plain(scored.weight)}"
    head = f"  {row.where('name')} {row.level1}·{row.level2}·{row.name}　{row.target or '—'} → {row.actual or '—'}"
    ratio = f"　完成比例 {percent(scored.ratio)}" if scored.ratio is not None else ""
    return [f"{head}　{value}{weight}{filled}{ratio}", *(f"      {line}" for line in scored.working)]
