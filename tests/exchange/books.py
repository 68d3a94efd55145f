"""Small workbooks for the importers: a good one of each kind, and ways to spoil it by one fault."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl

from tests.paper.ole import xls_file

PROJECT_HEADS = (
    "项目代码", "项目名称", "单位编码", "类别", "资金性质", "领域", "项目属性", "起始年度", "结束年度", "项目总额（万元）",
    "2026年金额（万元）", "2027年金额（万元）",
)  # fmt: skip
PROJECT_ROWS = (
    ("41078126T000000000901", "校舍维修", "101001", "项目", "一般公共预算", "", "新增", 2026, 2027, 100, 40, 60),
    ("41078126T000000000902", "教师培训", "101002", "项目", "一般公共预算", "政府购买服务", "延续", 2026, 2026, 30.5, 30.5, ""),
)  # fmt: skip
UNIT_HEADS = ("类别", "编码", "名称", "主管部门编码", "归口科室", "排序")
UNIT_ROWS = (
    ("部门", "201", "水利局", "", "支出管理科", 300),
    ("单位", "201001", "水利局本级", "201", "", 301),
    ("单位", "101009", "第九小学", "教育局", "", 109),
)
INDICATOR_HEADS = (
    "指标编码", "一级指标", "二级指标", "指标名称", "指标性质", "计量单位", "方向", "参考值", "领域", "行业", "取值依据",
)  # fmt: skip
INDICATOR_ROWS = (
    (
        "",
        "产出指标",
        "数量指标",
        "培训教师人数",
        "定量",
        "人",
        "正向",
        "≥200",
        "",
        "教育",
        "财预〔2021〕101号",
    ),
    ("K001", "效益", "社会效益", "政策知晓度", "定性", "", "", "明显提高", "政府购买服务", "", ""),
    ("", "成本指标", "经济成本指标", "人均培训成本", "定量", "元", "反向", 300, "", "教育", ""),
)


@dataclass
class Book:
    """A workbook being spoiled: heads, rows, and what is done to the openpyxl workbook before it is saved."""

    heads: list[Any]
    rows: list[list[Any]]
    sheet: str = "导入"
    also: list[Callable[[openpyxl.Workbook], None]] = field(default_factory=list)

    def set(self, row: int, head: str, value: Any) -> "Book":
        """Changes a cell; ``row`` counts from 0 below the heads, ``head`` is the beginning of its column's head."""
        self.rows[row][next(i for i, each in enumerate(self.heads) if each.startswith(head))] = value
        return self

    def rename(self, head: str, name: Any) -> "Book":
        self.heads[next(i for i, each in enumerate(self.heads) if each.startswith(head))] = name
        return self

    def then(self, change: Callable[[openpyxl.Workbook], None]) -> "Book":
        self.also.append(change)
        return self

    def xlsx(self) -> bytes:
        book = openpyxl.Workbook()
        book.active.title = self.sheet
        for row in [self.heads, *self.rows]:
            book.active.append(["" if cell is None else cell for cell in row])
        for change in self.also:
            change(book)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def csv(self, encoding: str = "utf-8") -> bytes:
        lines = [",".join(str(cell) for cell in row) for row in [self.heads, *self.rows]]
        return "\r\n".join(lines).encode(encoding)

    def xls(self) -> bytes:
        return xls_file(
            [(r, c, cell) for r, row in enumerate([self.heads, *self.rows]) for c, cell in enumerate(row) if cell != ""]
        )  # fmt: skip


def _book(heads: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Book:
    return Book(list(heads), [list(row) for row in rows])


def projects() -> Book:
    return _book(PROJECT_HEADS, PROJECT_ROWS)


def units() -> Book:
    return _book(UNIT_HEADS, UNIT_ROWS)


def indicators() -> Book:
    return _book(INDICATOR_HEADS, INDICATOR_ROWS)


def hide(book: openpyxl.Workbook) -> None:
    """The data's sheet is hidden; another, empty one is seen."""
    book.create_sheet("封面")
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1


def merge(area: str) -> Callable[[openpyxl.Workbook], None]:
    return lambda book: book.worksheets[0].merge_cells(area)


def bomb(data: bytes) -> bytes:
    """The workbook with a part of 60 MB zeros that packs to almost nothing."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * 60_000_000)
    return out.getvalue()


def locked() -> bytes:
    """What Excel saves with an opening password: an OLE file with an encrypted package."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )


def with_macro(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return out.getvalue()


def far_away(data: bytes) -> bytes:
    """The workbook with one cell in the very last corner, so that its nominal size is seventeen thousand million cells."""
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                part = part.replace(b"</sheetData>", last)
            archive.writestr(entry.filename, part)
    return out.getvalue()
