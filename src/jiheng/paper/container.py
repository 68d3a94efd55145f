"""文件外壳的检查：先看是不是可以放心打开的 xlsx/xlsm，再交给读表程序。

不解释内容，只看大小、压缩比、加密、宏、外部链接、DTD；有问题抛出 Unreadable，一行中文说明原因。
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_PART = 40 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_RATIO = 400
_CHUNK = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Unreadable(Exception):
    """文件不能当表读；str() 是一行中文原因。"""


@dataclass(frozen=True, slots=True)
class Package:
    """检查过的 xlsx 包：工作表 (名称, 部件路径, 是否可见)，以及共享字符串、样式等部件。"""

    archive: zipfile.ZipFile
    sheets: tuple[tuple[str, str, bool], ...]
    external_links: bool = False
    notes: tuple[str, ...] = field(default=())

    def stream(self, part: str) -> io.BufferedIOBase:
        return self.archive.open(part)  # type: ignore[return-value]

    def has(self, part: str) -> bool:
        return part in self.archive.NameToInfo


def kind_of(data: bytes) -> str:
    """文件种类：xlsx（zip 壳）或 xls（OLE 壳）；其余抛出 Unreadable。"""
    if not data:
        raise Unreadable("文件是空的")
    if len(data) > MAX_FILE:
        raise Unreadable(f"文件 {len(data) / 1048576:.1f} MB，超过 {MAX_FILE // 1048576} MB 上限")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("文件加了打开密码，请去掉密码后再传")
        if "_VBA_PROJECT".encode("utf-16-le") in data:
            raise Unreadable("文件含宏，不收；请另存为不含宏的 xlsx 再传")
        return "xls"
    if data.startswith(b"PK"):
        return "xlsx"
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta")):
        raise Unreadable("文件其实是网页，不是 Excel 工作簿；请用 Excel 打开后另存为 xlsx")
    if head.startswith(b"%pdf"):
        raise Unreadable("文件是 PDF，不是 Excel 工作簿")
    raise Unreadable("文件不是 Excel 工作簿（xlsx、xlsm、xls）")


def open_package(data: bytes) -> Package:
    """检查 xlsx 的壳并列出工作表；不放心的一律抛出 Unreadable。"""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as broken:
        raise Unreadable("文件损坏或没有传完，打不开") from broken
    _check_sizes(archive)
    names = set(archive.NameToInfo)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("文件含宏，不收；请另存为不含宏的 xlsx 再传")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise Unreadable("不是 xlsx 格式（可能是 xlsb 或 ods），请另存为 xlsx 再传")
        raise Unreadable("压缩包里没有工作簿，不是 Excel 文件")
    _check_contents(archive)
    links = any(name.startswith(("xl/externalLinks/", "xl/connections.xml")) for name in names)
    return Package(archive, _list_sheets(archive), links)


def _check_sizes(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(f"压缩包里有 {len(entries)} 个文件，不像工作簿")
    total = 0
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Unreadable("压缩包加了密码，请去掉密码后再传")
        total += entry.file_size
        packed = max(entry.compress_size, 1)
        if entry.file_size > MAX_PART or total > MAX_UNPACKED:
            raise Unreadable(f"解压后超过 {MAX_UNPACKED // 1048576} MB，不收（疑似压缩炸弹）")
        if entry.file_size > 1048576 and entry.file_size / packed > MAX_RATIO:
            raise Unreadable("压缩比异常，不收（疑似压缩炸弹）")


_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)


def _check_contents(archive: zipfile.ZipFile) -> None:
    """逐个部件解一遍（边解边丢）：验长度和校验和，查 DTD、实体、DDE。"""
    total = 0
    for entry in archive.infolist():
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        tail = b""
        try:
            with archive.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    total += len(chunk)
                    if total > MAX_UNPACKED:
                        raise Unreadable(f"解压后超过 {MAX_UNPACKED // 1048576} MB，不收（疑似压缩炸弹）")
                    if is_xml:
                        _check_xml(tail + chunk, entry.filename)
                        tail = chunk[-64:]
        except Unreadable:
            raise
        except Exception as broken:  # zlib、CRC、不支持的压缩方法等，都是同一句话
            raise Unreadable("文件损坏或没有传完，打不开") from broken


def _check_xml(data: bytes, name: str) -> None:
    # UTF-16 的部件去掉 0 字节后一样能认出来
    flat = data.replace(b"\x00", b"")
    if _DTD.search(flat):
        raise Unreadable("文件里有 DTD 或实体定义，不收")
    if name.startswith("xl/externalLinks/") and b"ddeLink" in flat:
        raise Unreadable("文件含 DDE 链接，不收；请断开链接后再传")


def parse_xml(stream: io.BufferedIOBase, handler, *, text=None, end=None) -> None:  # type: ignore[no-untyped-def]
    """流式读一个部件；遇到 DTD 或不合法的 XML 抛出 Unreadable。"""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unreadable("文件里有 DTD 或实体定义，不收")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: handler(name.rpartition(" ")[2], attributes)
    if text is not None:
        parser.CharacterDataHandler = text
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as broken:
        raise Unreadable("文件内容不合规范，打不开") from broken


_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships id"


def _list_sheets(archive: zipfile.ZipFile) -> tuple[tuple[str, str, bool], ...]:
    targets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            path = attributes.get("Target", "")
            full = (
                path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join("xl", path))
            )
            targets[attributes.get("Id", "")] = full

    sheets: list[tuple[str, str, bool]] = []

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            part = targets.get(attributes.get(_RELATION) or attributes.get(_STRICT_RELATION) or "", "")
            if part in archive.NameToInfo:
                sheets.append(
                    (attributes.get("name", ""), part, attributes.get("state", "visible") == "visible")
                )

    try:
        with archive.open("xl/_rels/workbook.xml.rels") as stream:
            parse_xml(stream, relation)  # type: ignore[arg-type]
        with archive.open("xl/workbook.xml") as stream:
            parse_xml(stream, sheet)  # type: ignore[arg-type]
    except KeyError as missing:
        raise Unreadable("工作簿缺少必要的部件，打不开") from missing
    if not sheets:
        raise Unreadable("工作簿里没有工作表")
    return tuple(sheets)
