"""公文：一份内容出 Word 和 PDF；特别的字符照写，同样的内容每次一样，没有字体说得清楚。"""

import datetime
import io

import pytest
from docx import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Pt

from jiheng.paper import document

SECTIONS = [
    {"title": "关于校舍维修评价结果的通知", "facts": [["评价结果", "90.00 分，优"], ["空的", ""]]},
    {"title": "一、发现的问题", "head": ["序号", "问题"], "rows": [[1, "受益人数 #少 $一半$ [见附表] *核实* @他"]], "figures": [0]},
    {"title": "其他要求", "text": "请抓紧整改。\n\n按期报送。"},
]  # fmt: skip
GIVEN = {
    "number": "平财绩〔2026〕8号", "receiver": "教育局", "sender": "平原示范区财政局", "day": datetime.date(2026, 11, 25),
    "copies": "预算科",
}  # fmt: skip


@pytest.fixture
def letter():
    return document.of_sections("关于校舍维修评价结果的通知", SECTIONS, **GIVEN)


def test_sections_become_a_letter(letter):
    assert [block.kind for block in letter.blocks] == ["text", "heading", "table", "heading", "text"]
    assert [block.text for block in letter.blocks if block.kind == "heading"] == [
        "一、发现的问题",
        "二、其他要求",
    ]
    assert letter.blocks[0].text == "评价结果：90.00 分，优"  # what is empty is left out


def test_word_has_the_official_layout(letter):
    book = WordFile(io.BytesIO(document.to_word(letter)))
    lines = [paragraph.text for paragraph in book.paragraphs if paragraph.text.strip()]
    assert lines[:3] == ["平财绩〔2026〕8号", "关于校舍维修评价结果的通知", "教育局："]
    assert "2026年11月25日" in lines[-2] and lines[-1] == "抄送：预算科"
    assert [cell.text for cell in book.tables[0].rows[1].cells] == [
        "1",
        "受益人数 #少 $一半$ [见附表] *核实* @他",
    ]
    section = book.sections[0]
    margins = (section.page_width, section.top_margin, section.left_margin)
    assert [round(each.mm) for each in margins] == [210, 37, 28]
    body = next(paragraph for paragraph in book.paragraphs if paragraph.text == "请抓紧整改。")
    assert body.paragraph_format.line_spacing == Pt(28) and body.runs[0].font.size == Pt(16)
    assert body.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"


def test_the_same_letter_is_the_same_to_the_byte(letter):
    once = document.to_pdf(letter)
    assert once.startswith(b"%PDF-") and once == document.to_pdf(letter)
    assert document.to_word(letter) == document.to_word(letter)
    changed = document.of_sections("关于校舍维修评价结果的通知", SECTIONS[:2], **GIVEN)
    assert document.to_pdf(changed) != once


def test_without_a_chinese_font_it_says_what_to_install(letter, monkeypatch):
    monkeypatch.setattr(document, "families", lambda: frozenset({"DejaVu Sans"}))
    with pytest.raises(document.NoFont, match="fonts-noto-cjk"):
        document.to_pdf(letter)
    assert document.to_word(letter)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九")]
)
def test_numerals(number, words):
    assert document.numeral(number) == words
