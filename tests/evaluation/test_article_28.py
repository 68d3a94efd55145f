"""Article 28: the performance office asks for self-evaluations; units answer with the official form in Excel."""

import importlib.util
import io
import json
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from jiheng.evaluation.models import Row, SelfEvaluation
from jiheng.evaluation.score import score_form
from jiheng.goal.models import Indicator
from jiheng.indicator.weights import choose_scheme
from jiheng.paper.self_evaluation import read_self_evaluations
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import GOAL_PATH, INDICATORS, advance, make_goal, make_project
from tests.evaluation.filled import DONE, Sheet, upload
from tests.rooms import ask_evaluation, file, in_force, load_figures, words

pytestmark = pytest.mark.article(28)
ROUND = "/evaluation/round/"
NAMES = [row[2] for row in INDICATORS]
POINTS = (20, 20, 10, 30, 10)
SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def goal(bureau):
    return in_force(bureau)


@pytest.fixture
def evaluation(bureau, goal):
    load_figures(bureau, goal.project, 950_000)
    return ask_evaluation(bureau, goal)


def downloaded(client, evaluation) -> Sheet:
    response = client.get(f"/evaluation/{evaluation.case_id}/form.xlsx")
    assert response["Content-Disposition"].startswith("attachment")
    return Sheet(response.content)


@pytest.fixture
def sheet(as_person, bureau, evaluation):
    """The downloaded form, filled in with every target met."""
    sheet = downloaded(as_person(bureau.unit), evaluation)
    sheet.fill(NAMES, DONE, POINTS)
    return sheet


@pytest.mark.article(5)
def test_a_round_asks_goals_in_force_of_a_year_once(as_person, bureau, goal):
    not_yet = advance(bureau, make_goal(bureau), *GOAL_PATH.passed).goal
    client = as_person(bureau.performance)
    page = client.get(f"{ROUND}?year=2026").content.decode()
    assert str(goal.pk) in page and str(not_yet.pk) not in page
    asked = client.post(ROUND, {"year": "2026", "goal": [goal.pk, not_yet.pk]})
    assert asked.status_code == 302
    evaluation = SelfEvaluation.objects.get()
    assert (evaluation.goal_id, evaluation.case.state, evaluation.execution_weight) == (goal.pk, "draft", 10)
    rows = [(r.level1, r.level2, r.name, r.target, int(r.weight)) for r in Row.objects.all()]
    assert tuple(rows) == INDICATORS
    assert [task.organization.name for task in Task.objects.filter(case=evaluation.case)] == ["第一小学"]
    again = client.post(ROUND, {"year": "2026", "goal": [goal.pk]})
    assert again.status_code == 422 and "请至少选择一个目标" in words(again)
    assert SelfEvaluation.objects.count() == 1


def test_only_the_performance_office_asks(as_person, bureau, goal):
    for person in ("budget", "treasury", "expenditure", "leadership", "department", "unit"):
        response = as_person(bureau.people[person]).post(ROUND, {"year": "2026", "goal": [goal.pk]})
        said = words(response)
        assert response.status_code == 409 and "布置单位自评由预算绩效管理科办理" in said and "第28条" in said
        assert not SelfEvaluation.objects.exists()


def test_a_year_that_is_none_is_this_year(as_person, bureau, goal):
    for year in ("", "甲", "1999", "99999", "-2026"):
        assert as_person(bureau.performance).get(f"{ROUND}?year={year}").status_code == 200


def test_the_form_is_handed_out_with_all_the_system_knows(evaluation, sheet):
    (form,) = read_self_evaluations(sheet.bytes())
    assert (form.project, form.project_code) == (evaluation.case.title, evaluation.case.code)
    assert (form.budget.full_year, form.budget.executed) == (Decimal(1_000_000), Decimal(950_000))
    assert [(row.name, row.target, row.weight) for row in form.rows] == [
        (name, target, Decimal(weight)) for _, _, name, target, weight in INDICATORS
    ]


def test_a_filled_form_is_read_scored_and_kept_as_it_was(as_person, bureau, evaluation, sheet):
    client = as_person(bureau.unit)
    sheet.cell("修缮校舍面积", "实际完成值").value = "900平方米"
    sheet.cell("修缮校舍面积", "得分").value = 15
    sheet.cell("修缮校舍面积", "偏差原因分析及改进措施").value = "雨季停工，明年补足"
    content = sheet.bytes()
    response = upload(client, evaluation, content)
    assert response["Location"] == f"/case/{evaluation.case_id}/"
    said = words(client.get(response["Location"]))
    assert "已读入“自评表.xlsx”并按规则重新计分" in said and "雨季停工，明年补足" in said
    evaluation.refresh_from_db()
    assert (evaluation.total, evaluation.grade, evaluation.checks) == (Decimal("94.5"), "优", [])
    assert list(evaluation.rows.values_list("claimed", flat=True)) == [15, 20, 10, 30, 10]
    assert client.get(f"/evaluation/{evaluation.case_id}/uploaded/").content == content
    advance(bureau, evaluation.case, ("submit", "unit"))
    assert evaluation.case.acts.get(step="submit").record["form"] == ["自评表.xlsx", evaluation.form_sha256]


def faults_of(client, evaluation, content, name="自评表.xlsx"):
    response = upload(client, evaluation, content, name)
    assert response.status_code == 422
    evaluation.refresh_from_db()
    assert (evaluation.total, evaluation.form, evaluation.revision) == (None, "", 0)
    assert set(evaluation.rows.values_list("actual", flat=True)) == {""}
    return words(response)


def test_an_indicator_missing_is_told(as_person, bureau, evaluation, sheet):
    sheet.sheet.unmerge_cells(
        str(next(m for m in sheet.sheet.merged_cells.ranges if m.min_col == 1 and m.min_row > sheet.head))
    )
    sheet.sheet.delete_rows(sheet.find("验收合格率").row)
    said = faults_of(as_person(bureau.unit), evaluation, sheet.bytes())
    assert "有 1 处与已批复的绩效目标对不上，没有保存任何内容" in said
    assert "缺少已批复的指标“验收合格率”（第 2 行），请补上" in said


def test_an_indicator_renamed_is_one_extra_and_one_missing(as_person, bureau, evaluation, sheet):
    cell = sheet.find("按期完工率")
    cell.value = "开工率"
    said = faults_of(as_person(bureau.unit), evaluation, sheet.bytes())
    assert f"!{cell.coordinate}：指标“开工率”不在已批复的绩效目标里，请删去或改回批复的名称" in said
    assert "缺少已批复的指标“按期完工率”（第 3 行），请补上" in said


def test_another_projects_form_is_refused(as_person, bureau, evaluation):
    other = in_force(bureau, make_project(bureau, name="食堂改造"))
    client = as_person(bureau.unit)
    sheet = downloaded(client, ask_evaluation(bureau, other))
    said = faults_of(client, evaluation, sheet.bytes())
    assert f"文件里没有“{evaluation.case.title}”的自评表，只有“食堂改造”" in said


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [("得分", 123456, "得分“123456”不是得分，请核对"), ("得分", 99999.5, "得分“99999.5”不是得分，请核对")],
)
def test_points_that_can_not_be_points_are_told(as_person, bureau, evaluation, sheet, cell, value, said):
    sheet.cell("验收合格率", cell).value = value
    assert said in faults_of(as_person(bureau.unit), evaluation, sheet.bytes())


def linked(content: bytes) -> bytes:
    """The same workbook with a link to another file in it, as Excel writes one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr(
            "xl/externalLinks/externalLink1.xml",
            '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        )
    return out.getvalue()


def test_a_workbook_linked_to_another_file_is_refused(as_person, bureau, evaluation, sheet):
    said = faults_of(as_person(bureau.unit), evaluation, linked(sheet.bytes()))
    assert "外部" in said and "有 1 处" in said


def test_a_file_that_is_no_form_is_refused_in_words(as_person, bureau, evaluation):
    client = as_person(bureau.unit)
    for name, content in (
        ("坏.xlsx", b"PK\x03\x04 not a package"),
        ("空.xlsx", b""),
        ("照片.jpg", b"\xff\xd8\xff\xe0" + b"0" * 64),
    ):
        assert f"“{name}”读不了：" in faults_of(client, evaluation, content, name)


def test_a_goal_form_is_not_taken_for_a_self_evaluation(as_person, bureau, evaluation, goal):
    client = as_person(bureau.unit)
    content = client.get(f"/goal/{goal.case_id}/form.xlsx").content
    assert "文件里只有目标申报表，没有自评表" in faults_of(client, evaluation, content)


def test_over_twenty_megabytes_is_refused(as_person, bureau, evaluation):
    content = b"PK\x03\x04" + b"0" * (20 * 1024 * 1024)
    assert "“大.xlsx”超过 20 MB，请核对文件" in faults_of(
        as_person(bureau.unit), evaluation, content, "大.xlsx"
    )


def test_no_file_is_asked_for(as_person, bureau, evaluation):
    response = as_person(bureau.unit).post(f"/evaluation/{evaluation.case_id}/upload/")
    assert response.status_code == 422 and "请先选择填好的自评表（.xlsx）" in words(response)


@pytest.mark.parametrize(
    ("target", "actual"),
    [("≤1200平方米", "1260平方米"), ("≥120.0平方米", "1260平方米"), ("≥1000平方米", "1260平方米")],
)
def test_a_changed_target_is_noted_and_the_approved_one_counts(
    as_person, bureau, evaluation, sheet, target, actual
):
    cell = sheet.cell("修缮校舍面积", "年度指标值")
    cell.value = target
    client = as_person(bureau.unit)
    upload(client, evaluation, sheet.bytes())
    said = words(client.get(f"/case/{evaluation.case_id}/"))
    assert f"!{cell.coordinate}：指标值“{target}”与批复的“≥1200平方米”不同，按批复的计分" in said
    row = evaluation.rows.get(order=1)
    assert (row.target, row.score) == ("≥1200平方米", 20)


def test_a_target_written_in_full_width_signs_is_the_same(as_person, bureau, evaluation, sheet):
    sheet.cell("修缮校舍面积", "年度指标值").value = "≥ １２００ 平方米"
    client = as_person(bureau.unit)
    upload(client, evaluation, sheet.bytes())
    assert "不同" not in words(client.get(f"/case/{evaluation.case_id}/"))


def test_changed_weight_and_money_are_noted_and_the_systems_count(as_person, bureau, evaluation, sheet):
    sheet.cell("验收合格率", "分值").value = 25
    sheet.find(95).value = 100
    client = as_person(bureau.unit)
    upload(client, evaluation, sheet.bytes())
    said = words(client.get(f"/case/{evaluation.case_id}/"))
    assert "分值 25 与批复的 20.00 不同，按批复的计分" in said
    assert "全年执行数 1,000,000.00 元与一体化系统的 950,000.00 元不同，按系统的计分" in said
    evaluation.refresh_from_db()
    assert (evaluation.executed, evaluation.execution_score) == (950_000, Decimal("9.5"))


def test_two_forms_before_any_figures_are_both_taken_at_their_word(as_person, bureau, goal):
    evaluation = ask_evaluation(bureau, goal)
    client = as_person(bureau.unit)
    for executed in (90, 80):
        sheet = downloaded(client, evaluation)
        sheet.fill(NAMES, DONE, POINTS)
        row = sheet.find("年度资金总额").row
        for column, amount in ((3, 100), (4, 100), (5, executed)):
            sheet.sheet.cell(row, column).value = amount
        upload(client, evaluation, sheet.bytes())
        said = words(client.get(f"/case/{evaluation.case_id}/"))
        assert "系统里还没有本项目的全年执行数，暂按表内数计分" in said and "按系统的计分" not in said
        evaluation.refresh_from_db()
        assert evaluation.executed == executed * 10_000


def test_two_indicators_of_one_name_are_told_apart(as_person, bureau, goal):
    goal.indicators.filter(order=3).update(name="验收合格率", target="≥95%")
    load_figures(bureau, goal.project, 950_000)
    evaluation = ask_evaluation(bureau, goal)
    client = as_person(bureau.unit)
    sheet = downloaded(client, evaluation)
    first = sheet.find("验收合格率").row
    sheet.fill(
        [name for name in NAMES if name not in ("验收合格率", "按期完工率")],
        ("1260平方米", "950人", "95%"),
        (20, 30, 10),
    )
    for row, actual, points in ((first, "100%", 20), (first + 1, "96%", 10)):
        sheet.sheet.cell(row, sheet.columns["实际完成值"]).value = actual
        sheet.sheet.cell(row, sheet.columns["得分"]).value = points
    assert upload(client, evaluation, sheet.bytes()).status_code == 302
    assert list(evaluation.rows.values_list("actual", flat=True)) == [
        "1260平方米",
        "100%",
        "96%",
        "950人",
        "95%",
    ]


def test_a_formula_in_the_form_is_warned_of(as_person, bureau, evaluation, sheet):
    sheet.cell("师生满意度", "得分").value = "=5+5"
    client = as_person(bureau.unit)
    upload(client, evaluation, sheet.bytes())
    evaluation.refresh_from_db()
    assert "formula-cell" in [check["code"] for check in evaluation.checks]
    assert "公式" in words(client.get(f"/case/{evaluation.case_id}/"))


def test_an_upload_is_refused_when_it_is_not_the_units_turn(as_person, bureau, evaluation, sheet):
    client = as_person(bureau.unit)
    upload(client, evaluation, sheet.bytes())
    advance(bureau, evaluation.case, ("submit", "unit"))
    response = upload(client, evaluation, sheet.bytes(), "再传.xlsx")
    said = words(response)
    assert response.status_code == 409 and "现在是“待部门确认”，内容不能修改" in said and "第27条" in said
    evaluation.refresh_from_db()
    assert evaluation.form == "自评表.xlsx"
    assert (
        as_person(bureau.unit2)
        .post(f"/evaluation/{evaluation.case_id}/upload/", {"form": file("a", b"b")})
        .status_code
        == 404
    )


def published():
    """Complete published self-evaluations, as (path, case)."""
    for path in sorted((SHARED / "cases").glob("*.json")):
        case = json.loads(path.read_text())
        if case.get("kind", "self_evaluation") == "self_evaluation" and case.get("complete", True):
            yield path, case


def test_published_forms_score_in_the_room_as_on_the_command_line(as_person, bureau, tmp_path):
    tool = SHARED / "tools" / "case_to_xlsx.py"
    if not tool.exists():
        pytest.skip("公开发布的表不随代码提交，只在有它的机器上核对")
    spec = importlib.util.spec_from_file_location("case_to_xlsx", tool)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    compared = 0
    for path, case in published():
        module.lay_out(case).save(tmp_path / "form.xlsx")
        content = (tmp_path / "form.xlsx").read_bytes()
        (form,) = read_self_evaluations(content)
        if form.budget.weight != 10 or not all(row.name and row.weight is not None for row in form.rows):
            continue  # no goal can be approved that leaves a name or a weight open
        scheme = choose_scheme(form, form.budget.weight).key
        alone = score_form(form, scheme=scheme)
        goal = in_force(bureau, make_project(bureau, name=form.project))
        goal.indicators.all().delete()
        Indicator.objects.bulk_create(
            Indicator(
                zone=goal.zone, goal=goal, order=order, level1=row.level1, level2=row.level2, name=row.name,
                target=row.target or "", weight=row.weight,
            )
            for order, row in enumerate(form.rows, 1)
        )  # fmt: skip
        goal.scheme, goal.text = scheme, form.goal_expected or ""
        goal.save()
        load_figures(bureau, goal.project, form.budget.executed, full_year=form.budget.full_year)
        evaluation = ask_evaluation(bureau, goal)
        response = upload(as_person(bureau.unit), evaluation, content)
        assert response.status_code == 302, (path.name, words(response))
        evaluation.refresh_from_db()
        assert (evaluation.total, evaluation.grade or None) == (alone.total, alone.grade), path.name
        assert [row.score for row in evaluation.rows.all()] == [row.score for row in alone.rows], path.name
        assert Counter((c["code"], c["level"]) for c in evaluation.checks) == Counter(
            (c.code, c.level) for c in alone.checks
        ), path.name
        compared += 1
    assert compared >= 3
    assert not Case.objects.filter(procedure="evaluation").exclude(state="draft").exists()
