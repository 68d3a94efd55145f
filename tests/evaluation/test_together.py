"""Article 27: an accountant fills in all self-evaluations of the unit in one workbook, and what the unit told before is
at hand."""

import io

import pytest
from openpyxl import load_workbook

from jiheng.evaluation.models import SelfEvaluation
from tests.bureau_fixture import advance
from tests.monitoring.filling import filled
from tests.rooms import JULY, ask_evaluation, ask_report, file, in_force, load_figures, words

pytestmark = pytest.mark.article(27)
PAGE = "/evaluation/together/"


@pytest.fixture
def two(bureau) -> list[SelfEvaluation]:
    goals = [in_force(bureau), in_force(bureau)]
    for goal in goals:
        load_figures(bureau, goal.project, 950_000)
    return [ask_evaluation(bureau, goal) for goal in goals]


def fill(content: bytes, *, points=("20", "20", "10", "30", "10")) -> bytes:
    """Every sheet filled in as it is asked for."""
    book = load_workbook(io.BytesIO(content))
    for sheet in book:
        cells = {str(cell.value): cell for line in sheet.iter_rows() for cell in line if cell.value}
        head, done, score = cells["三级指标"].row, cells["实际完成值"].column, cells["得分"].column
        score = max(
            c.column
            for line in sheet.iter_rows(min_row=head, max_row=head)
            for c in line
            if c.value == "得分"
        )
        actuals = ("1260平方米", "100%", "96%", "950人", "95%")
        for number, (actual, point) in enumerate(zip(actuals, points, strict=True), head + 1):
            sheet.cell(number, done).value, sheet.cell(number, score).value = actual, point
        target = cells["实际完成情况"]
        sheet.cell(target.row + 1, target.column).value = "完成校舍维修1260平方米，受益学生950人。"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def download(client) -> bytes:
    answer = client.get(f"{PAGE}forms.xlsx")
    return b"".join(answer) if answer.streaming else answer.content


def test_one_workbook_for_all(as_person, bureau, two):
    client = as_person(bureau.unit)
    assert "要填的自评　2 份" in words(client.get(PAGE))
    book = load_workbook(io.BytesIO(download(client)))
    assert book.sheetnames == [each.goal.name for each in two]
    answer = client.post(PAGE, {"form": file("自评.xlsx", fill(download(client)))})
    assert answer.status_code == 302
    for each in two:
        each.refresh_from_db()
        assert (each.form, each.grade, each.rows.first().actual) == ("自评.xlsx", "优", "1260平方米")
        advance(bureau, each.case, ("submit", "unit"))
    assert "没有要填的自评" in words(client.get(PAGE))


def test_one_wrong_sheet_and_nothing_is_saved(as_person, bureau, two):
    client = as_person(bureau.unit)
    book = load_workbook(io.BytesIO(fill(download(client))))
    second = book.worksheets[1]
    cell = next(cell for line in second.iter_rows() for cell in line if cell.value == "验收合格率")
    cell.value = "另一个指标"
    extra = book.copy_worksheet(book.worksheets[0])
    extra.title = "别人的"
    for line in extra.iter_rows():
        for each in line:
            if each.value in (two[0].goal.name, two[0].goal.code):
                each.value = "别的项目"
    out = io.BytesIO()
    book.save(out)
    answer = client.post(PAGE, {"form": file("自评.xlsx", out.getvalue())})
    said = words(answer)
    assert answer.status_code == 422 and "没有保存任何内容" in said
    assert f"{two[1].goal.name}!" in said and "指标“另一个指标”不在已批复的绩效目标里" in said
    assert "别人的：“别的项目”不在您要填的自评里" in said
    for each in two:
        each.refresh_from_db()
        assert (each.form, each.revision, each.total) == ("", 0, None)


@pytest.mark.parametrize("who", ["unit2", "performance", "expenditure"])
def test_others_have_nothing_to_fill_in(as_person, bureau, two, who):
    client = as_person(bureau.people[who])
    assert "没有要填的自评" in words(client.get(PAGE))
    assert client.get(f"{PAGE}forms.xlsx").status_code == 302


@pytest.mark.article(23)
def test_what_the_unit_told_in_monitoring_is_at_hand(as_person, bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 500_000, cutoff=JULY)
    report = ask_report(bureau, goal)
    client = as_person(bureau.unit)
    changed = {
        "likelihood_4": "possible",
        "cause_4": "人员保障",
        "measure_4": "补招教师",
        "forecast_1": "1250平方米",
    }
    client.post(f"/monitoring/{report.case_id}/edit/", filled(report, summary="师资不足", **changed))
    evaluation = ask_evaluation(bureau, goal)
    address = f"/evaluation/{evaluation.case_id}/edit/"
    assert "7月监控" not in words(client.get(address))  # not handed in yet
    advance(bureau, report.case, ("submit", "unit"))
    page = client.get(address)
    said = words(page)
    assert "7月监控预计 1250平方米" in said and "7月监控完成 100%" in said and "监控时写：补招教师" in said
    assert 'value="1250平方米"' in page.content.decode()
