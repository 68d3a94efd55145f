"""导入表的列：认标题行、按列给值、说清每一处错误的工作表、单元格、字段和改法；样表和错误清单的工作簿也在这里写。

标题行在前 20 行里，列的先后随便，多出来的列不读（说一声）。竖向合并的格按左上角的值展开，公式按算好的值读，都说一声；
横向合并、没有值的公式、隐藏的工作表里有数据，是错误。
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from jiheng.indicator.target import normalize
from jiheng.paper.container import Unreadable
from jiheng.paper.grid import cell_name
from jiheng.paper.table import Row, Sheet, percent_text, sheets, text_of

LOOK_FOR_HEADING = 20
MAX_FAULTS = 5000
RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """一列：字段、样表上的列名、认列名的正则、必不必有、下拉的值、填写说明。"""

    key: str
    label: str
    pattern: str
    needed: bool = True
    choices: tuple[str, ...] = ()
    help: str = ""
    width: int = 16
    example: str = ""


@dataclass(frozen=True)
class Fault:
    """一处错误：工作表、单元格（或行）、字段、问题、改法。"""

    sheet: str
    cell: str
    field: str
    message: str
    remedy: str

    @property
    def place(self) -> str:
        return f"工作表“{self.sheet}”{self.cell}" if self.sheet else self.cell

    def __str__(self) -> str:
        return f"{self.place}：{self.message}。{self.remedy}"


@dataclass
class Report:
    """读的时候发现的：错误（最多记 5000 处，``count`` 是全部）和要说一声的话。"""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)


def _blank(value: Any) -> bool:
    return value == "" or (value.__class__ is str and not value.strip())


@dataclass(frozen=True)
class Heading:
    """标题行：行号、各列的位置、各字段认到的列名、没有认的列名、标题行以上的文字。"""

    row: int
    positions: list[int | None]
    labels: dict[str, list[str]]
    extra: list[str]
    above: str


class Table:
    """有标题行的一张表：``lines()`` 给 (行号, 各列的值)，值的先后同 ``columns``，没有的列为 ""。"""

    def __init__(self, sheet: Sheet, columns: Sequence[Column], heading: Heading) -> None:
        self.sheet, self.columns = sheet, columns
        self.heading, self.positions, self.above = heading.row, heading.positions, heading.above
        self.headings = {key: words[0] for key, words in heading.labels.items()}
        self.labels = {column.key: column.label for column in columns}

    def place(self, row: int, key: str = "") -> str:
        """单元格名（CSV 为第几行第几列）；列不在表里时为行。"""
        position = next(
            (
                at
                for column, at in zip(self.columns, self.positions, strict=True)
                if column.key == key and at is not None
            ),
            None,
        )
        if position is None:
            return f"第 {row} 行"
        return cell_name(row, position + 1) if self.sheet.name else f"第 {row} 行第 {position + 1} 列"

    def fault(self, row: int, key: str, message: str, remedy: str) -> Fault:
        return Fault(self.sheet.name, self.place(row, key), self.labels.get(key, ""), message, remedy)

    def lines(self, report: Report) -> Iterator[tuple[int, Sequence[Any]]]:
        formulas, percents, merged = self._marks(report)
        width = max((at for at in self.positions if at is not None), default=0) + 1
        take = itemgetter(*(-1 if at is None else at for at in self.positions))
        anchor = next(index for index, column in enumerate(self.columns) if column.needed)
        for number, row in self.sheet.rows:
            if len(row) < width:
                row += [""] * (width - len(row))
            row.append("")  # 没有的列都指着这一格
            if number in merged:
                for column, value in merged[number].items():
                    row[column] = value
            values = take(row)
            if not any(values) or (_blank(values[anchor]) and all(map(_blank, values))):
                continue
            if number in percents or number in formulas:
                values = self._marked(number, list(values), percents, formulas, report)
            yield number, values

    def _marked(
        self,
        number: int,
        values: list[Any],
        percents: dict[int, set[int]],
        formulas: dict[int, set[int]],
        report: Report,
    ) -> list[Any]:
        """一行里的百分数格照显示的读；公式格没有值的，是错误。"""
        for index, at in enumerate(self.positions):
            if at in percents.get(number, ()):
                values[index] = percent_text(values[index])
            if at in formulas.get(number, ()) and values[index] == "":
                words = "是公式，但没有算好的值（或公式出错）"
                remedy = "在 Excel 中打开、算好后用“选择性粘贴—数值”固定，再保存上传"
                report.add(self.fault(number, self.columns[index].key, words, remedy))
        return values

    def _marks(
        self, report: Report
    ) -> tuple[dict[int, set[int]], dict[int, set[int]], dict[int, dict[int, Any]]]:
        """数据区里的公式格、百分数格、竖向合并带下来的值，各按行。"""
        used = {at for at in self.positions if at is not None}
        found: list[dict[int, set[int]]] = []
        for marks in (self.sheet.formulas, self.sheet.percents):
            by_row: dict[int, set[int]] = {}
            for row, column in marks:
                if row > self.heading and column - 1 in used:
                    by_row.setdefault(row, set()).add(column - 1)
            found.append(by_row)
        if found[0]:
            report.note(f"工作表“{self.sheet.name}”里有公式，按算好的值读入。")
        merged: dict[int, dict[int, Any]] = {}
        spans = []
        for top, left, bottom, right in self.sheet.merges:
            if bottom <= self.heading or not used & set(range(left - 1, min(right, 200))):
                continue
            where = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            if right > left:
                report.add(
                    Fault(self.sheet.name, where, "", f"单元格 {where} 横向合并了，分不清是哪一列的",
                          "取消合并，每列分别填写")
                )  # fmt: skip
            else:
                spans.append((top, left - 1, bottom))
        if spans:
            report.note(f"工作表“{self.sheet.name}”里竖向合并的单元格，各行都按左上角的值读入。")
            merged = _Spread(self.sheet, spans)
        return found[0], found[1], merged


class _Spread(dict[int, dict[int, Any]]):
    """竖向合并：读到左上角那一行时记下值，下面的行取用。"""

    def __init__(self, sheet: Sheet, spans: list[tuple[int, int, int]]) -> None:
        super().__init__()
        self._starts: dict[int, list[tuple[int, int]]] = {}
        for top, column, bottom in spans:
            self._starts.setdefault(top, []).append((column, bottom))
        rows = sheet.rows

        def watching() -> Iterator[tuple[int, Row]]:
            for number, row in rows:
                for column, bottom in self._starts.get(number, ()):
                    value = row[column] if column < len(row) else ""
                    for below in range(number + 1, min(bottom, number + 100_000) + 1):
                        self.setdefault(below, {})[column] = value
                yield number, row

        sheet.rows = watching()


def tables(data: bytes, name: str, columns: Sequence[Column], report: Report) -> Iterator[Table]:
    """文件里有标题行的表，依次读；一张也没有的抛出 Unreadable。"""
    found = False
    for sheet in sheets(data, name):
        heading = _heading(sheet, columns)
        if heading is None:
            continue
        if not sheet.visible:
            if any(True for _, values in sheet.rows if any(value != "" for value in values)):
                report.add(
                    Fault(sheet.name, f"第 {heading.row + 1} 行起", "", f"工作表“{sheet.name}”是隐藏的，里面有数据",
                          "取消隐藏并核对；用不着的删去整张工作表")
                )  # fmt: skip
            continue
        found = True
        table = Table(sheet, columns, heading)
        if problems := _missing(table, heading):
            for problem in problems:
                report.add(problem)
            continue
        if heading.extra:
            report.note(f"没有读这些列：{'、'.join(heading.extra[:8])}。")
        yield table
    if not found and not report.count:
        wanted = "、".join(column.label for column in columns if column.needed)
        raise Unreadable(
            f"没有找到标题行：前 {LOOK_FOR_HEADING} 行里要有“{wanted}”几列。请用样表，或核对文件的编码和内容"
        )


def _heading(sheet: Sheet, columns: Sequence[Column]) -> Heading | None:
    """标题行；认到一半必有的列（至少两列）就算。"""
    needed = [column for column in columns if column.needed]
    above: list[str] = []
    for number, row in sheet.rows:
        labels: dict[str, list[str]] = {}
        positions: dict[str, int] = {}
        extra = []
        for at, value in enumerate(row):
            words = text_of(value)
            if not words:
                continue
            bare = normalize(words)
            key = next((column.key for column in columns if re.search(column.pattern, bare)), "")
            if key:
                labels.setdefault(key, []).append(words)
                positions.setdefault(key, at)
            else:
                extra.append(words)
        hits = sum(column.key in positions for column in needed)
        if hits >= max(2, (len(needed) + 1) // 2):
            at_columns = [positions.get(column.key) for column in columns]
            return Heading(number, at_columns, labels, extra, " ".join(above))
        above += extra
        if number >= LOOK_FOR_HEADING:
            return None
    return None


def _missing(table: Table, heading: Heading) -> list[Fault]:
    sheet, row = table.sheet.name, f"第 {heading.row} 行"
    problems = [
        Fault(sheet, row, column.label, f"缺少“{column.label}”列", "补上这一列再传，列名照样表")
        for column, at in zip(table.columns, heading.positions, strict=True)
        if column.needed and at is None
    ]
    for column in table.columns:
        alike = heading.labels.get(column.key, [])
        if len(alike) > 1:
            words = f"有 {len(alike)} 列都像“{column.label}”：{'、'.join(alike)}"
            problems.append(Fault(sheet, row, column.label, words, "只留一列"))
    return problems


def write_template(title: str, columns: Sequence[Column], notes: Sequence[str]) -> bytes:
    """导入样表：第一张填数，可选的值做成下拉；第二张是填写说明。"""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    lists = book.add_worksheet("填写说明")
    lists.write_row(0, 0, ("列", "必填", "怎么填", "可选的值", "例"), head)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width, text)
        sheet.write_string(0, index, column.label, head)
        if column.choices and len(",".join(column.choices)) <= 255:
            sheet.data_validation(
                1, index, 20_000, index, {"validate": "list", "source": list(column.choices)}
            )
        lists.write_row(
            index + 1, 0,
            (column.label, "是" if column.needed else "", column.help, "、".join(column.choices), column.example), wrap,
        )  # fmt: skip
    lists.set_column(0, 1, 16)
    lists.set_column(2, 3, 50)
    lists.set_column(4, 4, 24)
    for index, words in enumerate(notes, len(columns) + 2):
        lists.write_string(index, 0, words)
    book.close()
    return out.getvalue()


def write_faults(faults: Sequence[Fault], count: int) -> bytes:
    """错误清单：一行一处；文字按文字写，不会被当成公式。"""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1})
    quoted = book.add_format({"quote_prefix": True})
    sheet = book.add_worksheet("错误清单")
    sheet.freeze_panes(1, 0)
    for index, (label, width) in enumerate(
        (("序号", 8), ("工作表", 16), ("单元格", 14), ("字段", 16), ("问题", 60), ("怎么改", 60))
    ):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, label, head)
    for row, fault in enumerate(faults, 1):
        sheet.write_number(row, 0, row)
        for column, words in enumerate(
            (fault.sheet, fault.cell, fault.field, fault.message, fault.remedy), 1
        ):
            sheet.write_string(row, column, words, quoted if words.startswith(RISKY) else None)
    if count > len(faults):
        sheet.write_string(len(faults) + 1, 1, f"还有 {count - len(faults)} 处没有列出，先改这些再核对")
    book.close()
    return out.getvalue()


def as_text(value: Any) -> str:
    """一格的值作文字读；NUL 这类控制字符去掉，数据库存不下。"""
    text = text_of(value)
    return text.replace("\x00", "") if "\x00" in text else text
