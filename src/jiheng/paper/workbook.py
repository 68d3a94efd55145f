"""打开工作簿：xlsx、xlsm、xls → 一张张 Grid（值、合并单元格、单元格名、公式）。

先过 container 的检查，再按格流式读；内存随有值的格数走，不随表的名义大小走，恶意文件也在 300 MB 以内。
打不开的抛出 Unreadable（一行中文原因），不会有别的异常。
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from jiheng.paper.container import MAX_FILE, Unreadable, kind_of, open_package
from jiheng.paper.grid import FORM_COLUMNS, FORM_ROWS, Grid, cell_name, number_text
from jiheng.paper.sheet_reader import MAX_MERGES, looks_like_formula, read_sheets

__all__ = [
    "FORM_COLUMNS", "FORM_ROWS", "Grid", "Unreadable", "Workbook", "cell_name", "number_text", "open_workbook",
    "read_bytes",
]  # fmt: skip

MAX_CELLS = 200_000
_XLS_SECONDS = 20


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
            book = Workbook(tuple(read_sheets(package, max_cells)), package.external_links)
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
