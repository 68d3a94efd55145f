"""Article 24: the performance office asks, units report, departments confirm, the expenditure office accepts."""

import pytest

from jiheng.monitoring import reporting
from jiheng.monitoring.models import Report, Row
from jiheng.procedure import chain, door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import GOAL_PATH, advance, make_goal
from tests.monitoring.filling import filled
from tests.rooms import JULY, MILLION, ask_report, in_force, load_figures, words

pytestmark = pytest.mark.article(24)
ROUND = "/monitoring/round/"


@pytest.fixture
def goal(bureau):
    return in_force(bureau)


def ask(client, *goals, cutoff="2026-07-31"):
    return client.post(ROUND, {"cutoff": cutoff, "goal": [goal.pk for goal in goals]})


@pytest.mark.article(5)
def test_a_round_asks_for_goals_in_force_only(as_person, bureau, goal):
    not_yet = advance(bureau, make_goal(bureau), *GOAL_PATH.passed).goal
    last_year = make_goal(bureau, year=2025).goal
    client = as_person(bureau.performance)
    page = client.get(f"{ROUND}?cutoff=2026-07-31").content.decode()
    assert str(goal.pk) in page and str(not_yet.pk) not in page and str(last_year.pk) not in page
    assert ask(client, goal, not_yet, last_year).status_code == 302
    report = Report.objects.get()
    assert (report.goal_id, report.cutoff, report.case.state) == (goal.pk, JULY, "draft")
    assert (report.case.title, report.case.code, report.case.unit) == (
        goal.project.name,
        goal.project.code,
        bureau.organizations["unit"],
    )
    assert [task.organization.name for task in Task.objects.filter(case=report.case)] == ["第一小学"]


def test_a_report_is_asked_for_once_for_each_cut_off_day(as_person, bureau, goal):
    client = as_person(bureau.performance)
    ask(client, goal)
    again = ask(client, goal)
    assert again.status_code == 422 and "请至少选择一个目标" in words(again)
    (whole,) = reporting.to_monitor(bureau.zone, 2026, JULY)
    assert whole.name == "教育局整体支出"
    ask(client, whole)
    assert "没有要布置的目标" in words(client.get(f"{ROUND}?cutoff=2026-07-31"))
    assert ask(client, goal, cutoff="2026-09-30").status_code == 302
    assert sorted(str(report.cutoff) for report in Report.objects.all()) == [
        "2026-07-31",
        "2026-07-31",
        "2026-09-30",
    ]


def test_a_report_comes_with_what_the_system_knows(as_person, bureau, goal):
    load_figures(bureau, goal.project, 500_000, cutoff=JULY)
    ask(as_person(bureau.performance), goal)
    report = Report.objects.get()
    assert (report.full_year, report.paid) == (MILLION, 500_000)
    rows = Row.objects.filter(report=report)
    assert [row.indicator_id for row in rows] == [each.pk for each in goal.indicators.all()]
    page = as_person(bureau.unit).get(f"/monitoring/{report.case_id}/edit/")
    said = words(page)
    assert "来源：一体化系统执行数，不用填" in said and "50.00" in said and "≥1200平方米" in said
    assert 'name="paid"' not in page.content.decode()


@pytest.mark.parametrize("cutoff", ["七月", "2026-13-01", "2026-02-30"])
def test_a_day_that_is_none_is_told(as_person, bureau, goal, cutoff):
    response = ask(as_person(bureau.performance), goal, cutoff=cutoff)
    assert response.status_code == 422
    assert f"截止日“{cutoff}”不是日期，请按 2026-07-31 的写法填写" in words(response)
    assert not Report.objects.exists()


def test_only_the_performance_office_asks(as_person, bureau, goal):
    for person in ("budget", "treasury", "expenditure", "leadership", "department", "unit"):
        response = ask(as_person(bureau.people[person]), goal)
        said = words(response)
        assert response.status_code == 409
        assert "布置绩效监控由预算绩效管理科办理" in said and "第24条" in said
        assert not Report.objects.exists()


@pytest.mark.parametrize("light", ["yellow", "red"])
def test_a_yellow_or_red_light_needs_a_word(as_person, bureau, goal, light):
    load_figures(bureau, goal.project, {"yellow": 400_000, "red": 100_000}[light], cutoff=JULY)
    report = ask_report(bureau, goal)
    client = as_person(bureau.unit)
    client.post(f"/monitoring/{report.case_id}/edit/", filled(report))
    refused = client.post(f"/case/{report.case_id}/do/submit/")
    said = words(refused)
    assert refused.status_code == 409 and "亮了黄灯或红灯，须写存在的问题和措施" in said and "第24条" in said
    report.refresh_from_db()
    assert report.light == light
    client.post(
        f"/monitoring/{report.case_id}/edit/", filled(report, summary="施工受雨季影响，八月起加班赶工。")
    )
    assert client.post(f"/case/{report.case_id}/do/submit/").status_code == 302
    assert Case.objects.get(pk=report.case_id).state == "submitted"


@pytest.mark.article(8)
def test_a_reports_way_with_a_return_and_what_is_kept(as_person, bureau, goal):
    load_figures(bureau, goal.project, 500_000, cutoff=JULY)
    report = ask_report(bureau, goal)
    client = as_person(bureau.unit)
    client.post(f"/monitoring/{report.case_id}/edit/", filled(report))
    case = report.case
    advance(bureau, case, ("submit", "unit"), ("confirm", "department"))
    response = client.post(f"/monitoring/{case.pk}/edit/", filled(report))
    assert response.status_code == 409 and "如需修改，请支出管理科退回" in words(response)
    door.perform(
        "monitoring.expenditure_return", case, by=bureau.expenditure, opinion="核实面积", desk="draft"
    )
    report.refresh_from_db()
    client.post(f"/monitoring/{case.pk}/edit/", filled(report, actual_1="800平方米"))
    advance(bureau, case, ("submit", "unit"), ("confirm", "department"), ("accept", "expenditure"))
    assert (case.state, case.closed, Task.objects.filter(case=case).count()) == ("accepted", True, 0)
    kept = [act.record["rows"][0][1] for act in case.acts.filter(step="submit").order_by("seq")]
    assert kept == ["850平方米", "800平方米"]
    assert list(chain.verify(bureau.zone.pk)) == []


@pytest.mark.parametrize(
    ("path", "step", "whose", "by"),
    [
        ((), "submit", "第一小学", "department"),
        ((("submit", "unit"),), "confirm", "教育局", "unit"),
        ((("submit", "unit"), ("confirm", "department")), "accept", "支出管理科", "performance"),
    ],
)
def test_nobody_acts_for_another(as_person, bureau, goal, path, step, whose, by):
    load_figures(bureau, goal.project, 500_000, cutoff=JULY)
    report = ask_report(bureau, goal)
    as_person(bureau.unit).post(f"/monitoring/{report.case_id}/edit/", filled(report))
    advance(bureau, report.case, *path)
    with pytest.raises(door.Refusal, match=f"由{whose}办理"):
        door.perform(f"monitoring.{step}", report.case, by=bureau.people[by])


def test_a_report_of_another_unit_is_as_if_it_did_not_exist(as_person, bureau, goal):
    report = ask_report(bureau, goal)
    assert as_person(bureau.unit2).get(f"/monitoring/{report.case_id}/edit/").status_code == 404
    response = as_person(bureau.department).get(f"/monitoring/{report.case_id}/edit/")
    assert response.status_code == 409 and "内容由第一小学填写" in words(response)
