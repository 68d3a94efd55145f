"""写项目支出绩效自评表：表头、资金、目标、指标和分值预先填好，完成值、得分、原因留给会计填。

表内金额万元（数据是元），版式同财预〔2020〕10号自评表（norms 1.6）；填好后 read_self_evaluations 能读回。
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from jiheng.indicator.form import Budget, BudgetPart, Form
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.paper.goal_form import merge_levels
from jiheng.paper.sheet_style import in_wan, put, set_up_page

_TITLES = {"whole": "部门（单位）整体支出绩效自评表"}
_COLUMNS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
)
_PARTS = ("当年财政拨款", "上年结转资金", "其他资金")


def write_self_evaluation(
    form: Form, *, year: int | None = None, rules: ScoringRules = DEFAULT_RULES
) -> bytes:
    """写成一份自评表（xlsx 内容）；form 里已有的完成值、得分照写，没有的留空待填。"""
    return write_self_evaluations([(form, year, rules)])


def write_self_evaluations(forms: Sequence[tuple[Form, int | None, ScoringRules]]) -> bytes:
    """几份自评表写在一个文件里，一份一张工作表，各按自己的年度和规则。"""
    book = Workbook()
    book.remove(book.active)
    taken: set[str] = set()
    for form, year, rules in forms:
        _write(
            book.create_sheet(_title(form.sheet or (form.project if len(forms) > 1 else None), taken)),
            form,
            year,
            rules,
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(name: str | None, taken: set[str]) -> str:
    """Excel 收得下、没有用过的表名：至多 31 字，没有 : \\ / ? * [ ]，首尾没有撇号，不分大小写不重复。"""
    plain = re.sub(r"[:\\/?*\[\]\x00-\x1f]", " ", name or "").strip(" '")[:26] or "自评表"
    title, number = plain, 1
    while title.lower() in taken:
        number += 1
        title = f"{plain}({number})"
    taken.add(title.lower())
    return title


def _write(sheet, form: Form, year: int | None, rules: ScoringRules) -> None:  # type: ignore[no-untyped-def]
    put(sheet, 1, 1, _TITLES.get(form.kind, "项目支出绩效自评表"), across=8, kind="title")
    put(sheet, 2, 1, f"（{year}年度）" if year else "（    年度）", across=8, kind="year")
    put(sheet, 3, 1, "项目名称", kind="head")
    put(sheet, 3, 2, form.project, across=4)
    put(sheet, 3, 6, "项目编码", kind="head")
    put(sheet, 3, 7, form.project_code, across=2)
    put(sheet, 4, 1, "主管部门", kind="head")
    put(sheet, 4, 2, form.department, across=3)
    put(sheet, 4, 5, "实施单位", kind="head")
    put(sheet, 4, 6, form.unit, across=3)
    row = _money(sheet, 5, form.budget, rules)
    put(sheet, row, 1, "年度总体目标", down=2, kind="head")
    put(sheet, row, 2, "预期目标", across=3, kind="head")
    put(sheet, row, 5, "实际完成情况", across=4, kind="head")
    put(sheet, row + 1, 2, form.goal_expected, across=3, kind="long")
    put(sheet, row + 1, 5, form.goal_actual, across=4, kind="fill" if not form.goal_actual else "long")
    sheet.row_dimensions[row + 1].height = 80
    header = row + 2
    for column, name in enumerate(_COLUMNS, 1):
        put(sheet, header, column, name, kind="head")
    row = header + 1
    for indicator in form.rows:
        put(sheet, row, 1, indicator.level1)
        put(sheet, row, 2, indicator.level2)
        put(sheet, row, 3, indicator.name, kind="long")
        put(sheet, row, 4, indicator.target)
        put(sheet, row, 5, indicator.actual, kind="body" if indicator.actual else "fill")
        put(sheet, row, 6, indicator.weight)
        put(
            sheet,
            row,
            7,
            indicator.published_score,
            kind="body" if indicator.published_score is not None else "fill",
        )
        put(sheet, row, 8, indicator.reason, kind="long" if indicator.reason else "fill")
        if indicator.weight is not None:
            _score_limit(sheet, f"G{row}", indicator.weight)
        row += 1
    merge_levels(sheet, header + 1, form.rows)
    weights = [r.weight for r in form.rows if r.weight is not None]
    execution = form.budget.weight if form.budget.weight is not None else rules.execution_weight
    put(sheet, row, 1, "总分", across=5, kind="head")
    put(sheet, row, 6, sum(weights, execution) if weights else None)
    put(sheet, row, 7, form.published_total, kind="fill" if form.published_total is None else "body")
    put(sheet, row, 8)
    set_up_page(sheet, (12, 13, 24, 13, 13, 7, 8, 26), header_rows=f"{header}:{header}")
    sheet.freeze_panes = f"A{header + 1}"


def _money(sheet, row: int, budget: Budget, rules: ScoringRules) -> int:  # type: ignore[no-untyped-def]
    parts = budget.parts or tuple(BudgetPart(name) for name in _PARTS)
    put(sheet, row, 1, "项目资金\n（万元）", down=len(parts) + 2, kind="head")
    for column, name in enumerate(
        ("", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"), 2
    ):
        put(sheet, row, column, name or None, kind="head")
    row += 1
    weight = budget.weight if budget.weight is not None else rules.execution_weight
    put(sheet, row, 2, "年度资金总额")
    for column, value in enumerate((budget.initial, budget.full_year, budget.executed), 3):
        put(sheet, row, column, in_wan(value), kind="body" if value is not None else "fill")
    put(sheet, row, 6, weight)
    put(sheet, row, 7, budget.published_rate, kind="body" if budget.published_rate else "fill")
    put(sheet, row, 8, budget.published_score, kind="body" if budget.published_score is not None else "fill")
    _score_limit(sheet, f"H{row}", weight)
    row += 1
    for index, part in enumerate(parts):
        name = part.name if part.name.startswith("其中") or index else f"其中：{part.name}"
        put(sheet, row, 2, name)
        for column, value in enumerate((part.initial, part.full_year, part.executed), 3):
            put(sheet, row, column, in_wan(value))
        for column in (6, 7, 8):
            put(sheet, row, column, "—")
        row += 1
    return row


def _score_limit(sheet, cell: str, weight: Decimal) -> None:  # type: ignore[no-untyped-def]
    limit = DataValidation(
        type="decimal", operator="between", formula1="0", formula2=str(weight), allow_blank=True,
        errorTitle="得分", error=f"得分在 0 到 {weight} 之间，保留两位小数",
    )  # fmt: skip
    limit.add(cell)
    sheet.add_data_validation(limit)
