"""读旧格式 xls 的子进程：标准输入是文件内容，标准输出是 JSON；内存、时间有限，读不了就以非 0 退出。

单独一个进程，因为 calamine 按表的名义大小占内存，恶意文件只能在限额里失败。
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from datetime import date, datetime

_MEMORY = 260 * 1024 * 1024
_SECONDS = 15


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    left = int(sys.argv[1])
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = []
    for index, about in enumerate(book.sheets_metadata):
        sheet = book.get_sheet_by_index(index)
        cells = []
        for row, values in enumerate(sheet.iter_rows(), 1):
            for column, value in enumerate(values, 1):
                if value not in ("", None):
                    cells.append([row, column, _plain(value)])
                    left -= 1
                    if left < 0:
                        return 3
        merges = [[r1 + 1, c1 + 1, r2 + 1, c2 + 1] for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or []]
        sheets.append(
            {
                "name": about.name,
                "visible": about.visible == SheetVisibleEnum.Visible,
                "cells": cells,
                "merges": merges,
            }
        )
    json.dump(sheets, sys.stdout)
    return 0


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return float(value) if isinstance(value, int | float) else str(value)


if __name__ == "__main__":
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 原因由父进程用一句话说
    try:
        code = main()
    except BaseException:  # calamine 的 panic 不是 Exception
        code = 4
    os._exit(code) if code else sys.exit(0)
