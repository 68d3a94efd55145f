"""官方表式的样子：边框、字体、合并、列宽、打印设置。写表的各模块共用。

写出的文字一律存成文字，以“=”开头的也不会变成公式；单元格地址从 1 起。
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

WAN = Decimal(10000)
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_TITLE = Font(name="方正小标宋简体", size=18)
_YEAR = Font(name="仿宋_GB2312", size=12)
_BODY = Font(name="仿宋_GB2312", size=11)
_HEAD = Font(name="黑体", size=11)
_TO_FILL = PatternFill("solid", fgColor="FFF9E5")


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Any = None,
    *,
    across: int = 1,
    down: int = 1,
    kind: str = "body",
) -> None:
    """写一格并合并。kind：title 标题、year 年度、head 栏目名、body 内容、long 长文字（左对齐）、fill 留给人填。"""
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    for r in range(row, row + down):
        for c in range(column, column + across):
            here = sheet.cell(r, c)
            here.font = {"title": _TITLE, "year": _YEAR, "head": _HEAD}.get(kind, _BODY)
            here.alignment = _LEFT if kind == "long" else _MIDDLE
            if kind not in ("title", "year"):
                here.border = _BORDER
            if kind == "fill":
                here.fill = _TO_FILL
    if across > 1 or down > 1:
        sheet.merge_cells(
            start_row=row, start_column=column, end_row=row + down - 1, end_column=column + across - 1
        )


def in_wan(amount: Decimal | None) -> Decimal | None:
    """元 → 万元，不取舍（四位小数的万元照样精确到元）。"""
    return None if amount is None else amount / WAN


def set_up_page(
    sheet: Worksheet, widths: Sequence[float], *, header_rows: str = "", landscape: bool = False
) -> None:
    """A4、一页宽、页脚页码、列宽；header_rows 如 "10:10" 为每页重复的标题行。"""
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[chr(64 + index)].width = width
    sheet.page_setup.paperSize = "9"
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if header_rows:
        sheet.print_title_rows = header_rows
