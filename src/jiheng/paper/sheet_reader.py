"""流式读 xlsx 的工作表：只留有值的格，百分数、日期按样式还原成文字，公式另记。

表太大（格、字符串、合并区域过多）抛出 Unreadable；数字存浮点，用时再平写成 Decimal。
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from jiheng.indicator.target import plain
from jiheng.paper.container import Package, Unreadable, parse_xml
from jiheng.paper.grid import Grid, Raw, cell_name, split_name

MAX_STRINGS = 400_000
MAX_MERGES = 20_000


def read_sheets(package: Package, max_cells: int) -> Iterator[Grid]:
    strings = _shared_strings(package)
    formats = _formats(package)
    left = max_cells
    for name, part, visible in package.sheets:
        reader = _SheetReader(Grid(name, visible), strings, formats, left)
        with package.archive.open(part) as stream:
            parse_xml(stream, reader.start, text=reader.text, end=reader.end)  # type: ignore[arg-type]
        left -= reader.count
        yield reader.grid


def _shared_strings(package: Package) -> list[str]:
    part = next((name for name in package.archive.NameToInfo if name.lower() == "xl/sharedstrings.xml"), None)
    strings: list[str] = []
    if part is None:
        return strings
    pieces: list[str] = []
    state = {"in_text": False, "phonetic": False}

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            state["phonetic"] = True
        elif name == "t":
            state["in_text"] = not state["phonetic"]

    def end(name: str) -> None:
        if name == "t":
            state["in_text"] = False
        elif name == "rPh":
            state["phonetic"] = False
        elif name == "si":
            if len(strings) >= MAX_STRINGS:
                raise Unreadable(f"文字超过 {MAX_STRINGS} 条，不像一张表")
            strings.append("".join(pieces))

    def text(data: str) -> None:
        if state["in_text"]:
            pieces.append(data)

    with package.archive.open(part) as stream:
        parse_xml(stream, start, text=text, end=end)  # type: ignore[arg-type]
    return strings


_DATE_FORMATS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}


def _formats(package: Package) -> list[str]:
    """每个样式号是 percent、date 还是普通（空串）。"""
    if not package.has("xl/styles.xml"):
        return []
    custom: dict[int, str] = {}
    formats: list[str] = []
    state = {"in_cells": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            custom[_int(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            state["in_cells"] = True
        elif name == "xf" and state["in_cells"]:
            formats.append(_format(_int(attributes.get("numFmtId")), custom))

    def end(name: str) -> None:
        if name == "cellXfs":
            state["in_cells"] = False

    with package.archive.open("xl/styles.xml") as stream:
        parse_xml(stream, start, end=end)  # type: ignore[arg-type]
    return formats


def _format(number: int, custom: dict[int, str]) -> str:
    if number in (9, 10):
        return "percent"
    if number in custom:
        code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", custom[number])
        if "%" in code:
            return "percent"
        return "date" if re.search(r"[yYdD年]", code) else ""
    return "date" if number in _DATE_FORMATS else ""


def _int(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,9}", text) else 0


# 写成公式的固定值："=100%"、"=512人"（制表程序把 "=" 开头的文字存成了公式）
CONSTANT = re.compile(r"^[+-]?\d+(?:\.\d+)?\s*[^\d\s+\-*/^&()!:$;,'\"<>=|{}\[\]]{0,8}$")
# 文字看上去是公式或命令："=cmd|…"、"@SUM(…"、"=A1+B1"
_FORMULA_TEXT = re.compile(r"^(?:[+\-@]\s*[\d.+\-*/\s]*[A-Za-z]+\s*[(|!]|=\s*[+\-@(\[$'A-Za-z\d])")


def looks_like_formula(text: str) -> bool:
    return bool(_FORMULA_TEXT.match(text)) and not CONSTANT.match(text[1:].strip())


class _SheetReader:
    """读一张工作表的事件处理：只留有值的格。"""

    def __init__(self, grid: Grid, strings: list[str], formats: list[str], left: int) -> None:
        self.grid, self.strings, self.formats, self.left = grid, strings, formats, left
        self.count = 0
        self.row = self.column = 0
        self.type, self.style = "n", 0
        self.pieces: list[str] | None = None
        self.value, self.inline, self.formula = "", "", None  # type: str, str, str | None
        self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.row = _int(attributes.get("r")) or self.row + 1
            self.column = 0
        elif name == "c":
            row, column = split_name(attributes["r"]) if "r" in attributes else (self.row, self.column + 1)
            self.row, self.column = row or self.row, column or self.column + 1
            self.type, self.style = attributes.get("t", "n"), _int(attributes.get("s"))
            self.value, self.inline, self.formula = "", "", None
        elif name == "v" or (name == "t" and not self.phonetic):
            self.pieces = []
        elif name == "f":
            self.formula = ""
            self.pieces = []
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        if self.pieces is not None:
            self.pieces.append(data)

    def end(self, name: str) -> None:
        if name in ("v", "t", "f") and self.pieces is not None:
            joined = "".join(self.pieces)
            if name == "v":
                self.value = joined
            elif name == "t":
                self.inline += joined
            else:
                self.formula = joined
            self.pieces = None
        elif name == "rPh":
            self.phonetic = False
        elif name == "c":
            self._store()

    def _store(self) -> None:
        value = self._value()
        if self.formula is not None:
            body = self.formula.strip()
            if CONSTANT.match(body):
                value = f"={body}"
            elif len(self.grid.formulas) < 200:
                name = cell_name(self.row, self.column)
                self.grid.formulas.append((name, body or "共享公式", value is not None))
        elif isinstance(value, str) and looks_like_formula(value) and len(self.grid.formulas) < 200:
            self.grid.formulas.append((cell_name(self.row, self.column), value.lstrip("="), True))
        if value is None or value == "":
            return
        self.count += 1
        if self.count > self.left:
            raise Unreadable("有值的单元格过多，不像一张表")
        self.grid.cells.setdefault(self.row, {})[self.column] = value

    def _value(self) -> Raw | None:
        kind, value = self.type, self.value
        if kind == "inlineStr":
            return self.inline or None
        if not value:
            return self.inline or None
        if kind == "s":
            index = _int(value)
            return self.strings[index] if index < len(self.strings) else None
        if kind == "b":
            return "是" if value == "1" else "否"
        if kind in ("str", "d", "e"):
            return value
        number = float(value)
        if not math.isfinite(number):
            return None
        style = self.formats[self.style] if self.style < len(self.formats) else ""
        if style == "percent":
            return f"{plain(Decimal(repr(round(number, 12))) * 100)}%"
        if style == "date" and 1 <= number < 2958466:
            return (date(1899, 12, 30) + timedelta(days=int(number))).isoformat()
        return number

    def _merge(self, ref: str) -> None:
        start, _, stop = ref.partition(":")
        (r1, c1), (r2, c2) = split_name(start), split_name(stop or start)
        if not (r1 and c1 and r2 >= r1 and c2 >= c1):
            return
        if len(self.grid.merges) >= MAX_MERGES:
            raise Unreadable("合并单元格过多，不像一张表")
        self.grid.merges.append((r1, c1, r2, c2))
