"""读一体化系统给的执行数：CSV（UTF-8、GB18030）、xlsx，或接口送来的行；按列名找列，元或万元看列名。

列名可以是中文，也可以是接口的字段名（FIELDS）；字段名不带单位，金额是元。金额一律读成元。
有一处错误就整份不收：rows 为空，errors 逐条写明工作表、单元格或行、怎么改。
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
    plan: Decimal | None = None


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
    ("project_code", r"^项目(?:编码|代码|编号)|^pro_code$", "项目代码"),
    ("project", r"^项目名称|^pro_name$", "项目名称"),
    ("initial", r"年初预算|^initial$", "年初预算数"),
    ("adjustment", r"^(?:年中|预算)?(?:调整|追加)(?:数|额|金额|$|[（(])|^adjustment$", "调整数"),
    ("full_year", r"全年预算|调整后|调整预算|^预算数|^full_year$", "调整后（全年）预算数"),
    ("plan", r"用款计划|^plan$", "用款计划数"),
    ("executed", r"支付数|执行数|支出数|累计支付|支付金额|实际支出|^paid$", "支付数（全年执行数）"),
    ("as_of", r"截止|截至|日期|^as_of$", "截止日期"),
)
_NEEDED = ("project_code", "project", "full_year", "executed", "as_of")
FIELDS = {
    "pro_code": "project_code", "pro_name": "project", "initial": "initial", "adjustment": "adjustment",
    "full_year": "full_year", "plan": "plan", "paid": "executed",
}  # fmt: skip
"""接口一行的字段名和它读到哪里；金额是元。文件里用这些名字做列名也行。"""
_AMOUNTS = ("initial", "adjustment", "full_year", "plan", "executed")
_LABELS = {field: label for field, _, label in _COLUMNS}
_TO_A_FEN_OF_WAN = WAN / 100
"""万元数保留两位小数，三个数各自进位，和可以差一个末位。"""
TEMPLATE_HEADINGS = (
    "项目代码",
    "项目名称",
    "年初预算数（元）",
    "调整数（元）",
    "全年预算数（元）",
    "用款计划数（元）",
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


def read_execution_rows(lines: Sequence[object], as_of: str) -> ExecutionFigures:
    """读接口送来的行（字段见 FIELDS，金额元）；as_of 是这一批的截止日期。错误写明是第几行哪个字段。"""
    rows: list[ExecutionFigure] = []
    errors: list[FigureError] = []
    factors = dict.fromkeys(_AMOUNTS, Decimal(1))
    for index, line in enumerate(lines):
        place = f"rows[{index}]"
        if not isinstance(line, dict):
            errors.append(FigureError(place, "不是对象", "每行写成 {字段名: 值}"))
            continue
        if strange := [key for key in line if key not in FIELDS]:
            told = "、".join(sorted(strange)[:5])
            errors.append(FigureError(place, f"字段认不出：{told}", f"字段只能是 {'、'.join(FIELDS)}"))
            continue
        values = {
            field: text for key, field in FIELDS.items() if (text := _as_words(line.get(key))) is not None
        }
        at = {field: f"{place}.{key}" for key, field in FIELDS.items()} | {"as_of": "as_of"}
        given: dict[str, str | None] = {**values, "as_of": as_of}
        before = len(errors)
        figure = _figure(given, factors, at, place, errors)
        if figure is not None and len(errors) == before:
            rows.append(figure)
        if len(errors) >= MAX_ERRORS:
            break
    if not lines:
        errors.append(FigureError("rows", "没有一行执行数", "至少给一行"))
    _find_repeats(rows, errors)
    return ExecutionFigures((), tuple(errors[:MAX_ERRORS])) if errors else ExecutionFigures(tuple(rows), ())


def _as_words(value: object) -> str | None:
    """JSON 的值写成文字；没有给为 None。"""
    if value is None:
        return None
    return value.strip() if isinstance(value, str) else str(value)


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
            bare = normalize(text).lower()
            for field, words, _ in _COLUMNS:
                if field not in columns and re.search(words, bare):
                    columns[field] = column
                    break
        if "project_code" in columns and ("executed" in columns or "full_year" in columns):
            return index, columns, {field: cells[column] for field, column in columns.items()}
    return None


def _factor(heading: str, above: str) -> Decimal | None:
    """列名（或表头）写的单位；没写为 None。接口的字段名一定是元。"""
    if normalize(heading).lower() in FIELDS:
        return Decimal(1)
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
    if "initial" in columns and "adjustment" in columns and _LABELS["full_year"] in missing:
        missing.remove(_LABELS["full_year"])  # 年初数加调整数就是全年数
    if missing:
        errors.append(FigureError(place(row_number, None), f"缺少列：{'、'.join(missing)}", "补上这些列再传"))
        return
    above = " ".join(text for _, cells in lines[:index] for text in cells.values() if "单位" in text)
    factors: dict[str, Decimal] = {}
    for field in _AMOUNTS:
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
    for field in _AMOUNTS:
        label, text = _LABELS[field], values.get(field)
        amounts[field] = parse_amount(text, factors[field]) if text and field in factors else None
        if amounts[field] is None:
            if text:
                errors.append(FigureError(at[field], f"{label}“{text}”不是金额", "填写数字，没有的填 0"))
            elif field == "executed" or (field == "full_year" and not _adds_up(values)):
                if field in factors:
                    errors.append(FigureError(at[field], f"{label}空白", "填写数字，没有的填 0"))
        elif field not in ("executed", "adjustment") and (amounts[field] or 0) < 0:
            errors.append(FigureError(at[field], f"{label}“{text}”是负数", "核对预算数"))
    as_of = parse_date(values.get("as_of"))
    if as_of is None:
        text = values.get("as_of")
        problem = "截止日期空白" if not text else f"截止日期“{text}”读不成日期"
        errors.append(FigureError(at["as_of"], problem, "写成 2026-07-31 的样子"))
    full_year = _full_year(amounts, factors, at, errors)
    executed = amounts["executed"]
    if full_year is None or executed is None or as_of is None:
        return None
    initial, adjustment = amounts["initial"], amounts["adjustment"]
    if initial is None and adjustment is not None:
        initial = full_year - adjustment
    return ExecutionFigure(
        code, values.get("project") or "", initial, full_year, executed, as_of, place, amounts["plan"]
    )


def _adds_up(values: dict[str, str | None]) -> bool:
    return bool(values.get("initial") and values.get("adjustment"))


def _full_year(
    amounts: dict[str, Decimal | None], factors: dict[str, Decimal], at: dict[str, str], errors: list[FigureError]
) -> Decimal | None:  # fmt: skip
    """全年预算数：写了就是写的，没写就是年初数加调整数；三个都写了要对得上。"""
    initial, adjustment, written = amounts["initial"], amounts["adjustment"], amounts["full_year"]
    if initial is None or adjustment is None:
        return written
    total = initial + adjustment
    if written is None:
        if total < 0:
            errors.append(FigureError(at["adjustment"], f"年初数加调整数是 {total:,.2f} 元", "核对调整数"))
        return total
    rounded = WAN in (factors.get("initial"), factors.get("adjustment"), factors.get("full_year"))
    if abs(total - written) > (_TO_A_FEN_OF_WAN if rounded else 0):
        errors.append(
            FigureError(
                at["full_year"],
                f"全年预算数 {written:,.2f} 元，与年初预算数 {initial:,.2f} 元加调整数 {adjustment:,.2f} 元"
                f"相差 {written - total:,.2f} 元",
                "核对调整数",
            )
        )
    return written


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
    sheet.set_column(2, 6, 18, money)
    sheet.set_column(7, 7, 14, text)
    sheet.freeze_panes(1, 0)
    for index, row in enumerate(rows, 1):
        sheet.write_string(index, 0, row.project_code, text)
        sheet.write_string(index, 1, row.project)
        adjustment = None if row.initial is None else row.full_year - row.initial
        amounts = (row.initial, adjustment, row.full_year, row.plan, row.executed)
        for column, amount in enumerate(amounts, 2):
            if amount is not None:
                sheet.write_number(index, column, float(amount), money)
        sheet.write_string(index, 7, row.as_of.isoformat(), text)
    book.close()
    return out.getvalue()
