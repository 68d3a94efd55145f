"""Articles 27-29 and 33: a department evaluates itself as a whole, and the result bears on its ceiling."""

from decimal import Decimal

import pytest
from django.utils import timezone

from jiheng.application.models import Application
from jiheng.evaluation import assessing
from jiheng.evaluation.models import SelfEvaluation
from jiheng.exante import ceiling
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.evaluation.filled import Sheet, page, save, upload
from tests.rooms import in_force, load_figures, words

pytestmark = pytest.mark.article(27)


@pytest.fixture
def whole(as_person, bureau) -> SelfEvaluation:
    """Asked of the department, whose two projects had 2,000,000 and spent 1,900,000."""
    for paid in (1_000_000, 900_000):
        load_figures(bureau, in_force(bureau).project, paid)
    client = as_person(bureau.performance)
    goals = {goal.name: goal for goal in assessing.to_evaluate(bureau.zone, 2026)}
    assert len(goals) == 3 and "教育局整体支出" in goals
    asked = client.post(
        "/evaluation/round/?year=2026", {"year": "2026", "goal": [str(goals["教育局整体支出"].pk)]}
    )
    assert asked.status_code == 302
    return SelfEvaluation.objects.select_related("case", "goal").get()


def test_it_is_the_departments_own_and_its_money_is_the_sum_of_its_projects(as_person, bureau, whole):
    case = whole.case
    assert (case.procedure, case.title, case.unit) == ("whole_evaluation", "教育局整体支出", None)
    assert (whole.full_year, whole.executed) == (2_000_000, 1_900_000)
    assert [task.organization for task in Task.objects.filter(case=case)] == [case.department]
    client = as_person(bureau.department)
    assert "年度主要任务完成情况" in words(client.get(f"/evaluation/whole/{case.pk}/edit/"))
    wrong = save(client, whole, **{"spent-0": "很多", "done-0": "正常"})
    assert wrong.status_code == 422 and "“学校运转”的执行数“很多”不是不小于 0 的数" in words(wrong)
    given = {"spent-0": "24.5", "done-0": "两所学校运转正常。", "spent-1": "99", "done-1": "教学楼两栋已修。"}
    assert save(client, whole, **given).status_code == 302
    whole.refresh_from_db()
    assert whole.tasks[0] == ["学校运转", "250000.00", "245000.00", "两所学校运转正常。"]
    assert (whole.total, whole.execution_score) == (Decimal("99.50"), Decimal("9.50"))
    with pytest.raises(door.Refusal, match="“提交”由教育局办理"):
        door.perform("whole_evaluation.submit", case, by=bureau.unit)
    door.perform("whole_evaluation.submit", case, by=bureau.department)
    door.perform(
        "whole_evaluation.expenditure_return", case, by=bureau.expenditure, opinion="请写满意度依据。"
    )
    door.perform("whole_evaluation.submit", case, by=bureau.department)
    assert case.state == "confirmed"  # nobody has to confirm what is the department's own
    said = words(as_person(bureau.expenditure).get(f"/case/{case.pk}/"))
    assert "教学楼两栋已修。" in said and "99.50 分" in said


@pytest.mark.article(33)
def test_the_result_bears_on_the_departments_ceiling(as_person, bureau, whole):
    year = timezone.localdate().year + 1
    ceiling.enter({bureau.organizations["department"]: Decimal(5_000_000)}, year, by=bureau.budget)
    save(as_person(bureau.department), whole, actual_1="0平方米", reason_1="征地未完成", note="已说明")
    for step, person in (("submit", bureau.department), ("accept", bureau.expenditure)):
        door.perform(f"whole_evaluation.{step}", whole.case, by=person)
    application = Application.objects.select_related("case").get(evaluation=whole)
    case = application.case
    assert (case.procedure, application.base, application.ruled) == ("application_whole", 5_000_000, "cut")
    given = {"action": "cut", "amount": "450"}
    door.perform("application_whole.propose", case, by=bureau.performance, **given)
    door.perform("application_whole.decide", case, by=bureau.budget, **given)
    assert ceiling.of(bureau.zone.pk, case.department_id, year) == 4_500_000
    changed = Case.objects.get(procedure="ceiling", department=case.department).acts.last()
    assert (changed.step, changed.opinion) == ("change", "按部门整体绩效结果安排（压减）")


def test_the_official_form_goes_out_and_comes_back(as_person, bureau, whole):
    client = as_person(bureau.department)
    form = Sheet(client.get(f"/evaluation/{whole.case_id}/form.xlsx").content)
    assert form.sheet["A1"].value == "部门（单位）整体支出绩效自评表"
    names = [row.name for row in whole.rows.all()]
    form.fill(names, ("1260平方米", "100%", "96%", "950人", "95%"), [row.weight for row in whole.rows.all()])
    answer = upload(client, whole, form.bytes())
    assert answer.status_code == 302, words(answer)
    whole.refresh_from_db()
    assert [row.actual for row in whole.rows.all()][:2] == ["1260平方米", "100%"]


@pytest.mark.article(29)
def test_points_follow_while_typing_and_nothing_is_kept(as_person, bureau, whole):
    client = as_person(bureau.department)
    row = whole.rows.get(order=1)
    given = page(whole, actual_1="600平方米")
    told = client.post(f"/evaluation/{whole.case_id}/score/", given)
    body = told.content.decode()
    assert told.status_code == 200 and f'id="score-{row.pk}" hx-swap-oob="true">' in body
    assert "低于分值，请写原因" in body and "600" in words(told)
    whole.refresh_from_db()
    assert whole.total is None and whole.rows.get(order=1).actual == ""
    assert as_person(bureau.expenditure).post(f"/evaluation/{whole.case_id}/score/", given).status_code == 409
