"""一张工作表的样子：有值的格、合并单元格、单元格名、公式。

只存有值的格，内存不随表的名义大小走；行列从 1 起；不报错，没有的为空。
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from jiheng.indicator.target import plain

MAX_MERGED_CELLS = 400_000
# 表单只看前 64 列、前 3000 个有值的行；再大的不是表单
FORM_COLUMNS = 64
FORM_ROWS = 3000

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
