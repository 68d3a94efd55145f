"""The whole goal of a department or unit: its tasks with their money, its official form both ways (art. 16)."""

import importlib.util
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from jiheng.goal import drafts, official
from jiheng.goal.models import Goal
from jiheng.procedure import door
from tests.bureau_fixture import INDICATORS, advance, make_project, make_whole_goal
from tests.rooms import file, words

pytestmark = pytest.mark.article(16)
SHARED = Path(__file__).parents[3] / "shared"
CASES = ("51_", "54_", "70_", "71_", "74_", "75_", "76_", "78_")


def full(case) -> Goal:
    goals = Goal.objects.select_related("project", "organization", "case")
    return goals.prefetch_related("indicators", "tasks").get(case=case)


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_is_downloaded_is_read_back_unchanged(as_person, bureau):
    case = make_whole_goal(bureau)
    goal = full(case)
    goal.tasks.filter(order=1).update(
        name="=SUM(A1)也只是名称", content="第一行\n第二行", fiscal=Decimal("200000.01")
    )
    Goal.objects.filter(pk=goal.pk).update(fiscal=Decimal("1200000.01"))
    response = as_person(bureau.department).get(f"/goal/{case.pk}/form.xlsx")
    typed, notes = official.read(response.content, full(case))
    wrote = drafts.typed_of(full(case))
    assert (typed.rows, typed.tasks, typed.text, typed.faults, notes) == (
        wrote.rows,
        wrote.tasks,
        wrote.text,
        {},
        [],
    )
    assert typed.money == {"fiscal": Decimal("1200000.01"), "other": Decimal("50000")}
    assert typed.task_money == [(Decimal("200000.01"), Decimal("50000")), (Decimal("1000000"), Decimal("0"))]


def test_another_layout_is_read_by_its_labels(bureau):
    """Shifted, columns in another order, amounts in 元, one line of heads, a placeholder line, no total line."""
    book = Workbook()
    for row in (
        [],
        ["", "某县部门整体支出绩效目标表"],
        ["", "预算部门", "教育局"],
        ["", "主要内容", "任务名称", "其他资金", "财政拨款", "金额（元）"],
        ["", "两所学校", "学校运转", "0", "200,000.00", "200000"],
        ["", "", "……", "", "", ""],
        ["", "教学楼", "校舍维修", 50000, 1000000.5, 1050000.5],
        ["", "年度总体目标", "保障运转，完成校舍维修"],
        ["", "一级指标", "二级指标", "三级指标", "指标值", "权重"],
        ["", "产出指标", "数量指标", "维修栋数", "≥2栋", 90],
    ):
        book.active.append(row)
    typed, notes = official.read(saved(book), full(make_whole_goal(bureau)))
    assert (typed.faults, notes) == ({}, [])
    assert [(task["task"], task["content"]) for task in typed.tasks] == [
        ("学校运转", "两所学校"),
        ("校舍维修", "教学楼"),
    ]
    assert typed.task_money == [(Decimal("200000"), Decimal(0)), (Decimal("1000000.5"), Decimal("50000"))]
    assert (typed.text, [row["name"] for row in typed.rows]) == ("保障运转，完成校舍维修", ["维修栋数"])


def test_a_department_writes_and_submits_its_own_straight_to_the_expenditure_office(as_person, bureau):
    client = as_person(bureau.department)
    page = client.get("/goal/whole/new/").content.decode()
    key = next(part.split('"')[0] for part in page.split('name="whole" value="')[1:])
    begun = client.post("/goal/whole/new/", {"whole": key})
    goal = Goal.objects.get()
    assert begun["Location"] == f"/goal/{goal.case_id}/edit/" and goal.kind == "department_whole"
    assert "教育局整体支出" in words(client.get(begun["Location"]))
    columns = {key: [str(row[place]) for row in INDICATORS] for place, key in enumerate(drafts.COLUMNS)}
    given = {
        "fiscal": "120", "other": "", "text": "保障学校运转，完成校舍维修。", "scheme": "standard", "note": "",
        "revision": "0", "task": ["学校运转", ""], "content": ["两所学校", ""], "task_fiscal": ["１１0", ""],
        "task_other": ["", ""], **columns,
    }  # fmt: skip
    client.post(f"/goal/{goal.case_id}/edit/", given)
    with pytest.raises(door.Refusal, match=r"各任务财政拨款之和 110.00 万元，与总额 120.00 万元不符"):
        advance(bureau, goal.case, ("submit", "department"))
    client.post(f"/goal/{goal.case_id}/edit/", given | {"task_fiscal": ["120", ""], "revision": "1"})
    advance(bureau, goal.case, ("submit", "department"))
    assert goal.case.state == "confirmed"
    assert [task.organization.name for task in goal.case.tasks.select_related("organization")] == [
        "支出管理科"
    ]
    assert client.get("/goal/whole/new/").status_code == 200


def test_a_unit_writes_its_whole_goal_and_the_department_confirms_it(as_person, bureau):
    case = make_whole_goal(bureau, "unit")
    assert (case.procedure, case.goal.kind) == ("goal", "unit_whole")
    advance(bureau, case, ("submit", "unit"), ("confirm", "department"))
    assert "学校运转" in words(as_person(bureau.expenditure).get(f"/case/{case.pk}/"))


def test_a_form_of_another_department_is_read_with_a_warning(as_person, bureau):
    mine, other = make_whole_goal(bureau), make_whole_goal(bureau, "department2")
    content = official.write(full(other))
    response = as_person(bureau.department).post(
        f"/goal/{mine.pk}/upload/", {"form": file("表.xlsx", content)}
    )
    assert "表内部门（单位）名称是“农业农村局”，与教育局不同" in words(response)
    assert "学校运转" in response.content.decode()


def test_a_total_that_does_not_add_up_and_an_amount_that_is_none_are_told_at_their_row(bureau):
    case = make_whole_goal(bureau)
    book = load_workbook(io.BytesIO(official.write(full(case))))
    book.active["E6"], book.active["F7"] = 99, "一百万"
    typed, notes = official.read(saved(book), full(case))
    assert notes == [
        "第 6 行“学校运转”的总额与财政拨款、其他资金之和不符，请核对。",
        "第 7 行金额“一百万”不是数，没有读入。",
        "第 7 行“校舍维修”的总额与财政拨款、其他资金之和不符，请核对。",
    ]
    assert typed.task_money[1] == (Decimal(0), Decimal(0))


@pytest.fixture
def lay_out():
    tool = SHARED / "tools" / "case_to_xlsx.py"
    if not tool.exists():
        pytest.skip("公开发布的表不随代码提交，只在有它的机器上核对")
    spec = importlib.util.spec_from_file_location("case_to_xlsx", tool)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lay_out


@pytest.mark.parametrize("start", CASES)
def test_a_published_form_is_read_saved_written_and_read_again_the_same(bureau, lay_out, start):
    (path,) = (SHARED / "cases").glob(f"{start}*.json")
    case = json.loads(path.read_text())
    whole = case["kind"] == "whole" or case["project"].startswith("部门整体")
    goal = (
        drafts.begin_whole(bureau.organizations["department"], 2026, by=bureau.department)
        if whole
        else drafts.begin(make_project(bureau), 2026, by=bureau.unit)
    )
    typed, _ = official.read(saved(lay_out(case)), goal)
    assert len(typed.rows) == len(case["rows"]) and not typed.faults
    drafts.write(goal, typed)
    again, _ = official.read(official.write(full(goal.case)), full(goal.case))
    kept = drafts.typed_of(full(goal.case))
    assert (again.rows, again.text, again.money, again.tasks) == (
        kept.rows,
        typed.text,
        typed.money,
        typed.tasks,
    )
