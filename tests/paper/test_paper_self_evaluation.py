"""Reading self-evaluation forms by their labels: each layout gives the same form as the official one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from openpyxl import Workbook

from jiheng.evaluation.score import score_form
from jiheng.paper.labels import money_field
from jiheng.paper.self_evaluation import read_self_evaluations
from jiheng.paper.workbook import Unreadable
from tests.paper.layouts import (
    COLUMNS,
    as_bytes,
    clean,
    official,
    saved,
    sideways,
    split_columns,
    write_official,
)

D = Decimal


def only(data: bytes):
    (form,) = read_self_evaluations(data)
    return form


def test_official_layout_is_read_whole() -> None:
    form = only(as_bytes(clean()))
    assert (form.kind, form.sheet, form.project) == ("self_evaluation", "自评表", "农村公共厕所建设项目")
    assert (form.department, form.unit) == ("区农业农村局", "区农业技术推广中心")
    budget = form.budget
    assert (budget.initial, budget.full_year, budget.executed) == (D(8500000), D(8400000), D(8400000))
    assert (budget.weight, budget.published_rate, budget.published_score) == (D(10), "100%", D(10))
    assert [(p.name, p.full_year) for p in budget.parts] == [("其中：当年财政拨款", D(8400000))]
    assert (form.goal_expected, form.goal_actual) == (
        "新建农村公厕50座，改善人居环境",
        "已建成50座并投入使用",
    )
    assert len(form.rows) == 6
    second = form.rows[1]
    assert (second.level1, second.level2, second.name) == ("产出指标", "质量指标", "验收合格率")
    assert (second.target, second.actual, second.weight, second.published_score) == (
        "≥95%",
        "96%",
        D(10),
        D(10),
    )
    assert second.cells == {
        "name": "C12", "target": "D12", "actual": "E12", "weight": "F12", "score": "G12", "reason": "H12"
    }  # fmt: skip
    assert (form.published_total, form.published_total_weight, form.where("total")) == (D(100), D(100), "G17")


@pytest.mark.parametrize(
    "data",
    [
        as_bytes(clean()),
        saved(
            official(
                clean(), order=("level1", "level2", "name", "weight", "target", "actual", "reason", "score")
            )
        ),
        saved(
            official(
                clean(), order=("reason", "weight", "level1", "score", "level2", "name", "actual", "target")
            )
        ),
        saved(split_columns(clean())),
        saved(sideways(clean())),
    ],
    ids=["official", "weight first", "all mixed", "split", "sideways"],
)
def test_every_layout_scores_a_hundred_without_a_check(data: bytes) -> None:
    form = only(data)
    scored = score_form(form)
    assert (form.project, form.department, form.unit) == (
        "农村公共厕所建设项目",
        "区农业农村局",
        "区农业技术推广中心",
    )
    assert (form.budget.full_year, form.budget.executed) == (D(8400000), D(8400000))
    assert form.goal_expected == "新建农村公厕50座，改善人居环境"
    assert [row.name for row in form.rows] == [row["name"] for row in clean()["rows"]]
    assert [check.message for check in scored.checks] == []
    assert (scored.total, scored.grade) == (D("100.00"), "优")


def test_split_columns_are_joined_and_levels_carried_down() -> None:
    form = only(saved(split_columns(clean())))
    assert [row.target for row in form.rows] == ["≥50座", "≥95%", "=100%", "≤17万元", "效果明显", "≥90百分比"]
    assert [row.level1 for row in form.rows] == ["产出指标"] * 4 + ["效益指标", "满意度指标"]
    assert form.project_code == "41072124T000000000001"
    assert (form.budget.weight, form.budget.published_rate) == (D(10), "100%")


def test_amounts_in_yuan_and_four_decimals_in_wan() -> None:
    form = clean()
    form["unit_of_money"] = "元"
    assert only(as_bytes(form)).budget.full_year == D(840)
    form = clean()
    form["budget"]["full_year"] = form["budget"]["executed"] = "10,606.7522"
    assert only(as_bytes(form)).budget.full_year == D("106067522")


def test_several_sheets_and_two_forms_on_one_sheet() -> None:
    book = official(clean() | {"sheet": "项目一"})
    second = clean() | {"sheet": "项目二", "project": "村道硬化项目"}
    official(second, book)
    book.create_sheet("说明").append(["本表由财政局印制"])
    below = book.create_sheet("上下两张")
    end = write_official(below, clean() | {"project": "上表"}, 1)
    write_official(below, clean() | {"project": "下表"}, end + 2)
    hidden = official(clean() | {"sheet": "旧表", "project": "去年的"}, book)["旧表"]
    hidden.sheet_state = "hidden"
    forms = read_self_evaluations(saved(book))
    assert [(form.sheet, form.project, len(form.rows)) for form in forms] == [
        ("项目一", "农村公共厕所建设项目", 6), ("项目二", "村道硬化项目", 6), ("上下两张", "上表", 6), ("上下两张", "下表", 6),
    ]  # fmt: skip
    assert [score_form(form).total for form in forms] == [D("100.00")] * 4


def test_zero_total_row_gives_way_to_its_details() -> None:
    form = clean()
    form["budget"] |= {"initial": 0, "full_year": 0, "executed": 0}
    read = only(as_bytes(form))
    assert (read.budget.full_year, read.budget.executed, read.budget.from_parts) == (
        D(8400000),
        D(8400000),
        True,
    )
    assert score_form(read).execution.value == D("10.00")


def test_target_written_as_formula_is_still_a_target() -> None:
    # 制表程序把“=100%”“=0件”存成公式，没有算出的值
    form = clean()
    form["rows"][2] |= {"target": "=100%", "actual": "=100%"}
    book = official(form)
    sheet = book.active
    for name in ("D13", "E13"):
        sheet[name].data_type = "f"
    read = only(saved(book))
    assert (read.rows[2].target, read.rows[2].actual) == ("=100%", "=100%")
    assert score_form(read).checks == ()


def test_percent_cells_keep_their_percent_sign() -> None:
    book = official(clean())
    sheet = book.active
    sheet["E12"], sheet["G6"] = 0.965, 1
    sheet["E12"].number_format = sheet["G6"].number_format = "0.00%"
    read = only(saved(book))
    assert read.rows[1].actual == "96.5%"
    assert read.budget.published_rate == "100%"
    assert score_form(read).checks == ()


def test_weight_column_missing_takes_level_points_and_full_scores() -> None:
    form = clean()
    points = {
        "产出指标": "产出指标（50分）",
        "效益指标": "效益指标(30分)",
        "满意度指标": "满意度指标（１０分）",
    }
    for row in form["rows"]:
        row["level1"], row["weight"] = points[row["level1"]], None
    order = tuple(name for name in COLUMNS if name != "weight")
    book = Workbook()
    write_official(book.active, form | {"total_weight": None}, 1, order=(*order, "weight"))
    book.active.delete_cols(8)
    scored = score_form(only(saved(book)))
    assert scored.weights.total == D(100)
    assert scored.total == D("100.00")
    assert scored.checks == ()


def test_one_score_cell_for_two_indicators_counts_once() -> None:
    form = clean()
    form["rows"][0]["weight"] = form["rows"][0]["score"] = 30
    form["rows"][1]["weight"] = form["rows"][1]["score"] = None
    book = official(form)
    book.active.merge_cells("F11:F12")
    book.active.merge_cells("G11:G12")
    scored = score_form(only(saved(book)))
    assert [row.shares for row in only(saved(book)).rows[:3]] == [2, 0, 1]
    assert (scored.total, [check.code for check in scored.checks]) == (D("100.00"), [])


@pytest.mark.parametrize("label", ["总分", "合计", "总计", "总  分", "自评总分", "总分（100分）"])
def test_total_row_under_any_name(label: str) -> None:
    assert only(as_bytes(clean() | {"total_label": label})).published_total == D(100)


def test_template_rows_and_footers_are_not_indicators() -> None:
    form = clean()
    blank = dict.fromkeys(COLUMNS)
    form["rows"].insert(1, blank | {"level1": "产出指标", "level2": "数量指标", "name": "指标2："})
    form["rows"].insert(2, blank | {"level1": "产出指标", "level2": "数量指标", "name": "……"})
    form["rows"].append(blank | {"level1": "满意度指标", "name": "/"})
    read = only(as_bytes(form))
    assert len(read.rows) == 6
    assert score_form(read).checks == ()


def test_a_workbook_without_a_form_is_refused_in_one_line() -> None:
    book = Workbook()
    book.active.append(["姓名", "工资"])
    with pytest.raises(Unreadable, match="没有找到绩效表"):
        read_self_evaluations(saved(book))


def test_whole_form_is_told_from_a_project_form() -> None:
    form = clean() | {"title": "部门整体支出绩效自评表", "project": "部门整体支出"}
    assert only(as_bytes(form)).kind == "whole"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("得分（10分）", "score"),
        ("实际得分", "score"),
        ("执行率得分", "score"),
        ("预算执行率(%)", "rate"),
        ("满分", "weight"),
        ("标准分值", "weight"),
    ],
)
def test_headings_of_the_money_block_under_any_name(heading: str, field: str) -> None:
    assert money_field(heading) == field
