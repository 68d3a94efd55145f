"""Article 19: goals are approved with the budget, to the unit that spends; the budget office may send them back."""

import pytest

from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project
from tests.rooms import in_force, words

pytestmark = pytest.mark.article(19)


def test_what_is_approved_is_final(as_person, bureau):
    goal = in_force(bureau)
    assert goal.case.closed
    assert [task.step for task in Task.objects.all()] == ["publish"]  # all that is owed now (art. 22)
    response = as_person(bureau.unit).get(f"/goal/{goal.case_id}/edit/")
    assert response.status_code == 409 and "现在是“已批复”，内容不能修改" in words(response)
    for step in ("submit", "withdraw", "approve", "budget_return"):
        for person in (bureau.unit, bureau.budget):
            assert not door.may(f"goal.{step}", goal.case, person).allowed


def test_the_unit_reads_who_approved_it_and_within_which_budget(as_person, bureau):
    goal = in_force(bureau)
    said = words(as_person(bureau.unit).get(f"/case/{goal.case_id}/"))
    assert "随预算批复" in said and "批复预算和绩效目标" in said and "预算科" in said and "第19条" in said


def test_the_budget_office_returns_a_budget_and_a_goal_with_its_reason(bureau):
    project = make_project(bureau)
    goal = advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    budget = advance(bureau, make_budget(bureau, [project]), ("submit", "department"))
    with pytest.raises(door.Refusal, match="请填写退回理由"):
        door.perform("budget.return", budget, by=bureau.budget)
    door.perform("budget.return", budget, by=bureau.budget, opinion="压减到 80 万元")
    door.perform("goal.budget_return", goal, by=bureau.budget, opinion="随预算压减", desk="draft")
    assert [Case.objects.get(pk=case.pk).state for case in (budget, goal)] == ["draft", "draft"]
    owed = {(task.step, task.organization.name) for task in Task.objects.select_related("organization")}
    assert owed == {("submit", "教育局"), ("submit", "第一小学")}


def test_a_budget_approved_is_not_approved_again(bureau):
    goal = in_force(bureau)
    budget = Case.objects.get(procedure="budget")
    with pytest.raises(door.Refusal, match="现在是“已批复”"):
        door.perform("budget.approve", budget, by=bureau.budget)
    assert goal.case.acts.filter(step="approve").count() == 1


@pytest.mark.article(6)
def test_a_goal_is_not_approved_on_its_own_by_anyone(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.passed)
    for person in bureau.people.values():
        with pytest.raises(door.Refusal):
            door.perform("goal.approve", goal_case, by=person)
    assert Case.objects.get(pk=goal_case.pk).state == "passed"
