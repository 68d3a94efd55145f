"""读大表的子进程：参数是工作表格数上限，标准输入是文件内容，标准输出是一串长度加 marshal：表头、行块、结束。

calamine 快，但按表的名义大小占内存（docs/decisions/0007），所以单独一个限了内存和时间的进程，坏文件只坏它自己。
"""

from __future__ import annotations

import io
import marshal
import os
import resource
import sys
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

_MEMORY = 560 * 1024 * 1024
_SECONDS = 60
_BLOCK = 2000


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    left = int(sys.argv[1])
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for index, about in enumerate(book.sheets_metadata):
        if "WorkSheet" not in str(about.typ):
            continue
        sheet = book.get_sheet_by_index(index)
        merges = [[r1 + 1, c1 + 1, r2 + 1, c2 + 1] for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or []]
        _tell(("sheet", about.name, about.visible == SheetVisibleEnum.Visible, sheet.height, merges))
        rows, first = sheet.iter_rows(), 1
        while block := list(islice(rows, _BLOCK)):
            left -= len(block) * len(block[0])
            if left < 0:
                return 3
            try:
                _tell(("rows", first, block))
            except ValueError:  # 有日期
                _tell(("rows", first, [[_plain(value) for value in row] for row in block]))
            first += len(block)
    _tell(("end",))
    sys.stdout.buffer.flush()
    return 0


def _tell(message: tuple[Any, ...]) -> None:
    """长度和内容；marshal 第 2 版不记重复引用，写得快。"""
    data = marshal.dumps(message, 2)
    sys.stdout.buffer.write(len(data).to_bytes(8, "big"))
    sys.stdout.buffer.write(data)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value) if isinstance(value, time | timedelta) else value


if __name__ == "__main__":
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 原因由父进程用一句话说
    try:
        code = main()
    except BaseException:  # calamine 的 panic 不是 Exception
        code = 4
    os._exit(code) if code else sys.exit(0)
