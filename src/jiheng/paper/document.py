"""写公文：一份内容，出 Word 和 PDF，版式依照 GB/T 9704-2012（norms 11）。

内容是数据：标题、文号、主送、段落、层次、表格、落款。Word 里写明方正小标宋、仿宋_GB2312、黑体、楷体；PDF 用系统里有的
中文字体排，同样的内容每次逐字节相同。没有中文字体时 to_pdf 抛出 NoFont，Word 照常。
"""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from docx import Document as WordFile
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TEMPLATE = Path(__file__).with_name("document.typ")
SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
FONTS = {
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FandolSong", "SimSun", "STSong", "Noto Serif CJK SC", "Source Han Serif SC"),
    "body": ("FangSong_GB2312", "FandolFang R", "FandolFang", "FangSong", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC"),
    "black": ("SimHei", "FandolHei", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Serif CJK SC"),
    "kai": ("KaiTi_GB2312", "FandolKai", "KaiTi", "STKaiti", "LXGW WenKai", "Noto Serif CJK SC", "Source Han Serif SC"),
}  # fmt: skip
"""每一种字依次找哪些；都没有的，用找得到的任何一种中文字体。"""
ANY = ("Noto Serif CJK SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "AR PL UMing CN")


class NoFont(Exception):
    """系统里没有中文字体，排不了 PDF。"""


@dataclass(frozen=True)
class Block:
    """正文的一段：heading（level 1–3）、text 或 table；figures 是数字列的序号，widths 是各列的宽度比例。"""

    kind: str
    text: str = ""
    level: int = 1
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    figures: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Document:
    """一份公文的内容。day 为成文日期；copies 为抄送。"""

    title: str
    blocks: tuple[Block, ...] = field(default=())
    number: str = ""
    receiver: str = ""
    sender: str = ""
    day: datetime.date | None = None
    copies: str = ""


def heading(text: str, level: int = 1) -> Block:
    return Block("heading", text, level)


def text(words: str) -> Block:
    return Block("text", words)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], figures: Iterable[int] = ()) -> Block:
    """一张表；列宽按内容长短分，最宽不超过最窄的六倍。"""
    cells = tuple(tuple(str(cell) for cell in row) for row in rows)
    longest = [max(len(name), *(min(len(row[place]), 30) for row in cells), 4) for place, name in enumerate(head)] if cells else [
        max(len(name), 4) for name in head
    ]  # fmt: skip
    return Block(
        "table", head=tuple(head), rows=cells, figures=tuple(figures), widths=tuple(map(float, longest))
    )


NUMERALS = "一二三四五六七八九十"


def of_sections(title: str, sections: Iterable[Mapping[str, Any]], **given: Any) -> Document:
    """把一份备案材料或通知的各节（title、facts、text、head、rows、figures）排成公文。"""
    blocks: list[Block] = []
    number = 0
    for section in sections:
        name = str(section.get("title", ""))
        if name and name != title:
            number += 1
            numbered = name if name[:1] in NUMERALS and "、" in name[:4] else f"{numeral(number)}、{name}"
            blocks.append(heading(numbered))
        blocks += [
            text(f"{label}：{value}") for label, value in section.get("facts", ()) if str(value).strip()
        ]
        if section.get("head"):
            blocks.append(table(section["head"], section.get("rows", ()), section.get("figures", ())))
        if section.get("text"):
            blocks.append(text(str(section["text"])))
    return Document(title, tuple(blocks), **given)


def numeral(number: int) -> str:
    """1 至 99 的中文数目：一、十、十一、二十三。"""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def day_in_words(day: datetime.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


@cache
def fonts() -> Any:
    """系统里的字体，找一次就记住：每排一份都去找，占一半多的时间。"""
    import typst

    return typst.Fonts()


@cache
def families() -> frozenset[str]:
    """系统里有哪些字体。"""
    return frozenset(fonts().families())


def chosen_fonts() -> dict[str, list[str]]:
    """每一种字用哪些字体，依次替补。抛出 NoFont。"""
    there = families()
    chinese = [name for name in ANY if name in there]
    found = {kind: [name for name in names if name in there] or chinese for kind, names in FONTS.items()}
    if not all(found.values()):
        raise NoFont(
            "系统里没有中文字体，排不了 PDF；请由管理员安装 fonts-noto-cjk（Debian、Ubuntu）或仿宋、黑体等字体，或先下载 Word"
        )
    return found


def to_pdf(document: Document) -> bytes:
    """排成 PDF。没有中文字体时抛出 NoFont。"""
    import typst

    data = {
        "title": document.title, "number": document.number, "receiver": document.receiver,
        "sender": document.sender, "day": day_in_words(document.day), "copies": document.copies,
        "fonts": chosen_fonts(),
        "blocks": [
            {
                "kind": each.kind, "text": each.text, "level": each.level, "head": each.head, "rows": each.rows,
                "figures": each.figures, "widths": each.widths,
            }
            for each in document.blocks
        ],
    }  # fmt: skip
    made = typst.compile(
        str(TEMPLATE),
        format="pdf",
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=0,
    )
    return bytes(made)


def to_word(document: Document) -> bytes:
    """写成 Word（docx），用 Word 和 WPS 打开。"""
    book = WordFile()
    book.core_properties.title = document.title
    book.core_properties.created = book.core_properties.modified = datetime.datetime(2000, 1, 1)  # noqa: DTZ001
    _page(book)
    if document.number:
        _line(book, document.number, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _line(book, document.title, font=SONG, size=22, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _line(book, "", indent=False)
    if document.receiver:
        _line(book, f"{document.receiver}：", indent=False)
    for block in document.blocks:
        if block.kind == "table":
            _table(book, block)
        elif block.kind == "heading":
            _line(book, block.text, font={1: HEI, 2: KAI}.get(block.level, FANG), bold=block.level == 3)
        else:
            for words in block.text.splitlines():
                if words.strip():
                    _line(book, words.strip())
    if document.sender or document.day:
        _line(book, "", indent=False)
        for words in (document.sender, day_in_words(document.day)):
            if words:
                _line(book, words + "　" * 4, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
    if document.copies:
        _line(book, f"抄送：{document.copies}", size=14, indent=False)
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _without_clock(content: bytes) -> bytes:
    """同一份公文写两次一个字节也不差：压缩包里各文件的时间一律不记。"""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name), before.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _page(book: Any) -> None:
    section = book.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    book.settings.odd_and_even_pages_header_footer = True
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):  # fmt: skip
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        for words, code in (("— ", ""), ("", "PAGE"), (" —", "")):
            run = paragraph.add_run(words)
            _dress(run, "宋体", 14)
            if code:
                for kind, content in (("begin", ""), ("", code), ("end", "")):
                    part = OxmlElement("w:instrText" if content else "w:fldChar")
                    if content:
                        part.text = content
                    else:
                        part.set(qn("w:fldCharType"), kind)
                    run._r.append(part)


def _dress(run: Any, font: str, size: float, *, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = font, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _line(
    book: Any, words: str, *, font: str = FANG, size: float = 16, align: Any = None, indent: bool = True, bold: bool = False
) -> None:  # fmt: skip
    paragraph = book.add_paragraph()
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28 if size < 20 else 36)
    layout.space_before = layout.space_after = Pt(0)
    if indent:
        layout.first_line_indent = Pt(size * 2)
    if align is not None:
        paragraph.alignment = align
    _dress(paragraph.add_run(words), font, size, bold=bold)


def _table(book: Any, block: Block) -> None:
    made = book.add_table(rows=1, cols=len(block.head))
    made.style, made.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for place, name in enumerate(block.head):
        _cell(made.rows[0].cells[place], name, HEI, WD_ALIGN_PARAGRAPH.CENTER)
    header = made.rows[0]._tr.get_or_add_trPr()
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    header.append(repeat)
    for row in block.rows:
        cells = made.add_row().cells
        for place, words in enumerate(row):
            align = WD_ALIGN_PARAGRAPH.RIGHT if place in block.figures else WD_ALIGN_PARAGRAPH.LEFT
            _cell(cells[place], words, FANG, align)
    total = sum(block.widths) or 1
    for place, width in enumerate(block.widths):
        for cell in made.columns[place].cells:
            cell.width = Mm(156 * width / total)


def _cell(cell: Any, words: str, font: str, align: Any) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    _dress(paragraph.add_run(words), font, 10.5)
