"""Loading the full text: what it copes with, what it refuses, and that it is all or nothing. Texts are made up."""

import datetime
import io
from pathlib import Path

import docx
import pytest

from jiheng.regulation import loading
from jiheng.regulation.articles import ARTICLES, CHAPTERS
from jiheng.regulation.models import ArticleText, Edition

SHARED = Path(__file__).parents[3] / "shared" / "regulation"
DIGITS = "零一二三四五六七八九"


def spoken(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else DIGITS[tens])
        + ("十" if tens else "")
        + (DIGITS[ones] if ones or not tens else "")
    )


def lines(*, without=(), **changed) -> list[str]:
    """A made-up regulation of 43 articles; ``a18=[…]`` sets the lines of one article."""
    made = ["某某区财政局试验规程", ""]
    for chapter in CHAPTERS:
        made.append(f"第{spoken(chapter.number)}章 {chapter.title}")
        for number in range(chapter.first, chapter.last + 1):
            if number not in without:
                made += changed.get(f"a{number}", [f"第{spoken(number)}条 这是第{number}条的话。"])
    return made


def faults(made: list[str]) -> list[str]:
    with pytest.raises(loading.RegulationError) as refused:
        loading.read(made)
    head, *listed = str(refused.value).split("\n")
    assert head == f"规程全文有 {len(listed)} 处需要核对："
    return listed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1),
        ("十", 10),
        ("十八", 18),
        ("二十", 20),
        ("四十三", 43),
        ("18", 18),
        ("４３", 43),
        ("一百零二", 102),
        ("二〇", 20),
    ],
)
def test_numbers_in_words_and_figures(text, number):
    assert loading.number_of(text) == number


def test_every_number_up_to_99_reads_back():
    assert [loading.number_of(spoken(n)) for n in range(1, 100)] == list(range(1, 100))


def test_a_clean_text_gives_every_article_once():
    reading = loading.read(lines())
    assert reading.articles == {n: [f"这是第{n}条的话。"] for n in range(1, 44)}
    assert (reading.title, reading.day) == ("某某区财政局试验规程", None)


def test_sentences_broken_over_lines_and_pages_are_joined():
    made = lines(a18=["第十八条 甲科、乙管", "", "- 7 -", "理科负责审核。", "", "乙科再审。"])
    assert loading.read(made).articles[18] == ["甲科、乙管理科负责审核。", "乙科再审。"]


def test_an_article_that_stands_on_two_lines_with_its_number_alone():
    assert loading.read(lines(a18=["第十八条", "甲科审核。"])).articles[18] == ["甲科审核。"]


def test_items_of_a_list_are_paragraphs_of_their_own():
    made = lines(a18=["第十八条 审核下列各项：", "（一）完整；", "（二）规范。"])
    assert loading.read(made).articles[18] == ["审核下列各项：", "（一）完整；", "（二）规范。"]


def test_a_reference_that_a_line_break_put_first_begins_no_article():
    made = lines(a18=["第十八条 按照本规程", "第十九条的要求审核。"])
    assert loading.read(made).articles[18] == ["按照本规程第十九条的要求审核。"]


def test_an_article_glued_behind_the_one_before_stands_on_its_own():
    made = lines(without=[19], a18=["第十八条 甲科审核。第十九条 乙科批复。"])
    reading = loading.read(made)
    assert (reading.articles[18], reading.articles[19]) == (["甲科审核。"], ["乙科批复。"])


def test_no_space_behind_the_number_is_no_hindrance():
    made = [line.replace("条 ", "条") for line in lines()]
    assert loading.read(made).articles[43] == ["这是第43条的话。"]


def test_a_title_page_that_repeats_the_first_chapters_head_is_passed_over():
    assert len(loading.read(["某规程", "第一章  总 则", "", *lines()]).articles) == 43


def test_full_width_spaces_and_figures():
    made = [line.replace("第十八条 ", "　　第１８条　") for line in lines()]
    assert loading.read(made).articles[18] == ["这是第18条的话。"]


def test_a_missing_article_is_named_with_its_place():
    assert faults(lines(without=[18])) == ["第17条（第 23 行）之后：缺第18条“目标两级审核与重点审核”"]


def test_a_doubled_article_is_named_with_both_lines():
    assert faults(lines(a18=["第十八条 甲。", "第十八条 乙。"])) == ["第 25 行：第18条重复，第 24 行已有"]


def test_all_faults_are_told_at_once():
    listed = faults(lines(without=[5, 43], a18=["第十八条 甲。", "第十八条 乙。"]))
    assert [fault.rpartition("：")[2][:4] for fault in listed] == ["第18条", "缺第5条", "缺第43"]


def test_an_empty_article_is_a_fault():
    assert faults(lines(a18=["第十八条 "])) == ["第 24 行：第18条只有条号，没有内容"]


def test_articles_out_of_order_are_a_fault():
    made = lines()
    made[23], made[24] = made[24], made[23]
    assert faults(made) == ["第 24 行：第19条排在第18条（第 25 行）之前"]


def test_an_article_in_another_chapter_is_a_fault():
    made = lines(without=[16], a15=["第十五条 甲。", "第十六条 乙。"])
    assert faults(made) == ["第 21 行：第16条应在第四章 绩效目标管理，文件里在第3章"]


def test_one_article_too_many_is_a_fault():
    assert faults([*lines(), "第四十四条 多出来的。"]) == ["第 55 行：多出第44条，本系统按 43 条编写"]


def test_another_text_altogether():
    assert faults(["通知", "请于月底前报送。"]) == ["没有找到“第一条”这样的条文。请确认选的是规程全文"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "不是 txt 或 docx 文件"),
        ("a.txt", b"\xff\xfe\xff\xff\xff", "文字编码不是 UTF-8 或 GB18030"),
        ("a.docx", b"PK\x03\x04 not a zip", "打不开这个 docx"),
        ("a.txt", b"x" * (loading.LIMIT + 1), "文件超过 5 兆"),
    ],
)
def test_files_that_are_not_readable_are_refused_with_what_to_do(name, data, said):
    with pytest.raises(loading.RegulationError, match=said):
        loading.lines_of(name, data)


def test_gb18030_and_docx_read_like_utf8(tmp_path):
    text = "\n".join(lines())
    word = docx.Document()
    for line in lines():
        word.add_paragraph(line)
    body = io.BytesIO()
    word.save(body)
    read = [
        loading.read(loading.lines_of("a.txt", text.encode("utf-8-sig"))).articles,
        loading.read(loading.lines_of("a.txt", text.encode("gb18030"))).articles,
        loading.read(loading.lines_of("a.docx", body.getvalue())).articles,
    ]
    assert read == [loading.read(lines()).articles] * 3


@pytest.fixture
def file(tmp_path):
    def write(made: list[str], name: str = "规程.txt") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(made))
        return path

    return write


@pytest.mark.article(43)
def test_the_day_of_issue_in_the_file_is_the_day_of_effect(bureau, file):
    loaded = loading.load(bureau.zone, file([*lines(), "某某区财政局", "2021年3月5日"]))
    assert (loaded.edition.effective, loaded.edition.basis) == (datetime.date(2021, 3, 5), "文件所载印发日期")
    assert loaded.edition.articles.get(number=43).paragraphs[0] == "这是第43条的话。"


@pytest.mark.article(43)
def test_without_a_day_the_bureaus_first_profile_gives_it_and_the_edition_says_so(bureau, file):
    edition = loading.load(bureau.zone, file(lines())).edition
    assert (edition.effective, edition.basis) == (
        bureau.profile.effective,
        "文件里没有印发日期，暂按本局最早的局情配置",
    )


def test_loading_the_same_file_again_changes_nothing(bureau, file):
    first = loading.load(bureau.zone, file(lines()))
    again = loading.load(bureau.zone, file(lines()))
    assert (first.new, again.new, first.edition.pk) == (True, False, again.edition.pk)
    assert (Edition.objects.count(), ArticleText.objects.count()) == (1, 43)


def test_a_wrong_day_is_corrected_only_when_asked(bureau, file):
    edition = loading.load(bureau.zone, file(lines())).edition
    day = datetime.date(2020, 9, 1)
    with pytest.raises(loading.RegulationError, match="已按 2024-01-01 起生效载入"):
        loading.load(bureau.zone, file(lines()), effective=day)
    loading.correct_day(edition, day)
    assert Edition.objects.get().effective == day


def test_a_faulty_file_leaves_nothing_behind(bureau, file):
    with pytest.raises(loading.RegulationError):
        loading.load(bureau.zone, file(lines(without=[43])))
    assert (Edition.objects.count(), ArticleText.objects.count()) == (0, 0)


@pytest.mark.article(43)
def test_each_day_has_the_edition_in_force_on_it(bureau, file):
    old = loading.load(bureau.zone, file(lines()), effective=datetime.date(2021, 1, 1)).edition
    new = loading.load(
        bureau.zone, file(lines(a18=["第十八条 改过。"])), effective=datetime.date(2025, 7, 1)
    ).edition
    days = [datetime.date(2020, 12, 31), datetime.date(2025, 6, 30), datetime.date(2025, 7, 1)]
    assert [loading.in_force(bureau.zone.pk, day) for day in days] == [None, old, new]


def test_a_corrected_text_of_the_same_day_is_its_next_version(bureau, file):
    day = datetime.date(2021, 1, 1)
    loading.load(bureau.zone, file(lines()), effective=day)
    second = loading.load(bureau.zone, file(lines(a1=["第一条 改过。"])), effective=day).edition
    assert (second.version, loading.in_force(bureau.zone.pk, day)) == (2, second)


@pytest.mark.article(1)
def test_the_real_regulation():
    found = sorted(SHARED.glob("*.txt"))
    if not found:
        pytest.skip("规程全文不随代码提交，只在有它的机器上核对")
    reading = loading.read(loading.lines_of(found[0].name, found[0].read_bytes()))
    assert sorted(reading.articles) == [each.number for each in ARTICLES]
    counted = {number: len(paragraphs) for number, paragraphs in reading.articles.items()}
    several = {n: k for n, k in counted.items() if k > 1}
    assert several == {8: 2, 11: 2, 14: 2, 16: 2, 18: 2, 20: 2, 21: 2, 22: 3, 24: 2, 32: 2, 37: 3}
    assert all(text.endswith("。") for paragraphs in reading.articles.values() for text in paragraphs)
