"""The official form of a goal: downloaded, filled in with Excel, read back; files that are wrong say how."""

import importlib.util
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from jiheng.goal import drafts, official
from jiheng.goal.models import Goal
from tests.bureau_fixture import make_goal, make_project
from tests.goal.page import form
from tests.rooms import file, words

pytestmark = pytest.mark.article(16)
SHARED = Path(__file__).parents[3] / "shared"


def full(goal_case) -> Goal:
    return Goal.objects.select_related("project", "case").prefetch_related("indicators").get(case=goal_case)


def book_of(goal: Goal):
    return load_workbook(io.BytesIO(official.write(goal)))


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell_with(sheet, text):
    return next(cell for line in sheet.iter_rows() for cell in line if cell.value == text)


def upload(client, case, content, name="申报表.xlsx"):
    return client.post(f"/goal/{case.pk}/upload/", {"form": file(name, content)})


def test_what_is_downloaded_is_read_back_unchanged(as_person, bureau, goal_case):
    goal = full(goal_case)
    goal.fiscal, goal.other = Decimal("1234567.89"), Decimal("0.01")
    goal.text = "完成校舍维修1200平方米，\n改善办学条件。"
    goal.save()
    goal.indicators.filter(order=1).update(
        name="=SUM(A1)也只是名称", target="≥1200.5平方米", weight=Decimal("19.75")
    )
    goal.indicators.filter(order=2).update(weight=Decimal("20.25"))
    client = as_person(bureau.unit)
    response = client.get(f"/goal/{goal_case.pk}/form.xlsx")
    assert response["Content-Disposition"].startswith("attachment")
    typed, notes = official.read(response.content, full(goal_case))
    wrote = drafts.typed_of(full(goal_case))
    assert (typed.rows, typed.faults, notes) == (wrote.rows, {}, [])
    assert typed.money == {"fiscal": Decimal("1234567.89"), "other": Decimal("0.01")}
    assert typed.text == wrote.text


def test_a_filled_form_is_shown_to_be_looked_at_and_saved_only_then(as_person, bureau, goal_case):
    book = book_of(full(goal_case))
    sheet = book.active
    cell_with(sheet, "≥1200平方米").value = "≥1500平方米"
    cell_with(sheet, "完成校舍维修，改善办学条件。").value = "完成校舍维修1500平方米，改善办学条件。"
    client = as_person(bureau.unit)
    response = upload(client, goal_case, saved(book))
    page = response.content.decode()
    assert response.status_code == 200
    assert "已从“申报表.xlsx”读入 5 个指标，还没有保存" in words(response)
    assert 'value="≥1500平方米"' in page and "完成校舍维修1500平方米，改善办学条件。" in page
    assert full(goal_case).indicators.first().target == "≥1200平方米"
    client.post(f"/goal/{goal_case.pk}/edit/", form(target_0="≥1500平方米"))
    assert full(goal_case).indicators.first().target == "≥1500平方米"


def test_a_form_of_another_project_is_read_with_a_warning(as_person, bureau, goal_case):
    other = make_goal(bureau, make_project(bureau, name="食堂改造"))
    response = upload(as_person(bureau.unit), goal_case, official.write(full(other)))
    assert "表内项目名称是“食堂改造”，与本项目不同，请核对是不是拿错了表" in words(response)


def test_of_several_sheets_the_one_of_this_project_is_read(as_person, bureau, goal_case):
    other = make_goal(bureau, make_project(bureau, name="食堂改造"))
    book = book_of(full(other))
    sheet = book.create_sheet("第二张")
    for line in book_of(full(goal_case)).active.iter_rows():
        for cell in line:
            sheet[cell.coordinate] = cell.value
    response = upload(as_person(bureau.unit), goal_case, saved(book))
    said = words(response)
    assert "文件里有 2 张表，读的是工作表“第二张”" in said and "拿错了表" not in said


def test_faults_in_the_file_are_told_at_their_row(as_person, bureau, goal_case):
    book = book_of(full(goal_case))
    cell_with(book.active, "验收合格率").value = "验" * 201
    said = words(upload(as_person(bureau.unit), goal_case, saved(book)))
    assert "第 2 行超过 200 个字" in said


def empty() -> bytes:
    book = Workbook()
    book.active["A1"] = "不是申报表"
    return saved(book)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("坏.xlsx", b"PK\x03\x04 not a package", "“坏.xlsx”读不了："),
        ("空.xlsx", b"", "“空.xlsx”读不了："),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "“图.png”读不了："),
        ("别的.xlsx", empty(), "“别的.xlsx”读不了："),
    ],
)
def test_a_file_that_is_no_form_is_refused_in_words(as_person, bureau, goal_case, name, content, message):
    response = upload(as_person(bureau.unit), goal_case, content, name)
    assert response.status_code == 422 and message in words(response)
    assert len(full(goal_case).indicators.all()) == 5


def test_a_file_over_the_limit_is_refused_by_its_size(as_person, bureau, goal_case, settings):
    content = b"PK\x03\x04" + b"0" * settings.UPLOAD_LIMIT
    response = upload(as_person(bureau.unit), goal_case, content, "大.xlsx")
    assert response.status_code == 422 and "20 MB" in words(response)


def test_no_file_is_asked_for(as_person, bureau, goal_case):
    response = as_person(bureau.unit).post(f"/goal/{goal_case.pk}/upload/")
    assert response.status_code == 422 and "请先选择填好的绩效目标申报表（.xlsx）" in words(response)


def named(case) -> bool:
    rows = case.get("rows", [])
    return bool(rows) and all(row.get("level3") or row.get("indicator") for row in rows)


def published():
    found = []
    for path in sorted((SHARED / "cases").glob("*.json")):
        case = json.loads(path.read_text())
        kind = case.get("kind", "self_evaluation")
        if kind in ("self_evaluation", "goal") and case.get("complete", True) and named(case):
            found.append(path)
    return found


def test_published_forms_are_read_into_the_page(as_person, bureau, goal_case):
    """Each published form, laid out as the official one, gives every indicator it had, by name and in its order."""
    tool = SHARED / "tools" / "case_to_xlsx.py"
    if not tool.exists():
        pytest.skip("公开发布的表不随代码提交，只在有它的机器上核对")
    spec = importlib.util.spec_from_file_location("case_to_xlsx", tool)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    client = as_person(bureau.unit)
    paths = published()
    assert len(paths) >= 5
    for path in paths:
        case = json.loads(path.read_text())
        for row in case["rows"]:
            row.setdefault("level2", "")
            row["level3"] = row.get("level3") or row["indicator"]
        typed, notes = official.read(saved(module.lay_out(case)), full(goal_case))
        written = [drafts.clean(str(row["level3"])).replace(" ", "") for row in case["rows"]]
        names = [name for name in written if name != "/"]
        assert [drafts.clean(row["name"]).replace(" ", "") for row in typed.rows] == names, path.name
        assert notes and "与本项目不同" in notes[0], path.name
        response = upload(client, goal_case, saved(module.lay_out(case)), path.stem + ".xlsx")
        assert f"读入 {len(names)} 个指标" in words(response), path.name
