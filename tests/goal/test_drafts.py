"""Writing a goal on its page: what is typed is read kindly, faults name their field, nothing is half-written."""

from decimal import Decimal

import pytest

from jiheng.goal import drafts
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from tests.bureau_fixture import make_goal, make_project
from tests.goal.page import form
from tests.rooms import words

pytestmark = pytest.mark.article(16)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", "100"),
        ("１００．５", "100.5"),
        ("1,234.56", "1234.56"),
        ("１，２３４", "1234"),
        (" 12 345 ", "12345"),
        ("30分", "30"),
        ("120万元", "120"),
        ("0", "0"),
        ("-3", "-3"),
        ("一百", None),
        ("", None),
        ("12a", None),
        ("1.2.3", None),
        ("NaN", None),
        ("Infinity", None),
        ("1_000", None),
        ("≥5", None),
    ],
)
def test_numbers_as_people_type_them(text, value):
    assert drafts.number(text) == (None if value is None else Decimal(value))


def test_full_width_digits_and_thousand_marks_are_kept_as_money_in_yuan(as_person, bureau, goal_case):
    response = as_person(bureau.unit).post(
        f"/goal/{goal_case.pk}/edit/",
        form(fiscal="１，２３４．５６", other="0.000001", weight_0="２０．００"),
    )
    assert response["Location"] == f"/case/{goal_case.pk}/"
    goal = Goal.objects.get(case=goal_case)
    assert (goal.fiscal, goal.other, goal.money) == (
        Decimal("12345600"),
        Decimal("0.01"),
        Decimal("12345600.01"),
    )
    assert goal.indicators.first().weight == Decimal(20)
    assert Case.objects.get(pk=goal_case.pk).amount == Decimal("12345600.01")


FAULTS = [
    ({"fiscal": "一百万"}, "财政拨款“一百万”不是不小于 0 的数，单位是万元"),
    ({"fiscal": "-1"}, "财政拨款“-1”不是不小于 0 的数，单位是万元"),
    ({"other": "NaN"}, "其他资金“NaN”不是不小于 0 的数，单位是万元"),
    ({"fiscal": "1e999999"}, "财政拨款“1e999999”不是不小于 0 的数，单位是万元"),
    ({"fiscal": "100000000000"}, "财政拨款“100000000000”不是不小于 0 的数，单位是万元"),
    ({"other": "0.0000001"}, "其他资金“0.0000001”细到了分以下，请核对单位是不是万元"),
    ({"level1_0": ""}, "第 1 行没有选一级指标"),
    ({"name_1": "  "}, "第 2 行没有写三级指标名称"),
    ({"weight_2": "十分"}, "第 3 行分值“十分”不是 0 至 100 的数（最多两位小数）"),
    ({"weight_2": "-10"}, "第 3 行分值“-10”不是 0 至 100 的数（最多两位小数）"),
    ({"weight_2": "100.01"}, "第 3 行分值“100.01”不是 0 至 100 的数（最多两位小数）"),
    ({"weight_2": "10.005"}, "第 3 行分值“10.005”不是 0 至 100 的数（最多两位小数）"),
    ({"level1_3": "指" * 41}, "第 4 行超过 40 个字"),
    ({"level2_3": "指" * 61}, "第 4 行超过 60 个字"),
    ({"name_4": "满" * 201}, "第 5 行超过 200 个字"),
    ({"target_4": "9" * 501}, "第 5 行超过 500 个字"),
    ({"scheme": "不存在"}, "权重方案不在可选范围内"),
]


def test_one_fault_is_told_at_its_field_and_nothing_is_saved(as_person, bureau, goal_case):
    for changed, message in FAULTS:
        before = drafts.typed_of(Goal.objects.get(case=goal_case))
        typed = form(text="改过的年度目标，不应写入。", **changed)
        response = as_person(bureau.unit).post(f"/goal/{goal_case.pk}/edit/", typed)
        said = words(response)
        assert response.status_code == 422
        assert "有 1 处需要修改" in said and message in said
        assert "改过的年度目标，不应写入。" in said  # what was typed is still there
        goal = Goal.objects.get(case=goal_case)
        assert (drafts.typed_of(goal), goal.revision) == (before, 0)


def test_all_faults_are_told_at_once(as_person, bureau, goal_case):
    typed = form(fiscal="甲", level1_0="", weight_1="乙", name_2="")
    said = words(as_person(bureau.unit).post(f"/goal/{goal_case.pk}/edit/", typed))
    assert "有 4 处需要修改" in said
    for message in ("财政拨款“甲”", "第 1 行没有选一级指标", "第 2 行分值“乙”", "第 3 行没有写三级指标名称"):
        assert message in said


def test_empty_rows_between_others_are_left_out(as_person, bureau, goal_case):
    typed = form()
    for column in drafts.COLUMNS:
        typed[column].insert(2, "产出指标" if column == "level1" else "")
    as_person(bureau.unit).post(f"/goal/{goal_case.pk}/edit/", typed)
    rows = list(Goal.objects.get(case=goal_case).indicators.values_list("order", "name"))
    assert [order for order, _ in rows] == [1, 2, 3, 4, 5]
    assert rows[2][1] == "按期完工率"


@pytest.mark.parametrize("revision", ["", "不是数", "-1"])
def test_a_revision_that_is_none_is_answered_not_broken(as_person, bureau, goal_case, revision):
    response = as_person(bureau.unit).post(f"/goal/{goal_case.pk}/edit/", form(revision=revision))
    assert response.status_code == 422
    assert "这份草稿刚被同单位的人在别处保存过" in words(response)


def test_signs_that_a_database_can_not_keep_are_left_out(as_person, bureau, goal_case):
    typed = form(text="完成校舍\0维修，改善办学条件。", name_0="修缮\0面积", note="无\0")
    response = as_person(bureau.unit).post(f"/goal/{goal_case.pk}/edit/", typed)
    assert response.status_code == 302
    goal = Goal.objects.get(case=goal_case)
    assert (goal.text, goal.note) == ("完成校舍维修，改善办学条件。", "无")
    assert goal.indicators.first().name == "修缮面积"


def test_the_second_of_two_who_save_is_told_and_keeps_what_was_typed(as_person, bureau, goal_case):
    client = as_person(bureau.unit)
    first = client.post(f"/goal/{goal_case.pk}/edit/", form(text="先保存的人写的年度目标。"))
    second = client.post(f"/goal/{goal_case.pk}/edit/", form(text="后保存的人写的年度目标。"))
    assert (first.status_code, second.status_code) == (302, 422)
    assert "这份草稿刚被同单位的人在别处保存过" in words(second) and "后保存的人写的年度目标。" in words(
        second
    )
    assert Goal.objects.get(case=goal_case).text == "先保存的人写的年度目标。"


def test_saving_with_an_old_revision_raises_overtaken(bureau, goal_case):
    typed = drafts.typed_of(Goal.objects.get(case=goal_case))
    typed.money = {"fiscal": Decimal(1000000)}
    drafts.save(goal_case, typed, by=bureau.unit, revision=0)
    with pytest.raises(door.Overtaken):
        drafts.save(goal_case, typed, by=bureau.unit, revision=0)
    assert Goal.objects.get(case=goal_case).revision == 1


def test_keeping_a_draft_stays_on_the_page(as_person, bureau, goal_case):
    client = as_person(bureau.unit)
    response = client.post(f"/goal/{goal_case.pk}/edit/", form(stay="1", weight_0="5"))
    assert response["Location"] == f"/goal/{goal_case.pk}/edit/"
    assert "草稿已保存" in words(client.get(response["Location"]))
    assert Act.objects.filter(case=goal_case).count() == 1  # saving is no act: submitting keeps the record


def test_checks_now_say_what_stands_on_the_page_without_saving(as_person, bureau, goal_case):
    client = as_person(bureau.unit)
    said = words(client.post(f"/goal/{goal_case.pk}/check/", form(weight_0="15", text="改")))
    assert "须改正" in said and "95" in said
    assert "先改正标出的 1 处" in words(client.post(f"/goal/{goal_case.pk}/check/", form(weight_0="甲")))
    assert "先改正标出的 1 处" in words(client.post(f"/goal/{goal_case.pk}/check/", form(scheme="不存在")))
    assert Goal.objects.get(case=goal_case).text == "完成校舍维修，改善办学条件。"


def test_last_years_goal_is_copied_into_the_page_and_saved_only_then(as_person, bureau):
    project = make_project(bureau)
    before = make_goal(bureau, project, year=2025).goal
    before.indicators.filter(order=1).update(target="≥800平方米")
    begun = drafts.begin(project, 2026, by=bureau.unit)
    client = as_person(bureau.unit)
    assert "带入2025年的目标" in words(client.get(f"/goal/{begun.case_id}/edit/"))
    response = client.get(f"/goal/{begun.case_id}/edit/?copy=1")
    assert "已带入 2025 年的目标，保存后生效" in words(response)
    assert 'value="≥800平方米"' in response.content.decode()
    assert not begun.indicators.exists()
    copied = drafts.typed_of(before)
    rows = {column: [row[column] for row in copied.rows] for column in drafts.COLUMNS}
    client.post(f"/goal/{begun.case_id}/edit/", form(**rows, revision="0"))
    begun = Goal.objects.get(pk=begun.pk)
    assert drafts.typed_of(begun) == copied


def test_a_goal_is_begun_once_for_a_project_and_year(as_person, bureau):
    from django.utils import timezone

    year = timezone.localdate().year
    project = make_project(bureau)
    project.first_year, project.last_year = year, year
    project.save()
    foreign = make_project(bureau, "unit2")
    client = as_person(bureau.unit)
    page = client.get("/goal/new/").content.decode()
    assert project.code in page and foreign.code not in page
    begun = client.post("/goal/new/", {"project": f"{project.pk}:{year}"})
    goal = Goal.objects.get()
    assert begun["Location"] == f"/goal/{goal.case_id}/edit/"
    for choice in (f"{project.pk}:{year}", f"{foreign.pk}:{year}", f"{project.pk}:{year + 1}", "", "甲:乙"):
        again = client.post("/goal/new/", {"project": choice})
        assert again.status_code == 422 and "请选择要编报绩效目标的项目和年度" in words(again)
    assert Goal.objects.count() == 1


def test_who_is_no_unit_is_told_who_writes_goals(as_person, bureau):
    said = words(as_person(bureau.expenditure).get("/goal/new/"))
    assert "绩效目标由单位编报" in said and "您现在的岗位不在单位" in said
