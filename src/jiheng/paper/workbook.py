"""打开工作簿：xlsx、xlsm、xls → 一张张 Grid（值、合并单元格、单元格名、公式）。

先过 container 的检查，再按格流式读；内存随有值的格数走，不随表的名义大小走，恶意文件也在 300 MB 以内。
打不开的抛出 Unreadable（一行中文原因），不会有别的异常。
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from jiheng.indicator.target import plain
from jiheng.paper.container import MAX_FILE, Package, Unreadable, kind_of, open_package, parse_xml

__all__ = ["Grid", "Unreadable", "Workbook", "cell_name", "open_workbook"]

MAX_CELLS = 200_000
MAX_STRINGS = 400_000
MAX_MERGES = 20_000
MAX_MERGED_CELLS = 400_000
# 表单只看前 64 列、前 3000 个有值的行；再大的不是表单
FORM_COLUMNS = 64
FORM_ROWS = 3000
_XLS_SECONDS = 20

Raw = str | float


def column_letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """行列号（从 1 起）→ 单元格名，如 (7, 3) → C7。"""
    return f"{column_letters(column)}{row}"


def split_name(name: str) -> tuple[int, int]:
    """单元格名 → (行, 列)；不合法时为 (0, 0)。"""
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", name)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def number_text(number: float) -> str:
    """数字格的平写："10"、"89.974"；不带浮点尾巴和科学计数法。"""
    return plain(Decimal(repr(number))) if math.isfinite(number) else ""


@dataclass(slots=True)
class Grid:
    """一张工作表：有值的格，按行存放；合并区域里的每一格都读得到左上角的值。"""

    name: str
    visible: bool = True
    cells: dict[int, dict[int, Raw]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    # 不是写死的数的公式：(单元格, 公式, 有没有算出的值)
    formulas: list[tuple[str, str, bool]] = field(default_factory=list)
    _anchors: dict[tuple[int, int], tuple[int, int]] | None = None

    @property
    def row_numbers(self) -> list[int]:
        return sorted(self.cells)

    @property
    def width(self) -> int:
        """用到的列数，表单按前 64 列看。"""
        widest = max((max(row) for row in self.cells.values() if row), default=0)
        return min(widest, FORM_COLUMNS)

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """合并区域的左上角；没有合并就是自己。"""
        if self._anchors is None:
            self._anchors = self._spread()
        return self._anchors.get((row, column), (row, column))

    def raw(self, row: int, column: int) -> Raw | None:
        top, left = self.anchor(row, column)
        return self.cells.get(top, {}).get(left)

    def text(self, row: int, column: int) -> str | None:
        """格里的文字（数字平写，去首尾空格）；空白为 None。"""
        value = self.raw(row, column)
        if value is None:
            return None
        shown = value.strip() if isinstance(value, str) else number_text(value)
        return shown or None

    def is_start(self, row: int, column: int) -> bool:
        """是不是本格自己的值（不是合并区域带过来的）。"""
        return self.anchor(row, column) == (row, column)

    def texts(self, row: int) -> list[tuple[int, str]]:
        """一行里各格的 (列, 文字)，合并区域横向只出现一次。"""
        found: list[tuple[int, str]] = []
        seen: set[tuple[int, int]] = set()
        for column in range(1, self.width + 1):
            start = self.anchor(row, column)
            if start in seen:
                continue
            seen.add(start)
            if text := self.text(row, column):
                found.append((column, text))
        return found

    def own_texts(self) -> Iterator[tuple[int, int, str]]:
        """全表每个有值的格 (行, 列, 文字)，不含合并带过来的。"""
        for row in self.row_numbers:
            for column, value in sorted(self.cells[row].items()):
                shown = value.strip() if isinstance(value, str) else number_text(value)
                if shown:
                    yield row, column, shown

    def span_down(self, row: int, column: int) -> int:
        """这一格的合并区域占几行（从左上角算）；不是合并区域为 1。"""
        top, left = self.anchor(row, column)
        for r1, c1, r2, _ in self.merges:
            if (r1, c1) == (top, left):
                return r2 - r1 + 1
        return 1

    def _spread(self) -> dict[tuple[int, int], tuple[int, int]]:
        anchors: dict[tuple[int, int], tuple[int, int]] = {}
        last_row = max(self.cells, default=0)
        for r1, c1, r2, c2 in self.merges:
            bottom, right = min(r2, last_row), min(c2, FORM_COLUMNS)
            if (bottom - r1 + 1) * (right - c1 + 1) + len(anchors) > MAX_MERGED_CELLS:
                break
            for row in range(r1, bottom + 1):
                for column in range(c1, right + 1):
                    anchors[row, column] = (r1, c1)
        return anchors


@dataclass(frozen=True, slots=True)
class Workbook:
    """一个打开的工作簿。"""

    grids: tuple[Grid, ...]
    external_links: bool = False

    @property
    def visible(self) -> list[Grid]:
        return [grid for grid in self.grids if grid.visible and grid.cells]


def open_workbook(source: str | Path | bytes, *, max_cells: int = MAX_CELLS) -> Workbook:
    """打开一个工作簿（路径或内容）；max_cells 为全簿有值的格数上限。打不开抛出 Unreadable。"""
    data = source if isinstance(source, bytes) else read_bytes(Path(source))
    try:
        if kind_of(data) == "xls":
            book = _open_xls(data, max_cells)
        else:
            package = open_package(data)
            book = Workbook(tuple(_read_sheets(package, max_cells)), package.external_links)
    except Unreadable:
        raise
    except (MemoryError, RecursionError) as broken:
        raise Unreadable("文件过大或结构异常，打不开") from broken
    except (KeyError, ValueError, IndexError, OverflowError, ArithmeticError, OSError) as broken:
        raise Unreadable("文件内容不合规范，打不开") from broken
    if not book.visible:
        raise Unreadable("工作簿里没有内容，是空表")
    return book


def read_bytes(path: Path) -> bytes:
    """读文件；不存在、是目录、过大时抛出 Unreadable。"""
    try:
        if path.is_dir():
            raise Unreadable(f"{path.name} 是文件夹，不是文件")
        if path.stat().st_size > MAX_FILE:
            size = path.stat().st_size / 1048576
            raise Unreadable(f"文件 {size:.1f} MB，超过 {MAX_FILE // 1048576} MB 上限")
        return path.read_bytes()
    except OSError as missing:
        raise Unreadable(f"读不到文件 {path.name}：{missing.strerror or '未知原因'}") from missing


# ---- xlsx ----


def _read_sheets(package: Package, max_cells: int) -> Iterator[Grid]:
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


# ---- xls ----


def _open_xls(data: bytes, max_cells: int) -> Workbook:
    """旧格式交给一个限了内存和时间的子进程读，坏文件只坏子进程。"""
    command = [sys.executable, "-m", "jiheng.paper.xls_child", str(max_cells)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_XLS_SECONDS, check=False)
    except subprocess.TimeoutExpired as slow:
        raise Unreadable("旧格式 xls 文件读得太久，疑似损坏；请另存为 xlsx 再传") from slow
    if done.returncode != 0:
        raise Unreadable("旧格式 xls 文件损坏、加密或过大，打不开；请另存为 xlsx 再传")
    grids = []
    for sheet in json.loads(done.stdout):
        grid = Grid(sheet["name"], sheet["visible"])
        grid.merges = [tuple(merge) for merge in sheet["merges"][:MAX_MERGES]]
        for row, column, value in sheet["cells"]:
            grid.cells.setdefault(row, {})[column] = value
            if isinstance(value, str) and looks_like_formula(value):
                grid.formulas.append((cell_name(row, column), value.lstrip("="), True))
        grids.append(grid)
    return Workbook(tuple(grids))
