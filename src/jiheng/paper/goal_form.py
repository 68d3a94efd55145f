"""项目支出绩效目标申报表：写成官方表式，读回原样（norms 4）。

表内金额万元，数据里是元；指标值一格写全（也认拆成 指标性质 | 指标值 | 度量单位 的表）。
读不成抛出 Unreadable（一行中文原因）。
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from jiheng.indicator.form import Budget, BudgetPart, Form, IndicatorRow
from jiheng.indicator.target import normalize
from jiheng.paper.form_reader import read_grid
from jiheng.paper.labels import goal_field, head_field, is_label, label, money_factor, parse_amount, right_of
from jiheng.paper.workbook import Grid, Unreadable, cell_name, open_workbook


@dataclass(frozen=True, slots=True)
class GoalForm:
    """一张申报表。金额元；attribute 为 新增/延续；form 里是表头、目标文字和指标，可直接送去校验。"""

    form: Form = field(default_factory=lambda: Form(kind="goal"))
    attribute: str | None = None
    period: str | None = None
    total: Decimal | None = None
    fiscal: Decimal | None = None
    other: Decimal | None = None


def read_goals(source: str | Path | bytes) -> list[GoalForm]:
    """文件里的全部申报表；一张都没有时抛出 Unreadable。"""
    book = open_workbook(source)
    goals = [_goal(grid, form) for grid in book.visible for form in read_grid(grid) if form.where("header")]
    if not goals:
        raise Unreadable("没有找到绩效目标申报表：要有“一级指标、二级指标、三级指标、指标值”一行标题")
    return goals


_AMOUNT_LABELS = (
    ("total", r"年度资金总额|资金总额|预算总额|^合计$|资金合计|申请金额|项目资金总额"),
    ("fiscal", r"财政拨款|财政资金|财政性资金|上级补助|本级财政"),
    ("other", r"其他资金|自筹资金|单位自筹|其他$"),
)


def _goal(grid: Grid, form: Form) -> GoalForm:
    header = form.where("header")
    top = int(re.sub(r"\D", "", header)) - 1 if header else max(grid.cells, default=0)
    rows = [row for row in grid.row_numbers if row <= top]
    extra: dict[str, str] = {}
    amounts: dict[str, Decimal] = {}
    cells = dict(form.cells)
    expected, where = form.goal_expected, ""
    factor = money_factor([], [text for row in rows for _, text in grid.texts(row)])
    for row in rows:
        for column, text in grid.texts(row):
            if grid.anchor(row, column)[0] != row and goal_field(text) != "goal_expected":
                continue
            beside = right_of(grid, row, column)
            name = head_field(text)
            if name in ("attribute", "period") and beside and not is_label(beside[1]):
                extra.setdefault(name, beside[1])
            bare = re.sub(r"^其中[:：]?", "", label(text))
            if re.search(r"实施期|中期", bare):
                continue
            for field_name, words in _AMOUNT_LABELS:
                if field_name not in amounts and beside and len(bare) <= 12 and re.search(words, bare):
                    amount = parse_amount(beside[1], factor)
                    if amount is not None:
                        amounts[field_name] = amount
                        cells[field_name] = cell_name(row, beside[0])
                        break
            named = re.search(r"目标$", normalize(label(text)))
            if expected is None and named and beside and not is_label(beside[1]):
                expected, where = beside[1], cell_name(row, beside[0])
    if where:
        cells["goal_expected"] = where
    budget = form.budget
    if amounts.get("total") is not None and budget.full_year is None:
        parts = tuple(
            BudgetPart(title, full_year=amounts[name])
            for name, title in (("fiscal", "财政拨款"), ("other", "其他资金")) if name in amounts
        )  # fmt: skip
        budget = Budget(full_year=amounts["total"], parts=parts, cells={"full_year": cells["total"]})
    whole = Form(
        kind="goal", sheet=form.sheet, project=form.project, department=form.department, unit=form.unit,
        project_code=form.project_code, budget=budget, goal_expected=expected, rows=form.rows,
        published_total_weight=form.published_total_weight, cells=cells, texts=form.texts, findings=form.findings,
    )  # fmt: skip
    return GoalForm(
        whole, extra.get("attribute"), extra.get("period"), amounts.get("total"), amounts.get("fiscal"),
        amounts.get("other"),
    )  # fmt: skip


def write_goal(goal: GoalForm, *, year: int | None = None) -> bytes:
    """写成一份申报表（xlsx 内容）；read_goals 能原样读回。"""
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    from jiheng.paper.sheet_style import in_wan, put, set_up_page

    form = goal.form
    book = Workbook()
    sheet = book.active
    sheet.title = form.sheet or "绩效目标申报表"
    put(sheet, 1, 1, "项目支出绩效目标申报表", across=6, kind="title")
    put(sheet, 2, 1, f"（{year}年度）" if year else "（    年度）", across=6, kind="year")
    heads = [("项目名称", form.project, "项目编码", form.project_code),
             ("主管部门", form.department, "实施单位", form.unit),
             ("项目属性", goal.attribute, "项目期", goal.period)]  # fmt: skip
    row = 3
    for one, first, two, second in heads:
        put(sheet, row, 1, one, kind="head")
        put(sheet, row, 2, first, across=2)
        put(sheet, row, 4, two, kind="head")
        put(sheet, row, 5, second, across=2)
        row += 1
    attribute = DataValidation(type="list", formula1='"新增项目,延续项目,新增,延续"', allow_blank=True)
    attribute.add(f"B{row - 1}")
    sheet.add_data_validation(attribute)
    put(sheet, row, 1, "项目资金\n（万元）", down=3, kind="head")
    for name, value in (
        ("年度资金总额：", goal.total),
        ("其中：财政拨款", goal.fiscal),
        ("其他资金", goal.other),
    ):
        put(sheet, row, 2, name, across=2, kind="head")
        put(sheet, row, 4, in_wan(value), across=3)
        row += 1
    put(sheet, row, 1, "年度目标", kind="head")
    put(sheet, row, 2, form.goal_expected, across=5, kind="long")
    sheet.row_dimensions[row].height = 90
    row += 1
    header = row
    for column, name in enumerate(("一级指标", "二级指标", "三级指标", "", "指标值", "分值"), 1):
        if name:
            put(sheet, row, column, name, across=2 if name == "三级指标" else 1, kind="head")
    row += 1
    for indicator in form.rows:
        put(sheet, row, 1, indicator.level1)
        put(sheet, row, 2, indicator.level2)
        put(sheet, row, 3, indicator.name, across=2, kind="long")
        put(sheet, row, 5, indicator.target)
        put(sheet, row, 6, indicator.weight)
        row += 1
    merge_levels(sheet, header + 1, form.rows)
    set_up_page(sheet, (13, 16, 18, 18, 18, 9), header_rows=f"{header}:{header}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merge_levels(sheet, first: int, rows: tuple[IndicatorRow, ...]) -> None:  # type: ignore[no-untyped-def]
    """一级、二级指标相同的相邻行合并成一格。"""
    for column, key in ((1, lambda r: (r.level1,)), (2, lambda r: (r.level1, r.level2))):
        start = 0
        for index in range(1, len(rows) + 1):
            if index < len(rows) and key(rows[index]) == key(rows[start]) and key(rows[start])[-1]:
                continue
            if index - start > 1:
                sheet.merge_cells(
                    start_row=first + start, end_row=first + index - 1, start_column=column, end_column=column
                )
            start = index
