"""Article 23: double monitoring. Execution comes from the integrated system, each indicator says how it stands."""

from decimal import Decimal

import pytest

from jiheng.monitoring.models import Report
from jiheng.procedure import door
from tests.bureau_fixture import advance
from tests.monitoring.filling import filled
from tests.rooms import JULY, MILLION, ask_report, in_force, load_figures, words

pytestmark = pytest.mark.article(23)


@pytest.fixture
def goal(bureau):
    return in_force(bureau)


@pytest.fixture
def report(bureau, goal):
    """A report up to the end of July, with half of the money paid."""
    load_figures(bureau, goal.project, 500_000, cutoff=JULY)
    return ask_report(bureau, goal)


def save(client, report, **changed):
    report.refresh_from_db()
    return client.post(f"/monitoring/{report.case_id}/edit/", filled(report, **changed))


def reasons(report, person):
    return door.may("monitoring.submit", report.case, person).reasons


def test_every_missing_cell_is_told_at_once(bureau, report):
    told = reasons(report, bureau.unit)
    assert len(told) == 10
    texts = [reason.text for reason in told]
    for order, name in enumerate(
        ("修缮校舍面积", "验收合格率", "按期完工率", "受益学生人数", "师生满意度"), 1
    ):
        assert f"第 {order} 行“{name}”没有填截止日完成值" in texts
        assert f"第 {order} 行“{name}”没有选完成目标可能性" in texts
    assert {reason.article for reason in told} == {23}
    assert len({reason.field for reason in told}) == 10


@pytest.mark.parametrize("likelihood", ["possible", "impossible"])
@pytest.mark.parametrize(
    ("cause", "measure"), [("", ""), ("经费保障", ""), ("", "加快进度"), ("经费保障", "  ")]
)
def test_who_sees_a_deviation_coming_says_cause_and_measure(
    as_person, bureau, report, likelihood, cause, measure
):
    save(
        as_person(bureau.unit),
        report,
        likelihood_2=likelihood,
        cause_2=cause,
        measure_2=measure,
        summary="有偏差",
    )
    (reason,) = reasons(report, bureau.unit)
    assert reason.text == "第 2 行“验收合格率”预计有偏差，须选原因并写措施"


def test_lights_are_shown_with_their_working(as_person, bureau, report):
    client = as_person(bureau.unit)
    save(
        client, report, likelihood_4="possible", cause_4="人员保障", measure_4="补招教师", summary="师资不足"
    )
    report.refresh_from_db()
    assert (report.execution_light, report.goal_light, report.light) == ("green", "yellow", "yellow")
    lights = list(report.rows.values_list("light", flat=True))
    assert lights == ["green", "green", "green", "yellow", "green"]
    said = words(client.get(f"/case/{report.case_id}/"))
    assert "执行率 50.00% ÷ 时间进度 58.33% ＝ 85.71%；≥80.00% 绿，≥60.00% 黄，其余红 → 绿灯" in said
    assert "完成目标可能性：有可能 → 黄灯" in said


@pytest.mark.parametrize(
    ("paid", "light"),
    [("466666.67", "green"), ("466666.66", "yellow"), ("350000", "yellow"), ("349999.99", "red")],
)
def test_the_execution_light_at_the_end_of_july_changes_exactly_at_its_bounds(
    as_person, bureau, goal, paid, light
):
    """Time progress 7/12: green from 46.666…%, yellow from 35%."""
    load_figures(bureau, goal.project, paid, cutoff=JULY)
    report = ask_report(bureau, goal)
    save(as_person(bureau.unit), report)
    report.refresh_from_db()
    assert (report.execution_light, report.goal_light, report.light) == (light, "green", light)


def test_without_execution_figures_there_is_no_submitting(as_person, bureau, goal):
    report = ask_report(bureau, goal)
    save(as_person(bureau.unit), report)
    (reason,) = reasons(report, bureau.unit)
    assert (reason.text, reason.article) == ("还没有截止日的执行数", 23)
    assert "请国库科载入执行数" in reason.next
    load_figures(bureau, goal.project, 500_000, cutoff=JULY)
    advance(bureau, report.case, ("submit", "unit"))
    report.refresh_from_db()
    assert (report.full_year, report.paid, report.execution_light) == (1_000_000, 500_000, "green")


def test_a_report_does_not_go_out_with_figures_that_were_withdrawn_or_replaced(as_person, bureau, goal):
    wrong = load_figures(bureau, goal.project, 900_000, cutoff=JULY)
    report = ask_report(bureau, goal)
    client = as_person(bureau.unit)
    save(client, report)
    assert reasons(report, bureau.unit) == []
    load_figures(bureau, goal.project, 200_000, cutoff=JULY)
    door.perform("execution.withdraw", wrong, by=bureau.treasury, opinion="导错了")
    (reason,) = reasons(report, bureau.unit)
    assert reason.text == "亮了黄灯或红灯，须写存在的问题和措施"
    save(client, report, summary="资金支付滞后，已催办。")
    advance(bureau, report.case, ("submit", "unit"))
    report.refresh_from_db()
    assert (report.paid, report.light) == (Decimal(200_000), "red")


def test_figures_after_the_cut_off_day_do_not_count(bureau, goal):
    load_figures(bureau, goal.project, 900_000)  # up to the year's end
    report = ask_report(bureau, goal)
    assert (report.full_year, report.paid) == (None, None)


@pytest.mark.parametrize(
    ("actual", "light", "working"),
    [
        ("560平方米", "green", "完成比例 46.67% ÷ 时间进度 58.33% ＝ 80.00%"),
        ("559平方米", "yellow", "完成比例 46.58% ÷ 时间进度 58.33% ＝ 79.86%"),
        ("400平方米", "red", "完成比例 33.33% ÷ 时间进度 58.33% ＝ 57.14%"),
        ("正在施工", "", "没有可比的完成值，不亮灯"),
        ("5间", "", "没有可比的完成值，不亮灯"),
    ],
)
def test_before_a_likelihood_is_stated_a_value_is_held_against_time(
    as_person, bureau, report, actual, light, working
):
    client = as_person(bureau.unit)
    save(client, report, actual_1=actual, likelihood_1="", stay="1")
    assert report.rows.get(indicator__order=1).light == light
    assert working in client.get(f"/monitoring/{report.case_id}/edit/").content.decode()


FAULTS = [
    ({"forecast": "一百"}, "全年预计执行数“一百”不是不小于 0 的数，单位是万元"),
    ({"forecast": "-1"}, "全年预计执行数“-1”不是不小于 0 的数，单位是万元"),
    ({"forecast": "1e30"}, "全年预计执行数“1e30”不是不小于 0 的数，单位是万元"),
    ({"actual_1": "9" * 501}, "第 1 行超过 500 个字"),
    ({"forecast_2": "9" * 501}, "第 2 行超过 500 个字"),
    ({"likelihood_3": "maybe"}, "第 3 行的可能性不在可选范围内"),
    ({"cause_4": "天气"}, "第 4 行的原因不在可选范围内"),
    ({"revision": "七"}, "这份草稿刚被同单位的人在别处保存过"),
]


def test_one_fault_is_told_and_nothing_is_saved(as_person, bureau, report):
    for changed, message in FAULTS:
        response = save(as_person(bureau.unit), report, **({"summary": "不应写入"} | changed))
        said = words(response)
        assert response.status_code == 422 and "有 1 处需要修改" in said and message in said
        assert "不应写入" in said
        report.refresh_from_db()
        assert (report.summary, report.revision) == ("", 0)
        assert set(report.rows.values_list("actual", flat=True)) == {""}


def test_a_forecast_is_typed_in_ten_thousand_and_kept_in_yuan(as_person, bureau, report):
    save(as_person(bureau.unit), report, forecast="９８．７６", stay="1")
    report.refresh_from_db()
    assert (report.forecast, report.full_year) == (Decimal("987600"), MILLION)


def test_signs_that_a_database_can_not_keep_are_left_out(as_person, bureau, report):
    response = save(as_person(bureau.unit), report, summary="有\0偏差", actual_1="85\0平方米")
    assert response.status_code == 302
    report.refresh_from_db()
    assert (report.summary, report.rows.first().actual) == ("有偏差", "85平方米")


def test_the_second_of_two_who_save_is_told(as_person, bureau, report):
    client = as_person(bureau.unit)
    typed = filled(report, summary="先保存的")
    assert client.post(f"/monitoring/{report.case_id}/edit/", typed).status_code == 302
    second = client.post(f"/monitoring/{report.case_id}/edit/", typed | {"summary": "后保存的"})
    assert second.status_code == 422 and "以免互相覆盖" in words(second) and "后保存的" in words(second)
    assert Report.objects.get().summary == "先保存的"
