"""Article 37: the notice on final accounts makes results due; performance publishes finance evaluations."""

import pytest

from jiheng.disclosure.models import Disclosure, Published
from jiheng.evaluation.models import SelfEvaluation
from jiheng.notice.models import Round
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case, Task
from jiheng.project.models import Project
from tests.application.results import accepted
from tests.disclosure.publishing import due, prepared, published
from tests.evaluation.framework import finance_evaluated
from tests.notice.sending import issued, sign
from tests.rooms import in_force, load_figures, words

pytestmark = pytest.mark.article(37)


def test_the_notice_makes_results_due_and_the_department_publishes_them(as_person, client, bureau):
    application = accepted(as_person, bureau)
    project = application.evaluation.goal.project
    sign(bureau, issued(bureau, "accounts")["department"], "department")
    round_ = Round.objects.get()
    owed = Disclosure.objects.exclude(item="budget")
    assert {(each.department.name, each.item) for each in owed} == {
        ("教育局", "self"), ("教育局", "department"), ("农业农村局", "self"), ("农业农村局", "department"),
    }  # fmt: skip
    assert {each.due for each in owed} == {round_.deadline}
    record = due("self", department=bureau.organizations["department"])
    act = Act.objects.get(case=record.case)
    assert (act.organization_name, act.articles) == ("国库科", [37])
    published(as_person(bureau.department), record, bureau.department)
    client.logout()
    page = words(client.get(f"/public/410781/2026/101/self/{project.code}/"))
    assert f"{application.evaluation.total:.2f} 分，{application.evaluation.grade}" in page
    assert "95.00%" in page and "受益学生人数" in page
    both = words(client.get(f"/public/410781/project/{project.code}/"))
    assert "2026 年绩效自评" in both and "2026 年绩效目标" not in both  # the goal isn't published
    # the department has no evaluation of its own: it says so, the office agrees
    none = due("department", department=bureau.organizations["department"])
    prepared(as_person(bureau.department), none, withheld="nothing", word="本年度没有选定部门评价项目。")
    door.perform("disclosure_results.submit", none.case, by=bureau.department)
    door.perform("disclosure_results.withhold", none.case, by=bureau.expenditure)
    lines = words(as_person(bureau.expenditure).get(round_.get_absolute_url()))
    assert "全部办结" in lines
    issued(bureau, "accounts")  # a second notice of the year asks for nothing twice
    assert owed.count() == 4


def test_a_result_that_is_not_accepted_any_more_is_not_published(as_person, bureau):
    accepted(as_person, bureau)
    issued(bureau, "accounts")
    record = prepared(
        as_person(bureau.department), due("self", department=bureau.organizations["department"])
    )
    # as if the self-evaluation had been acted on since (sent back by a spot check)
    case = SelfEvaluation.objects.get().case
    Case.objects.filter(pk=case.pk).update(head="0" * 64)
    with pytest.raises(door.Refusal, match="系统里的记录又办过，可能有变"):
        door.perform("disclosure_results.publish", record.case, by=bureau.department)
    assert not Published.objects.exists()


@pytest.mark.article(22)
def test_performance_publishes_goal_and_result_of_a_finance_evaluation(as_person, client, bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 950_000)
    Project.objects.filter(pk=goal.project_id).update(stage="executing")
    evaluation = finance_evaluated(as_person, bureau, goal.project)
    record = due("finance")
    (task,) = Task.objects.filter(case=record.case)
    assert (task.organization.name, record.department.name) == ("预算绩效管理科", "教育局")
    with pytest.raises(door.Refusal, match="由预算绩效管理科办理"):
        door.perform("disclosure_finance.publish", record.case, by=bureau.department)
    published(as_person(bureau.performance), record, bureau.performance)
    client.logout()
    page = words(client.get(f"/public/410781/2026/101/finance/{goal.project.code}/"))
    assert f"{evaluation.total:.2f} 分" in page and goal.text in page
    assert "受益学生不到目标的一半。" in page and "按实际需求编报人数。" in page
    assert "三人参加" not in page  # how the work was done names those who did it
