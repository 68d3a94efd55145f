"""Small made-up self-evaluation forms in several layouts, for the tests of reading, scoring and checking.

Amounts are in 万元 unless a test says otherwise; a clean form scores 100 and gives no check.
"""

from __future__ import annotations

import copy
import io
from itertools import groupby
from typing import Any

from openpyxl import Workbook

COLUMNS = ("level1", "level2", "name", "target", "actual", "weight", "score", "reason")
HEADINGS = {
    "level1": "一级指标", "level2": "二级指标", "name": "三级指标", "target": "年度指标值", "actual": "实际完成值",
    "weight": "分值", "score": "得分", "reason": "偏差原因分析及改进措施",
}  # fmt: skip

_ROWS = [
    ("产出指标", "数量指标", "新建农村公厕", "≥50座", "50座", 20),
    ("产出指标", "质量指标", "验收合格率", "≥95%", "96%", 10),
    ("产出指标", "时效指标", "项目完成及时率", "100%", "100%", 10),
    ("产出指标", "成本指标", "单座成本", "≤17万元", "16.8万元", 10),
    ("效益指标", "社会效益指标", "人居环境改善", "效果明显", "达成预期指标", 30),
    ("满意度指标", "服务对象满意度指标", "村民满意度", "≥90%", "93.5%", 10),
]


def clean() -> dict[str, Any]:
    """A clean form: weights 10 + 50 + 30 + 10, everything met, total 100."""
    rows = [
        dict(zip(COLUMNS, (*row, row[5], None), strict=True)) for row in _ROWS
    ]  # fmt: skip
    return copy.deepcopy({
        "title": "项目支出绩效自评表", "project": "农村公共厕所建设项目", "department": "区农业农村局",
        "unit": "区农业技术推广中心", "unit_of_money": "万元",
        "budget": {"initial": 850, "full_year": 840, "executed": 840, "weight": 10, "rate": "100%", "score": 10},
        "parts": [("当年财政拨款", 850, 840, 840)],
        "goal": ("新建农村公厕50座，改善人居环境", "已建成50座并投入使用"), "rows": rows, "total": 100, "total_weight": 100,
    })  # fmt: skip


def official(
    form: dict[str, Any], book: Workbook | None = None, *, order: tuple[str, ...] = COLUMNS
) -> Workbook:
    """The official layout: merged level cells, money block with headings above, total row below."""
    book = book or Workbook()
    sheet = (
        book.active if book.active.max_row == 1 and book.active["A1"].value is None else book.create_sheet()
    )
    sheet.title = form.get("sheet", "自评表")
    write_official(sheet, form, 1, order=order)
    return book


def write_official(sheet: Any, form: dict[str, Any], row: int, *, order: tuple[str, ...] = COLUMNS) -> int:
    sheet.cell(row, 1, form["title"])
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=8)
    sheet.cell(row + 1, 1, "（2025年度）")
    row += 2
    sheet.cell(row, 1, "项目名称")
    sheet.cell(row, 2, form["project"])
    sheet.cell(row + 1, 1, "主管部门")
    sheet.cell(row + 1, 2, form["department"])
    sheet.cell(row + 1, 5, "实施单位")
    sheet.cell(row + 1, 6, form["unit"])
    row += 2
    sheet.cell(row, 1, f"项目资金\n（{form['unit_of_money']}）")
    for column, name in enumerate(
        ("年初预算数", "全年预算数（A）", "全年执行数（B）", "分值", "执行率（B/A）", "得分"), 3
    ):
        sheet.cell(row, column, name)
    row += 1
    budget = form["budget"]
    sheet.cell(row, 2, "年度资金总额")
    for column, name in enumerate(("initial", "full_year", "executed", "weight", "rate", "score"), 3):
        sheet.cell(row, column, budget[name])
    row += 1
    for index, (name, *amounts) in enumerate(form["parts"]):
        sheet.cell(row, 2, name if index else f"其中：{name}")
        for column, amount in enumerate(amounts, 3):
            sheet.cell(row, column, amount)
        sheet.cell(row, 6, "—")
        sheet.cell(row, 8, "—")
        row += 1
    sheet.cell(row, 1, "年度总体目标")
    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=1)
    sheet.cell(row, 2, "预期目标")
    sheet.cell(row, 5, "实际完成情况")
    sheet.cell(row + 1, 2, form["goal"][0])
    sheet.cell(row + 1, 5, form["goal"][1])
    row += 2
    place = {name: column for column, name in enumerate(order, 1)}
    for name, column in place.items():
        sheet.cell(row, column, HEADINGS[name])
    row += 1
    for _, group in groupby(form["rows"], key=lambda r: r["level1"]):
        first = row
        for r in group:
            for name, column in place.items():
                if name != "level1" or row == first:
                    put_text(sheet, row, column, r.get(name))
            row += 1
        if row - first > 1:
            sheet.merge_cells(
                start_row=first, end_row=row - 1, start_column=place["level1"], end_column=place["level1"]
            )
    sheet.cell(row, 1, form.get("total_label", "总分"))
    sheet.cell(row, place["weight"], form["total_weight"])
    sheet.cell(row, place["score"], form["total"])
    return row + 1


def put_text(sheet: Any, row: int, column: int, value: Any) -> None:
    """Text stays text, even where it starts with "="."""
    sheet.cell(row, column, value)
    if isinstance(value, str):
        sheet.cell(row, column).data_type = "s"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_bytes(form: dict[str, Any]) -> bytes:
    return saved(official(form))


def split_columns(form: dict[str, Any]) -> Workbook:
    """四川样式: 指标性质 | 指标值 | 度量单位 apart, money block in full-width text, no merged levels, footers."""
    book = Workbook()
    sheet = book.active
    sheet.title = "四川样式"
    sheet.append(["部门预算项目支出绩效自评表（２０２５年度）"])
    sheet.append(["金额单位：元"])
    sheet.append(["项目名称", None, form["project"], None, "项目编码", "41072124T000000000001"])
    sheet.append(["预算部门", None, form["department"], None, "项目实施单位", form["unit"]])
    sheet.append(
        [
            "预算执行情况（１０分）",
            "资金类别",
            "年初预算数",
            "调整后预算数",
            "实际支出数",
            "执行率",
            "得分",
            "原因说明",
        ]
    )
    sheet.append([None, "总额", "8,500,000.00", "８４０００００", "8400000", 1, 10])
    sheet["F6"].number_format = "0.00%"
    sheet.append([None, "其中：财政资金", "8500000", "8400000", "8400000", 1])
    sheet.append([])
    sheet.append(["年度目标", form["goal"][0], None, None, "目标实际完成情况", form["goal"][1]])
    sheet.append(
        [
            "一级指标",
            "二级指标",
            "指标名称",
            "指标性质",
            "指标值",
            "度量单位",
            "完成值",
            "权重",
            "得分",
            "未完成原因",
        ]
    )
    pieces = {
        "≥50座": ("≥", "50", "座"), "≥95%": ("大于等于", 95, "%"), "100%": ("＝", "100", "%"),
        "≤17万元": ("≤", "17", "万元"), "效果明显": ("定性", "效果明显", ""), "≥90%": ("≥", "90", "百分比"),
    }  # fmt: skip
    previous = ""
    for row in form["rows"]:
        sheet.append([])
        sheet.append([
            row["level1"] if row["level1"] != previous else None, row["level2"], row["name"], *pieces[row["target"]],
            row["actual"], str(row["weight"]), str(row["score"]), row["reason"],
        ])  # fmt: skip
        previous = row["level1"]
    sheet.append(["合　计", None, None, None, None, None, None, "100", "100分"])
    sheet.append(["评价结论", "完成较好"])
    return book


def sideways(form: dict[str, Any]) -> Workbook:
    """Money beside its label, one pair to the row; goal beside its label."""
    book = Workbook()
    sheet = book.active
    sheet.title = "横排"
    sheet.append(["项目支出绩效自评表"])
    sheet.append([f"项目名称：{form['project']}"])
    sheet.append([f"主管部门：{form['department']}", None, None, f"实施单位：{form['unit']}"])
    sheet.append(["年初预算数（万元）", 850, "全年预算数（A）", "840万元", "全年执行数（B）", 840])
    sheet.append(["执行率（B/A）", "100%", "分值", 10, "得分", 10])
    sheet.append(["预期目标", form["goal"][0]])
    sheet.append(["实际完成情况", form["goal"][1]])
    sheet.append([HEADINGS[name] for name in COLUMNS])
    for row in form["rows"]:
        sheet.append([row[name] for name in COLUMNS])
    sheet.append(["总计", None, None, None, None, 100, 100])
    return book
