"""部门（单位）整体支出绩效目标申报表：写成官方表式，读回原样（norms 4）。

年度主要任务（名称、内容、预算金额 总额/财政拨款/其他）、年度总体目标、年度绩效指标。表内金额万元，数据里是元。
按标题文字读，列的次序、合并方式各地不同也读得出；没有任务一栏的表任务为空。读不成抛出 Unreadable（一行中文原因）。
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from jiheng.indicator.form import Form
from jiheng.paper.goal_form import merge_levels
from jiheng.paper.goal_form import read_goals as read_goal_forms
from jiheng.paper.labels import TOTAL, goal_field, label, money_factor, parse_amount, right_of
from jiheng.paper.workbook import Grid, Unreadable, open_workbook


@dataclass(frozen=True, slots=True)
class TaskLine:
    """一项年度主要任务；金额元，没有填为 None。total 是表内写的总额。"""

    name: str
    content: str = ""
    total: Decimal | None = None
    fiscal: Decimal | None = None
    other: Decimal | None = None


@dataclass(frozen=True, slots=True)
class WholeGoalForm:
    """一张整体目标表。金额元；form 里是目标文字和指标；notes 是读表时要请人核对的话。"""

    form: Form = field(default_factory=lambda: Form(kind="goal"))
    organization: str | None = None
    tasks: tuple[TaskLine, ...] = ()
    total: Decimal | None = None
    fiscal: Decimal | None = None
    other: Decimal | None = None
    notes: tuple[str, ...] = ()


_ORGANIZATION = re.compile(r"^(?:部门|单位|部门单位|预算部门|预算单位|填报部门|填报单位)(?:名称)?$")
_TASK = {
    "name": re.compile(r"^(?:年度)?(?:主要)?任务名称$|^任务$|^工作任务$|^主要任务$"),
    "content": re.compile(r"^(?:主要|任务|工作)内容$"),
    "total": re.compile(r"^(?:总额|合计|小计|资金总额|预算金额|金额)$"),
    "fiscal": re.compile(r"^(?:其中)?:?(?:财政拨款|财政资金|当年财政拨款)$"),
    "other": re.compile(r"^(?:其中)?:?其他(?:资金)?$"),
}
_END = re.compile(r"^一级指标$")


def read_whole_goals(source: str | Path | bytes) -> list[WholeGoalForm]:
    """文件里的全部整体目标表；一张都没有时抛出 Unreadable。"""
    book = open_workbook(source)
    grids = {grid.name: grid for grid in book.visible}
    found = []
    for goal in read_goal_forms(source):
        grid = grids[goal.form.sheet]
        tasks, sums, notes = _tasks(grid)
        organization = _organization(grid) or goal.form.department or goal.form.unit
        total, fiscal, other = (
            sums.get(key, getattr(goal, key) if not tasks else None) for key in ("total", "fiscal", "other")
        )
        found.append(WholeGoalForm(goal.form, organization, tasks, total, fiscal, other, notes))
    return found


def _organization(grid: Grid) -> str | None:
    for row in grid.row_numbers:
        for column, text in grid.texts(row):
            bare = label(text) if _ORGANIZATION.match(label(text)) else re.sub(r"[()（）\s:：]", "", text)
            if _ORGANIZATION.match(bare) and (beside := right_of(grid, row, column)):
                return beside[1]
    return None


def _tasks(grid: Grid) -> tuple[tuple[TaskLine, ...], dict[str, Decimal], tuple[str, ...]]:
    """任务各行、合计行的各数，和要请人核对的话。"""
    top, columns = _header(grid)
    if not top:
        return (), {}, ()
    factor = money_factor([text for row in (top, top + 1) for _, text in grid.texts(row)], [])
    lines: list[TaskLine] = []
    sums: dict[str, Decimal] = {}
    notes: list[str] = []
    for row in grid.row_numbers:
        if row <= top or any(
            column in columns.values() and any(words.match(label(text)) for words in _TASK.values())
            for column, text in grid.texts(row)
        ):
            continue
        texts = [label(text) for _, text in grid.texts(row)]
        if any(_END.match(text) or goal_field(text) for text in texts):
            break
        values = {key: grid.text(row, column) for key, column in columns.items()}
        amounts = {key: parse_amount(values.get(key), factor) for key in ("total", "fiscal", "other")}
        wrong = [values[key] for key in amounts if values.get(key) and amounts[key] is None]
        if wrong:
            notes.append(f"第 {row} 行金额“{wrong[0]}”不是数，没有读入。")
        if any(TOTAL.match(text) or text in ("金额合计", "资金合计") for text in texts):
            sums = {key: amount for key, amount in amounts.items() if amount is not None}
            continue
        name = values.get("name") or ""
        if (
            not name
            or re.fullmatch(r"(?:任务)?[\d一二三四五六七八九十…\.]+:?", label(name))
            or name in ("……", "...")
        ):
            if not any(amount is not None for amount in amounts.values()):
                continue
        line = TaskLine(
            name, values.get("content") or "", amounts["total"], amounts["fiscal"], amounts["other"]
        )
        lines.append(line)
        parts = [each for each in (line.fiscal, line.other) if each is not None]
        if line.total is not None and parts and sum(parts, Decimal(0)) != line.total:
            notes.append(f"第 {row} 行“{name}”的总额与财政拨款、其他资金之和不符，请核对。")
    return tuple(lines), sums, tuple(notes)


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    """任务表的标题行和各栏所在列；金额的三栏可在下一行。没有为 (0, {})。"""
    for row in grid.row_numbers:
        columns: dict[str, int] = {}
        for key in ("name", "content"):
            for column, text in grid.texts(row):
                if _TASK[key].match(label(text)):
                    columns.setdefault(key, column)
        if set(columns) != {"name", "content"}:
            continue
        for below in (row + 1, row):
            for column, text in grid.texts(below):
                for key in ("total", "fiscal", "other"):
                    if column not in columns.values() and _TASK[key].match(label(text)):
                        columns.setdefault(key, column)
        return row, columns
    return 0, {}


def write_whole_goal(goal: WholeGoalForm, *, year: int | None = None, title: str = "部门整体支出") -> bytes:
    """写成一份整体目标表（xlsx 内容）；read_whole_goals 能原样读回。"""
    from openpyxl import Workbook

    from jiheng.paper.sheet_style import in_wan, put, set_up_page

    form = goal.form
    book = Workbook()
    sheet = book.active
    sheet.title = form.sheet or "整体支出绩效目标申报表"
    put(sheet, 1, 1, f"{title}绩效目标申报表", across=7, kind="title")
    put(sheet, 2, 1, f"（{year}年度）" if year else "（    年度）", across=7, kind="year")
    put(sheet, 3, 1, "部门（单位）名称", kind="head")
    put(sheet, 3, 2, goal.organization, across=6)
    count = max(1, len(goal.tasks))
    put(sheet, 4, 1, "年度主要任务", down=count + 3, kind="head")
    put(sheet, 4, 2, "任务名称", down=2, kind="head")
    put(sheet, 4, 3, "主要内容", across=2, down=2, kind="head")
    put(sheet, 4, 5, "预算金额（万元）", across=3, kind="head")
    for column, name in enumerate(("总额", "财政拨款", "其他资金"), 5):
        put(sheet, 5, column, name, kind="head")
    row = 6
    for task in goal.tasks or (TaskLine(""),):
        put(sheet, row, 2, task.name, kind="long")
        put(sheet, row, 3, task.content, across=2, kind="long")
        for column, amount in enumerate((task.total, task.fiscal, task.other), 5):
            put(sheet, row, column, in_wan(amount))
        row += 1
    put(sheet, row, 2, "金额合计", across=3, kind="head")
    for column, amount in enumerate((goal.total, goal.fiscal, goal.other), 5):
        put(sheet, row, column, in_wan(amount))
    row += 1
    put(sheet, row, 1, "年度总体目标", kind="head")
    put(sheet, row, 2, form.goal_expected, across=6, kind="long")
    sheet.row_dimensions[row].height = 90
    row += 1
    header = row
    for column, name, across in (
        (1, "一级指标", 1),
        (2, "二级指标", 1),
        (3, "三级指标", 2),
        (5, "指标值", 2),
        (7, "分值", 1),
    ):
        put(sheet, row, column, name, across=across, kind="head")
    for indicator in form.rows:
        row += 1
        put(sheet, row, 1, indicator.level1)
        put(sheet, row, 2, indicator.level2)
        put(sheet, row, 3, indicator.name, across=2, kind="long")
        put(sheet, row, 5, indicator.target, across=2)
        put(sheet, row, 7, indicator.weight)
    merge_levels(sheet, header + 1, form.rows)
    set_up_page(sheet, (13, 20, 18, 18, 13, 13, 13))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


__all__ = ["TaskLine", "Unreadable", "WholeGoalForm", "read_whole_goals", "write_whole_goal"]
