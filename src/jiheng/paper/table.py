"""读要导入的表：xlsx、xls、CSV（UTF-8、GB18030）→ 一张张工作表，行是一串值，读一块给一块，十万行也不占多少内存。

xlsx 和 xls 由限了内存的子进程用 calamine 读（table_child）；xlsx 的壳同时在这里检查：加密、宏、DTD、压缩炸弹，
并记下 calamine 不说的两样：哪些格是公式，哪些格显示成百分数。打不开的抛出 Unreadable（一行中文原因）。
"""

from __future__ import annotations

import csv
import io
import marshal
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jiheng.indicator.target import plain
from jiheng.paper.container import Unreadable, kind_of, parse_xml
from jiheng.paper.grid import split_name
from jiheng.paper.sheet_reader import _format, _int

MAX_CELLS = 4_000_000
MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 400
MAX_MARKS = 500
_CHUNK = 1 << 20
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<(?:\w+:)?f\b')
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")

Value = str | float | bool
Row = list[Any]


@dataclass
class Sheet:
    """一张工作表；``rows`` 只能从头读一遍，每项是 (行号, 各格的值)，空白格为 ""。"""

    name: str
    visible: bool
    height: int
    merges: list[tuple[int, int, int, int]]
    rows: Iterator[tuple[int, Row]]
    formulas: set[tuple[int, int]] = field(default_factory=set)
    percents: set[tuple[int, int]] = field(default_factory=set)


def sheets(data: bytes, name: str = "") -> Iterator[Sheet]:
    """文件里的工作表，依次读；CSV 是一张没有名字的表。"""
    if not data:
        raise Unreadable("文件是空的")
    if not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) and name.lower().endswith((".csv", ".txt")):
        yield _csv(data)
        return
    if kind_of(data) == "xls":
        yield from _calamine(data, {})
        return
    yield from _calamine(data, None)


def _calamine(data: bytes, marks: dict[str, Any] | None) -> Iterator[Sheet]:
    """由子进程读；xlsx 的壳在它读的同时检查，没查完之前不给出一行。"""
    if marks is None:
        _sizes(data)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        command = [sys.executable, "-m", "jiheng.paper.table_child", str(MAX_CELLS)]
        child = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, bufsize=_CHUNK)
        assert child.stdout is not None
        try:
            if marks is None:
                marks = _inspect(data)
            yield from _told(child, marks)
        finally:
            child.kill()
            child.stdout.close()
            child.wait()


def _told(child: subprocess.Popen[bytes], marks: dict[str, Any]) -> Iterator[Sheet]:
    """把子进程说的读成工作表。"""
    pipe: Any = child.stdout
    waiting: list[Any] = []

    def take() -> Any:
        if waiting:
            return waiting.pop()
        try:
            return marshal.loads(pipe.read(int.from_bytes(pipe.read(8), "big")))
        except (EOFError, ValueError, TypeError) as broken:
            if child.wait() == 3:
                raise Unreadable(f"表太大：超过 {MAX_CELLS // 10000} 万个单元格，请分几份导入") from broken
            raise Unreadable(
                "文件打不开：损坏、加了密码，或表的范围大得不合理；请在 Excel 中把有用的行列复制到新工作簿再传"
            ) from broken

    def rows() -> Iterator[tuple[int, Row]]:
        while (message := take())[0] == "rows":
            yield from enumerate(message[2], message[1])
        waiting.append(message)

    while (message := take())[0] == "sheet":
        _, name, visible, height, merges = message
        noted = marks.get(name, ({}, {}))
        sheet = Sheet(name, visible, height, [tuple(each) for each in merges], rows(), *map(set, noted))
        yield sheet
        for _ in sheet.rows:  # 没读完的读掉，才到下一张
            pass


def _sizes(data: bytes) -> None:
    """压缩包目录说的大小；不解压。"""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as broken:
        raise Unreadable("文件损坏或没有传完，打不开") from broken
    total = 0
    for entry in archive.infolist():
        if entry.flag_bits & 0x1:
            raise Unreadable("压缩包加了密码，请去掉密码后再传")
        total += entry.file_size
        if total > MAX_UNPACKED or (
            entry.file_size > 1 << 20 and entry.file_size / max(entry.compress_size, 1) > MAX_RATIO
        ):
            raise Unreadable("解压后大得不合理，不收（疑似压缩炸弹）")
    names = set(archive.NameToInfo)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("文件含宏，不收；请另存为不含宏的 xlsx 再传")
    if "xl/workbook.xml" not in names:
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise Unreadable("不是 xlsx 格式（可能是 xlsb 或 ods），请另存为 xlsx 再传")
        raise Unreadable("压缩包里没有工作簿，不是 Excel 文件")


def _inspect(data: bytes) -> dict[str, Any]:
    """逐个部件解一遍：验长度、校验和、DTD；记下各工作表的公式格和百分数格。"""
    from jiheng.paper.container import _list_sheets

    archive = zipfile.ZipFile(io.BytesIO(data))
    marks: dict[str, Any] = {}
    try:
        named = {part: name for name, part, _ in _list_sheets(archive)}
        percent = _percent_styles(archive)
        total = 0
        for entry in archive.infolist():
            is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
            noted: tuple[set[tuple[int, int]], set[tuple[int, int]]] = (set(), set())
            tail = b""
            with archive.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    total += len(chunk)
                    if total > MAX_UNPACKED:
                        raise Unreadable("解压后大得不合理，不收（疑似压缩炸弹）")
                    if not is_xml:
                        continue
                    whole = tail + chunk
                    if _has_dtd(whole):
                        raise Unreadable("文件里有 DTD 或实体定义，不收")
                    if entry.filename in named:
                        _note(whole, percent, *noted)
                    tail = whole[max(whole.rfind(b"<c "), len(whole) - 4096) :]
            if entry.filename in named:
                marks[named[entry.filename]] = noted
    except Unreadable:
        raise
    except Exception as broken:  # zlib、CRC、缺部件等，都是同一句话
        raise Unreadable("文件损坏或没有传完，打不开") from broken
    return marks


def _has_dtd(data: bytes) -> bool:
    if b"<!" in data and _DTD.search(data):
        return True
    return b"\x00" in data[:4096] and _DTD.search(data.replace(b"\x00", b"")) is not None


def _note(
    data: bytes, percent: set[bytes], formulas: set[tuple[int, int]], percents: set[tuple[int, int]]
) -> None:
    """记下这一段里的公式格和百分数格；都有上限，只用来说明和还原。"""
    if (b"<f>" in data or b"<f " in data or b":f" in data) and len(formulas) < MAX_MARKS:
        formulas.update(split_name(found.decode()) for found in _FORMULA.findall(data))
    if percent:
        for attributes in _CELL.findall(data):
            style = re.search(rb'\bs="(\d+)"', attributes)
            if style and style[1] in percent and (name := re.search(rb'\br="([A-Z]+\d+)"', attributes)):
                percents.add(split_name(name[1].decode()))


def _percent_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """显示成百分数的样式号。"""
    if "xl/styles.xml" not in archive.NameToInfo:
        return set()
    custom: dict[int, str] = {}
    found: list[str] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            custom[_int(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            found.append(_format(_int(attributes.get("numFmtId")), custom))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    with archive.open("xl/styles.xml") as stream:
        parse_xml(stream, start, end=end)  # type: ignore[arg-type]
    return {str(index).encode() for index, kind in enumerate(found) if kind == "percent"}


def text_of(value: Any) -> str:
    """一格的文字：数字平写（2026、0.5），不带浮点尾巴和科学计数法；空白为 ""。"""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return plain(Decimal(repr(value)))


def percent_text(value: Any) -> Any:
    """显示成百分数的格，照显示的读：0.95 → 95%。"""
    if isinstance(value, float):
        return f"{plain(Decimal(repr(round(value, 12))) * 100)}%"
    return value


def _csv(data: bytes) -> Sheet:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        raise Unreadable("CSV 的编码是 UTF-16 或不是文字，请用 Excel 另存为“CSV UTF-8”")
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
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    return Sheet("", True, text.count("\n"), [], _csv_rows(text, delimiter))


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    cells = 0
    try:
        while True:
            number = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            cells += len(row)
            if cells > MAX_CELLS:
                raise Unreadable(f"表太大：超过 {MAX_CELLS // 10000} 万个单元格，请分几份导入")
            yield number, row
    except csv.Error as broken:
        raise Unreadable("CSV 结构损坏，请重新导出") from broken
