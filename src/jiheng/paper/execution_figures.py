"""读一体化系统导出的执行数：CSV（UTF-8、GB18030）或 xlsx，按列名找列，元或万元看列名。

金额一律读成元。有一处错误就整份不收：rows 为空，errors 逐条写明工作表、单元格或行、怎么改。
项目代码 21 位（norms 10）；执行数由一体化系统产生，本系统只接收、不手改。
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from jiheng.indicator.target import normalize
from jiheng.paper.container import MAX_FILE
from jiheng.paper.labels import WAN, parse_amount
from jiheng.paper.workbook import Unreadable, cell_name, number_text, open_workbook, read_bytes

MAX_FIGURE_CELLS = 700_000
MAX_ERRORS = 200
_LOOK_FOR_HEADER = 20

Line = tuple[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class ExecutionFigure:
    """一个项目截至某日的执行数；金额元。place 为来处（工作表、行）。"""

    project_code: str
    project: str
    initial: Decimal | None
    full_year: Decimal
    executed: Decimal
    as_of: date
    place: str


@dataclass(frozen=True, slots=True)
class FigureError:
    """一处错误：来处、问题、改法。"""

    place: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ExecutionFigures:
    """读的结果：有 errors 时 rows 一定为空。"""

    rows: tuple[ExecutionFigure, ...]
    errors: tuple[FigureError, ...]


_COLUMNS = (
    ("project_code", r"^项目(?:编码|代码|编号)", "项目代码"),
    ("project", r"^项目名称", "项目名称"),
    ("initial", r"年初预算", "年初预算数"),
    ("full_year", r"全年预算|调整后|调整预算|^预算数", "调整后（全年）预算数"),
    ("executed", r"支付数|执行数|支出数|累计支付|支付金额|实际支出", "支付数（全年执行数）"),
    ("as_of", r"截止|截至|日期", "截止日期"),
)
_NEEDED = ("project_code", "project", "full_year", "executed", "as_of")
TEMPLATE_HEADINGS = (
    "项目代码",
    "项目名称",
    "年初预算数（元）",
    "全年预算数（元）",
    "全年执行数（元）",
    "截止日期",
)


def read_execution_figures(source: str | Path | bytes, *, name: str = "") -> ExecutionFigures:
    """读一份执行数文件；不是表格、打不开的抛出 Unreadable，内容有错的放在 errors 里。"""
    data = source if isinstance(source, bytes) else read_bytes(Path(source))
    if len(data) > MAX_FILE:
        raise Unreadable(f"文件 {len(data) / 1048576:.1f} MB，超过 {MAX_FILE // 1048576} MB 上限")
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        tables = _from_workbook(data)
    else:
        tables = [_from_csv(data, name or "CSV 文件")]
    rows: list[ExecutionFigure] = []
    errors: list[FigureError] = []
    found = False
    for lines, place in tables:
        head = _header(lines)
        if head is None:
            continue
        found = True
        _read_table(lines, head, place, rows, errors)
    if not found:
        raise Unreadable("没有找到标题行：要有“项目代码、项目名称、全年预算数、全年执行数、截止日期”几列")
    if not rows and not errors:
        errors.append(FigureError("", "文件里没有一行执行数", "从一体化系统重新导出"))
    _find_repeats(rows, errors)
    return ExecutionFigures((), tuple(errors[:MAX_ERRORS])) if errors else ExecutionFigures(tuple(rows), ())


def _from_workbook(data: bytes) -> list[tuple[list[Line], Callable[[int, int | None], str]]]:
    tables: list[tuple[list[Line], Callable[[int, int | None], str]]] = []
    for grid in open_workbook(data, max_cells=MAX_FIGURE_CELLS).visible:
        lines = [
            (
                row,
                {c: v.strip() if isinstance(v, str) else number_text(v) for c, v in grid.cells[row].items()},
            )
            for row in grid.row_numbers
        ]

        def place(row: int, column: int | None, sheet: str = grid.name) -> str:
            return f"工作表“{sheet}”{cell_name(row, column)}" if column else f"工作表“{sheet}”第 {row} 行"

        tables.append((lines, place))
    return tables


def _from_csv(data: bytes, name: str) -> tuple[list[Line], Callable[[int, int | None], str]]:
    if b"\x00" in data:
        raise Unreadable("文件不是 CSV 也不是 Excel 工作簿")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("CSV 的编码既不是 UTF-8 也不是 GB18030，请用 Excel 另存为“CSV UTF-8”")
    if text.lstrip()[:1] == "<":
        raise Unreadable("文件其实是网页，不是 CSV；请重新导出")
    lines: list[Line] = []
    count = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            count += len(cells)
            if count > MAX_FIGURE_CELLS:
                raise Unreadable("有值的单元格过多，请分几份导入")
            filled = {index: cell.strip() for index, cell in enumerate(cells, 1) if cell.strip()}
            if filled:
                lines.append((len(lines) + 1, filled))
    except csv.Error as broken:
        raise Unreadable("CSV 结构损坏，请重新导出") from broken

    def place(row: int, column: int | None) -> str:
        return f"{name}第 {row} 行第 {column} 列" if column else f"{name}第 {row} 行"

    return lines, place


def _delimiter(text: str) -> str:
    first = text[: text.find("\n")] if "\n" in text else text
    return "\t" if first.count("\t") > first.count(",") else ","


def _header(lines: Sequence[Line]) -> tuple[int, dict[str, int], dict[str, str]] | None:
    """标题行的位置、各字段所在列、列名原文；20 行内没有为 None。"""
    for index, (_, cells) in enumerate(lines[:_LOOK_FOR_HEADER]):
        columns: dict[str, int] = {}
        for column, text in cells.items():
            bare = normalize(text)
            for field, words, _ in _COLUMNS:
                if field not in columns and re.search(words, bare):
                    columns[field] = column
                    break
        if "project_code" in columns and ("executed" in columns or "full_year" in columns):
            return index, columns, {field: cells[column] for field, column in columns.items()}
    return None


def _factor(heading: str, above: str) -> Decimal | None:
    """列名（或表头）写的单位；没写为 None。"""
    for text in (heading, above):
        found = re.search(r"万元|元", normalize(text))
        if found:
            return WAN if found[0] == "万元" else Decimal(1)
    return None


def _read_table(
    lines: Sequence[Line], head: tuple[int, dict[str, int], dict[str, str]], place: Callable[[int, int | None], str],
    rows: list[ExecutionFigure], errors: list[FigureError],
) -> None:  # fmt: skip
    index, columns, headings = head
    row_number = lines[index][0]
    missing = [label for field, _, label in _COLUMNS if field in _NEEDED and field not in columns]
    if missing:
        errors.append(FigureError(place(row_number, None), f"缺少列：{'、'.join(missing)}", "补上这些列再传"))
        return
    above = " ".join(text for _, cells in lines[:index] for text in cells.values() if "单位" in text)
    factors: dict[str, Decimal] = {}
    for field in ("initial", "full_year", "executed"):
        if field in columns:
            factor = _factor(headings[field], above)
            if factor is None:
                errors.append(
                    FigureError(place(row_number, columns[field]), f"列“{headings[field]}”没有写金额单位",
                                "在列名里写明（元）或（万元）")
                )  # fmt: skip
            factors[field] = factor or Decimal(1)
    for row, cells in lines[index + 1 :]:
        values = {field: cells.get(column) for field, column in columns.items()}
        if re.match(r"^(合计|总计|小计|制表|填报)", normalize(next(iter(cells.values())))):
            continue
        before = len(errors)
        at = {field: place(row, column) for field, column in columns.items()}
        figure = _figure(values, factors, at, place(row, None), errors)
        if figure is not None and len(errors) == before:
            rows.append(figure)
        if len(errors) >= MAX_ERRORS:
            return


def _figure(
    values: dict[str, str | None], factors: dict[str, Decimal], at: dict[str, str], place: str,
    errors: list[FigureError],
) -> ExecutionFigure | None:  # fmt: skip
    code = normalize(values.get("project_code") or "").upper()
    if not re.fullmatch(r"[0-9A-Z]{21}", code):
        problem = "项目代码空白" if not code else f"项目代码“{code}”有 {len(code)} 位，应为 21 位字母数字"
        if re.search(r"E\+", code):
            problem = f"项目代码“{code}”被 Excel 改成了科学计数法"
        errors.append(FigureError(at["project_code"], problem, "把该列设为文本格式，填写 21 位项目代码"))
    if not values.get("project"):
        errors.append(FigureError(at["project"], "项目名称空白", "填写项目名称"))
    amounts: dict[str, Decimal | None] = {}
    for field, _, label in _COLUMNS[2:5]:
        text = values.get(field)
        amounts[field] = parse_amount(text, factors[field]) if field in factors else None
        if field not in factors or (field == "initial" and not text):
            continue
        if amounts[field] is None:
            problem = f"{label}空白" if not text else f"{label}“{text}”不是金额"
            errors.append(FigureError(at[field], problem, "填写数字，没有的填 0"))
        elif field != "executed" and (amounts[field] or 0) < 0:
            errors.append(FigureError(at[field], f"{label}“{text}”是负数", "核对预算数"))
    as_of = parse_date(values.get("as_of"))
    if as_of is None:
        text = values.get("as_of")
        problem = "截止日期空白" if not text else f"截止日期“{text}”读不成日期"
        errors.append(FigureError(at["as_of"], problem, "写成 2026-07-31 的样子"))
    full_year, executed = amounts.get("full_year"), amounts.get("executed")
    if full_year is None or executed is None or as_of is None:
        return None
    return ExecutionFigure(
        code, values.get("project") or "", amounts.get("initial"), full_year, executed, as_of, place
    )


def parse_date(text: str | None) -> date | None:
    """2026-07-31、2026/7/31、2026.7.31、20260731、2026年7月31日；读不成为 None。"""
    found = re.fullmatch(
        r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?(?:T?\d{1,2}:.*)?", normalize(text or "")
    ) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", normalize(text or ""))
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _find_repeats(rows: Sequence[ExecutionFigure], errors: list[FigureError]) -> None:
    seen: dict[tuple[str, date], str] = {}
    for row in rows:
        key = (row.project_code, row.as_of)
        if key in seen:
            errors.append(
                FigureError(
                    row.place,
                    f"项目 {row.project_code} 截至 {row.as_of} 的执行数与{seen[key]}重复",
                    "只留一行",
                )
            )
        seen.setdefault(key, row.place)


def write_template(rows: Iterator[ExecutionFigure] | Sequence[ExecutionFigure] = ()) -> bytes:
    """执行数导入样表（xlsx 内容，金额元）；给了 rows 就填进去，read_execution_figures 能读回。"""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet("执行数")
    head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "#,##0.00"})
    sheet.write_row(0, 0, TEMPLATE_HEADINGS, head)
    sheet.set_column(0, 0, 26, text)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 4, 18, money)
    sheet.set_column(5, 5, 14, text)
    sheet.freeze_panes(1, 0)
    for index, row in enumerate(rows, 1):
        sheet.write_string(index, 0, row.project_code, text)
        sheet.write_string(index, 1, row.project)
        for column, amount in enumerate((row.initial, row.full_year, row.executed), 2):
            if amount is not None:
                sheet.write_number(index, column, float(amount), money)
        sheet.write_string(index, 5, row.as_of.isoformat(), text)
    book.close()
    return out.getvalue()
