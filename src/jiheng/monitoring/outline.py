"""A monitoring report in words, drafted from its figures, and as an official paper (art. 23, norms 3)."""

from collections import Counter
from decimal import Decimal
from typing import Any

from jiheng.filing.filing import Section
from jiheng.monitoring import rules
from jiheng.monitoring.models import Report, Row
from jiheng.monitoring.reporting import workings
from jiheng.paper.money import wan

LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯", "": "不亮灯"}


def rate(paid: Decimal | None, full_year: Decimal | None) -> str:
    return rules.percent(paid / full_year) if full_year and paid is not None else "—"


def drafted(report: Report) -> str:
    """The report's text as the figures give it: money, goals, what is behind and why, what is to be done."""
    rows = list(report.rows.all())
    passed = rules.time_progress(report.goal.year, report.cutoff)
    behind = [row for row in rows if row.light in ("yellow", "red")]
    lines = [
        f"一、总体情况。截至{report.cutoff:%Y年%m月%d日}，{report.goal.name}全年预算 {wan(report.full_year)} 万元，"
        f"执行 {wan(report.paid)} 万元，执行率 {rate(report.paid, report.full_year)}，时间进度 {rules.percent(passed)}，"
        f"执行进度{LIGHTS[report.execution_light]}"
        + (f"，预计全年执行 {wan(report.forecast)} 万元。" if report.forecast is not None else "。"),
        f"二、目标完成情况。共 {len(rows)} 个指标，"
        + "、".join(
            f"{LIGHTS[key]} {number} 个" for key, number in sorted(Counter(row.light for row in rows).items())
        )
        + f"，目标实现{LIGHTS[report.goal_light]}。",
    ]
    if behind:
        causes = Counter(row.cause for row in behind if row.cause)
        told = "；".join(
            f"“{row.indicator.name}”目标 {row.indicator.target}，完成 {row.actual or '未填'}，{row.get_likelihood_display() or '可能性未填'}"
            for row in behind
        )
        why = (
            "，原因为" + "、".join(f"{cause} {number} 个" for cause, number in causes.items())
            if causes
            else ""
        )
        lines.append(f"三、存在问题。{len(behind)} 个指标落后{why}：{told}。")
        measures = "；".join(row.measure.strip().rstrip("。；") for row in behind if row.measure.strip())
        lines.append(f"四、改进措施。{measures or report.summary.strip() or '正在研究'}。")
    else:
        lines.append("三、存在问题。未发现影响目标实现的问题。")
    if report.summary.strip() and report.summary.strip() not in "".join(lines):
        lines.append(report.summary.strip())
    return "\n".join(lines)


HEAD = ("一级指标", "三级指标", "年度指标值", "截止日完成", "全年预计", *Row.CAUSES, "原因说明", "可能性")


def rows_of(report: Report) -> list[list[str]]:
    """The official table: causes by kind, one column each."""
    return [
        [
            row.indicator.level1, row.indicator.name, row.indicator.target, row.actual, row.forecast,
            *("√" if row.cause == cause else "" for cause in Row.CAUSES), row.measure, row.get_likelihood_display(),
        ]
        for row in report.rows.all()
    ]  # fmt: skip


def paper(report: Report) -> list[Section]:
    """The report as it is printed: money, text, table."""
    execution, _ = workings(report)
    month = f"1-{report.cutoff.month}月"
    case = report.case
    facts: list[list[Any]] = [
        ["项目", f"{report.goal.name}（{report.goal.code}）"],
        ["主管部门", case.department.name if case.department else ""],
        ["实施单位", case.unit.name if case.unit else ""],
    ]
    return [
        {"title": "基本情况", "facts": [fact for fact in facts if fact[1]]},
        {
            "title": "预算执行（万元）",
            "head": ["全年预算数", f"{month}执行数", f"{month}执行率", "全年预计执行数"],
            "rows": [[wan(report.full_year), wan(report.paid), rate(report.paid, report.full_year), wan(report.forecast)]],
            "figures": [0, 1, 2, 3],
            "text": execution.working,
        },
        {"title": "监控报告", "text": report.text or drafted(report)},
        {"title": "指标完成情况", "head": list(HEAD), "rows": rows_of(report)},
    ]  # fmt: skip
