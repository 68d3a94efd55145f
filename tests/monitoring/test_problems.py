"""Article 24: problems found in a report are listed, corrected by their day, and seen corrected."""

import datetime

import pytest
from django.utils import timezone

from jiheng.bureau.standing import standing
from jiheng.monitoring.models import Problem
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import advance
from tests.monitoring.filling import filled
from tests.rooms import JULY, ask_report, file, in_force, load_figures, words

pytestmark = pytest.mark.article(24)


@pytest.fixture
def report(bureau, as_person):
    """A submitted report: execution red, the fourth indicator yellow."""
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 100_000, cutoff=JULY)
    report = ask_report(bureau, goal)
    changed = {
        "likelihood_4": "possible",
        "cause_4": "人员保障",
        "measure_4": "补招教师",
        "summary": "师资不足",
    }
    as_person(bureau.unit).post(f"/monitoring/{report.case_id}/edit/", filled(report, **changed))
    advance(bureau, report.case, ("submit", "unit"))
    return report


def listed(client, report, **changed):
    """Lists the yellow indicator and one by hand."""
    row = report.rows.get(indicator__order=4)
    given = {
        "report": str(report.case_id), "days": "10", "line": [str(row.pk), "other"],
        f"text-{row.pk}": "师资缺口没有补上", f"demand-{row.pk}": "月底前到岗", "text-other": "没有台账",
        "demand-other": "建立台账",
    }  # fmt: skip
    return client.post("/monitoring/problem/new/", given | changed)


def test_expenditure_lists_problems_from_the_lights_and_by_hand(as_person, bureau, report):
    client = as_person(bureau.expenditure)
    assert "校舍维修" in words(client.get("/monitoring/problem/new/"))
    page = client.get(f"/monitoring/problem/new/?report={report.case_id}").content.decode()
    assert page.count(' name="line"') == 7 and page.count(" checked") == 2  # one indicator and execution
    for changed, said in (
        ({"line": []}, "请至少勾选一个问题"),
        ({"days": "0"}, "整改期限“0”不是 1 至 250 的整数"),
        ({"demand-other": " "}, "“其他问题”没有写整改要求"),
    ):
        response = listed(client, report, **changed)
        assert response.status_code == 422 and said in words(response)
    assert not Problem.objects.exists()
    assert listed(client, report).status_code == 302
    first, second = Problem.objects.order_by("pk")
    assert (first.indicator.name, first.text) == ("受益学生人数", "师资缺口没有补上")
    assert (second.indicator, second.demand) == (None, "建立台账")
    due = standing(bureau.zone).workday_after(timezone.localdate(), 10)
    assert set(
        Task.objects.filter(case__procedure="problem").values_list("step", "organization__name", "due")
    ) == {("report", "第一小学", due)}
    assert "师资缺口没有补上" in words(as_person(bureau.unit).get(f"/case/{report.case_id}/"))
    assert "校舍维修" not in words(as_person(bureau.expenditure).get("/monitoring/problem/new/"))


def test_a_problem_is_corrected_confirmed_verified_and_sent_back_on_the_way(as_person, bureau, report):
    listed(as_person(bureau.expenditure), report)
    case = Case.objects.filter(procedure="problem").order_by("pk").first()
    with pytest.raises(door.Refusal, match="请上传佐证材料"):
        door.perform("problem.report", case, by=bureau.unit, opinion="已到岗")
    for key, person in bureau.people.items():
        assert door.may("problem.report", case, person).concerns == (key == "unit"), key
    given = {"opinion": "已到岗", "evidence": [file("名单.txt", b"names")]}
    door.perform("problem.report", case, by=bureau.unit, **given)
    door.perform("problem.department_return", case, by=bureau.department, opinion="没有写日期")
    assert case.state == "rectifying"
    door.perform("problem.report", case, by=bureau.unit, **given)
    door.perform("problem.confirm", case, by=bureau.department)
    door.perform("problem.expenditure_return", case, by=bureau.expenditure, opinion="名单不全")
    assert case.state == "reported"
    door.perform("problem.confirm", case, by=bureau.department)
    with pytest.raises(door.Refusal, match="由支出管理科办理"):
        door.perform("problem.verify", case, by=bureau.performance)
    door.perform("problem.verify", case, by=bureau.expenditure, opinion="属实")
    assert case.closed and case.state == "closed"


def test_an_overdue_problem_stands_in_the_lists(as_person, bureau, report):
    token = door.clock.set(timezone.now() - datetime.timedelta(days=90))
    try:
        listed(as_person(bureau.expenditure), report)
    finally:
        door.clock.reset(token)
    assert Task.objects.filter(case__procedure="problem", due__lt=timezone.localdate()).count() == 2
    said = words(as_person(bureau.performance).get("/work/monitoring/?procedure=problem&state=rectifying"))
    assert "没有台账" in said and "第一小学" in said
    assert "没有台账" not in words(as_person(bureau.unit3).get("/work/monitoring/?procedure=problem"))


def test_only_expenditure_lists_and_only_of_reports_handed_in(as_person, bureau, report):
    response = as_person(bureau.performance).get("/monitoring/problem/new/")
    assert response.status_code == 409 and "监控问题由支出管理科列出" in words(response)
    door.perform("monitoring.withdraw", report.case, by=bureau.unit)
    assert listed(as_person(bureau.expenditure), report).status_code == 404
    assert not Problem.objects.exists()
