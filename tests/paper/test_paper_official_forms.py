"""What is written can be read back unchanged: goal form, self-evaluation form, execution figures."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from jiheng.evaluation.score import score_form
from jiheng.indicator.checks import goal_checks
from jiheng.indicator.form import Budget, BudgetPart, Form, IndicatorRow
from jiheng.paper.execution_figures import (
    ExecutionFigure,
    parse_date,
    read_execution_figures,
    write_template,
)
from jiheng.paper.goal_form import GoalForm, read_goals, write_goal
from jiheng.paper.self_evaluation import read_self_evaluations
from jiheng.paper.self_evaluation_form import write_self_evaluation
from jiheng.paper.workbook import Unreadable
from tests.paper.layouts import as_bytes, clean, saved

D = Decimal
ROWS = (
    IndicatorRow("产出指标", "数量指标", "新建农村公厕", "≥50座", D(25)),
    IndicatorRow("产出指标", "数量指标", "事故起数", "=0起", D("12.5")),
    IndicatorRow("产出指标", "质量指标", "验收合格率", "≥95%", D("12.5")),
    IndicatorRow("效益指标", "社会效益指标", "人居环境改善", "效果明显", D(30)),
    IndicatorRow("满意度指标", "服务对象满意度指标", "村民满意度", "≥90%", D(10)),
)
GOAL = GoalForm(
    Form(
        kind="goal", sheet="绩效目标申报表", project="=农村公共厕所建设项目", project_code="41072124T000000000001",
        department="区农业农村局", unit="区农业技术推广中心", goal_expected="新建农村公厕50座，改善人居环境", rows=ROWS,
    ),
    attribute="新增", period="2025年1月至2025年12月", total=D("106067522"), fiscal=D("69233552"), other=D("36833970"),
)  # fmt: skip


def bare(row: IndicatorRow) -> IndicatorRow:
    return replace(row, cells={})


def test_a_goal_written_is_read_back_unchanged() -> None:
    (read,) = read_goals(write_goal(GOAL, year=2025))
    wrote = GOAL.form
    for name in ("kind", "sheet", "project", "project_code", "department", "unit", "goal_expected"):
        assert getattr(read.form, name) == getattr(wrote, name)
    assert tuple(bare(row) for row in read.form.rows) == ROWS
    assert (read.attribute, read.period, read.total, read.fiscal, read.other) == (
        GOAL.attribute, GOAL.period, GOAL.total, GOAL.fiscal, GOAL.other,
    )  # fmt: skip
    assert read.form.budget.full_year == GOAL.total
    assert goal_checks(read.form) == []


def test_a_goal_form_with_split_columns_and_unfilled_places() -> None:
    book = Workbook()
    sheet = book.active
    for line in (
        ["项目支出绩效目标申报表"], ["项目名称", "辅警人员经费"], ["主管部门", "公安局", "实施单位", "公安局"],
        ["项目资金（万元）", "年度资金总额", 2565], [None, "其中：财政拨款", "2,565"], ["年度目标", "保障辅警512人的工资和社保"],
        ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位"],
        ["产出指标", "数量指标", "辅警人员", "＝", 512, "人"], [None, "质量指标", "考核合格率", "≥", "**", "%"],
        ["效益指标", "社会效益", "治安", "定性", "好", None],
    ):  # fmt: skip
        sheet.append(line)
    (goal,) = read_goals(saved(book))
    assert (goal.total, goal.fiscal, goal.other) == (D(25650000), D(25650000), None)
    assert [row.target for row in goal.form.rows] == ["=512人", "**", "好"]
    assert [(c.code, c.cell) for c in goal_checks(goal.form)] == [("unfilled", "E9")]


def test_a_goal_left_blank_is_not_read_from_the_label_above_it() -> None:
    form = clean()
    form["goal"] = (None, None)
    goal = read_goals(as_bytes(form))[0]
    assert goal.form.goal_expected is None
    assert [row.name for row in goal.form.rows] == [row["name"] for row in form["rows"]]


def test_a_blank_goal_form_is_unfilled() -> None:
    rows = tuple(IndicatorRow("产出指标", "数量指标", f"指标{i}：") for i in (1, 2))
    (goal,) = read_goals(write_goal(GoalForm(Form(kind="goal", rows=rows))))
    assert [check.code for check in goal_checks(goal.form)] == ["unfilled"]


def prefilled() -> Form:
    return replace(
        GOAL.form, kind="self_evaluation", sheet="自评表", project="农村公共厕所建设项目",
        budget=Budget(D(8500000), D("8400000.5"), D("8399999.99"), parts=(BudgetPart("当年财政拨款", D(8500000), D("8400000.5"), D("8399999.99")),)),
    )  # fmt: skip


def test_a_prefilled_self_evaluation_is_read_back_and_waits_to_be_filled() -> None:
    form = prefilled()
    (read,) = read_self_evaluations(write_self_evaluation(form, year=2025))
    for name in ("kind", "sheet", "project", "project_code", "department", "unit", "goal_expected"):
        assert getattr(read, name) == getattr(form, name)
    assert tuple(bare(row) for row in read.rows) == ROWS
    assert (read.budget.full_year, read.budget.executed, read.budget.weight) == (
        D("8400000.5"),
        D("8399999.99"),
        D(10),
    )
    assert read.published_total_weight == D(100)
    assert [check.code for check in score_form(read).checks] == ["unfilled"]


def test_a_prefilled_self_evaluation_filled_by_hand_scores_clean() -> None:
    book = load_workbook(io.BytesIO(write_self_evaluation(prefilled())))
    sheet = book.active
    header = next(cell.row for cell in sheet["A"] if cell.value == "一级指标")
    filled = [("52座", 25), (0, "12.5"), ("９６％", 12.5), ("达成预期指标", 30), ("91%", 10)]
    for offset, (actual, score) in enumerate(filled, 1):
        sheet.cell(header + offset, 5, actual)
        sheet.cell(header + offset, 7, score)
    sheet["H6"], sheet["G6"] = 10, "100%"
    sheet.cell(header + 6, 7, 100)
    sheet.cell(header - 1, 5, "已建成52座")
    (read,) = read_self_evaluations(saved(book))
    scored = score_form(read)
    assert ([check.message for check in scored.checks], scored.total, scored.grade) == ([], D("100.00"), "优")


def test_the_official_form_prints_on_a4_with_its_heading_repeated() -> None:
    sheet = load_workbook(io.BytesIO(write_self_evaluation(prefilled()))).active
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, 1)
    assert sheet.print_title_rows.replace("$", "") == "10:10"
    assert len(sheet.data_validations.dataValidation) == 6
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


# ---- 执行数 ----

FIGURES = (
    ExecutionFigure(
        "41072124T000000000001", "公厕", D(8500000), D(8400000), D("7000000.12"), date(2025, 7, 31), ""
    ),
    ExecutionFigure("41072124T000000000002", "道路", None, D("336.5"), D(0), date(2025, 7, 31), ""),
)
HEAD = "项目代码,项目名称,年初预算数（万元）,调整后预算数（万元）,支付数（元）,截止日期\n"
GOOD = '41072124T000000000001,公厕,850,"840.0000",7000000.12,2025年7月31日\n'


def test_figures_written_are_read_back() -> None:
    read = read_execution_figures(write_template(FIGURES))
    assert read.errors == ()
    assert tuple(replace(row, place="") for row in read.rows) == FIGURES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_each_encoding_with_units_from_the_headings(encoding: str) -> None:
    read = read_execution_figures(
        ("2025年执行表\n" + HEAD + GOOD + "合计,,,840,7000000.12,\n").encode(encoding)
    )
    assert read.errors == ()
    (row,) = read.rows
    assert (row.initial, row.full_year, row.executed) == (D(8500000), D(8400000), D("7000000.12"))
    assert (row.project_code, row.as_of) == ("41072124T000000000001", date(2025, 7, 31))


def test_nothing_is_taken_while_one_error_stands() -> None:
    bad = "4107,道路,850,很多,,2025-13-01\n"
    read = read_execution_figures((HEAD + GOOD + bad).encode(), name="执行数.csv")
    assert read.rows == ()
    assert [(error.place, error.message) for error in read.errors] == [
        ("执行数.csv第 3 行第 1 列", "项目代码“4107”有 4 位，应为 21 位字母数字"),
        ("执行数.csv第 3 行第 4 列", "调整后（全年）预算数“很多”不是金额"),
        ("执行数.csv第 3 行第 5 列", "支付数（全年执行数）空白"),
        ("执行数.csv第 3 行第 6 列", "截止日期“2025-13-01”读不成日期"),
    ]
    assert all(error.remedy for error in read.errors)


def test_repeats_missing_columns_and_missing_units_are_errors() -> None:
    assert "重复" in read_execution_figures((HEAD + GOOD + GOOD).encode()).errors[0].message
    no_date = HEAD.replace(",截止日期", "") + GOOD
    assert "缺少列：截止日期" in read_execution_figures(no_date.encode()).errors[0].message
    no_unit = HEAD.replace("（元）", "") + GOOD
    assert "没有写金额单位" in read_execution_figures(no_unit.encode()).errors[0].message
    assert "没有一行" in read_execution_figures(HEAD.encode()).errors[0].message


def test_workbook_errors_name_sheet_and_cell() -> None:
    book = Workbook()
    book.active.title = "七月"
    book.active.append(["单位：万元"])
    book.active.append(["项目编码", "项目名称", "全年预算数", "全年执行数", "截止日期"])
    book.active.append(["41072124T000000000001", "公厕", 840, "八百", date(2025, 7, 31)])
    (error,) = read_execution_figures(saved(book)).errors
    assert error.place == "工作表“七月”D3"


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"<html></html>", b"a,b\n1,2\n", "乱".encode("utf-16")])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_execution_figures(data)


def test_dates() -> None:
    day = date(2025, 7, 31)
    assert [
        parse_date(t) for t in ("2025-07-31", "2025/7/31", "2025.7.31", "20250731", "２０２５年7月31日")
    ] == [day] * 5
    assert [parse_date(t) for t in ("2025-02-30", "7月31日", "", None)] == [None] * 4


def test_a_goal_form_given_to_score_is_checked_but_not_scored() -> None:
    (form,) = read_self_evaluations(write_goal(GOAL))
    scored = score_form(form)
    assert (form.kind, scored.total, scored.checks) == ("goal", None, ())
