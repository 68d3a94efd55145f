"""A "no" is an answer: every reason at once, with its article, who may, and what next."""

import pytest

from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project

pytestmark = pytest.mark.django_db


def reasons(name, case, by, **given):
    with pytest.raises(door.Refusal) as refusal:
        door.perform(name, case, by=by, **given)
    return refusal.value.reasons


def test_all_reasons_come_at_once_each_with_its_article(bureau, goal_case):
    goal = goal_case.goal
    goal.text = ""
    goal.save()
    goal.indicators.filter(order=1).update(weight=99)
    found = reasons("goal.submit", goal_case, bureau.budget)
    assert found[0].text == "“提交”由第一小学办理"
    assert (found[0].article, found[0].kind) == (16, "role")
    assert found[0].next == "现在待第一小学办理“提交”。"
    assert len(found) >= 3
    assert {reason.article for reason in found[1:]} == {18}
    assert all(reason.text and reason.next for reason in found)


def test_the_wrong_state_and_the_wrong_desk_are_told_together(bureau, goal_case):
    found = reasons("goal.review", goal_case, bureau.department)
    assert [(r.kind, r.article) for r in found] == [("state", 8), ("role", 8)]
    assert found[0].text == "现在是“编制中”，“审核”要在“待支出科审核”时办理"
    assert found[0].next.startswith("上一步“编报绩效目标”由第一小学（第一小学经办）于")
    assert found[1].text == "“审核”由支出管理科办理"
    assert str(found[1]) == "“审核”由支出管理科办理（规程第8条）现在待第一小学办理“提交”。"


def test_may_gives_the_reasons_that_perform_would_and_writes_nothing(bureau, goal_case):
    before = goal_case.acts.count()
    answer = door.may("goal.review", goal_case, bureau.department)
    assert not answer.allowed
    assert [(r.kind, r.text) for r in answer.reasons] == [
        (r.kind, r.text) for r in reasons("goal.review", goal_case, bureau.department)
    ]
    assert door.may("goal.submit", goal_case, bureau.unit).allowed
    assert goal_case.acts.count() == before


def test_offers_are_all_that_leads_on_with_an_answer_for_this_person(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    offered = {answer.step.key: answer.allowed for answer in door.offers(goal_case, bureau.department)}
    assert offered == {"withdraw": False, "confirm": True, "department_return": True}


@pytest.mark.article(16)
def test_a_goal_is_never_approved_without_its_budget(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.passed)
    (reason,) = reasons("goal.approve", goal_case, bureau.budget)
    assert (reason.kind, reason.article) == ("only_with", 6)
    assert reason.text == "“随预算批复”只随部门预算“批复预算和绩效目标”一并办理"
    assert reason.next == "请由预算科在部门预算中办理。"


@pytest.mark.article(16)
def test_a_goal_does_not_ride_on_an_approval_that_is_over(bureau):
    first, second = make_project(bureau), make_project(bureau)
    goals = [make_goal(bureau, first), make_goal(bureau, second)]
    for goal in goals:
        advance(bureau, goal, *GOAL_PATH.passed)
    budget = make_budget(bureau, [first])
    advance(bureau, budget, ("submit", "department"), ("approve", "budget"))
    over = budget.acts.get(step="approve")
    goals[0].refresh_from_db()
    assert goals[0].state == "in_force"
    assert goals[0].acts.get(step="approve").within == over.pk
    with pytest.raises(door.Refusal) as refusal:
        door.perform("goal.approve", goals[1], by=bureau.budget, within=over)
    assert [reason.kind for reason in refusal.value.reasons] == ["only_with"]


@pytest.mark.article(16, 19)
def test_a_budget_and_its_goals_come_into_force_in_one_request_or_not_at_all(bureau):
    projects = [make_project(bureau) for _ in range(3)]
    goals = [make_goal(bureau, project) for project in projects]
    for goal in goals[:2]:
        advance(bureau, goal, *GOAL_PATH.passed)
    advance(bureau, goals[2], *GOAL_PATH.reviewed, ("re_review", "assets"))
    budget = make_budget(bureau, projects)
    advance(bureau, budget, ("submit", "department"))
    (reason,) = reasons("budget.approve", budget, bureau.budget)
    assert (reason.article, reason.text) == (16, f"“{projects[2].name}”的绩效目标还在“待再审核”")
    assert {Case.objects.get(pk=goal.pk).state for goal in goals} == {"passed", "reviewed"}
    advance(bureau, goals[2], ("re_review", "performance"))
    act = door.perform("budget.approve", budget, by=bureau.budget)
    for goal in goals:
        goal.refresh_from_db()
        approved = goal.acts.get(step="approve")
        assert (goal.state, goal.closed, approved.within, approved.request) == (
            "in_force",
            True,
            act.pk,
            act.request,
        )


def test_a_step_of_another_procedure_is_refused_even_where_states_have_one_name(bureau):
    budget = make_budget(bureau, [make_project(bureau)])
    advance(bureau, budget, ("submit", "department"))
    assert budget.state == "submitted"  # as a goal is before goal.confirm
    (reason,) = reasons("goal.confirm", budget, bureau.department)
    assert (reason.kind, reason.text) == ("state", "“确认”是绩效目标的步骤，本事项是部门预算")
    budget.refresh_from_db()
    assert budget.state == "submitted"


def test_a_case_is_not_begun_twice(bureau, goal_case):
    (reason,) = reasons("goal.open", goal_case, bureau.unit)
    assert reason.kind == "state"


def test_a_case_that_is_not_there_is_said_to_be_so(bureau):
    with pytest.raises(Case.DoesNotExist, match="没有这一事项"):
        door.perform("goal.submit", Case(zone=bureau.zone, procedure="goal", state="draft"), by=bureau.unit)


def test_what_the_caller_holds_does_not_matter(bureau, goal_case):
    stale = Case.objects.get(pk=goal_case.pk)
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    list(stale.tasks.all())
    (reason,) = reasons("goal.submit", stale, bureau.unit)
    assert reason.text == "现在是“待支出科审核”，“提交”要在“编制中”时办理" and "“确认”由教育局" in reason.next
    stale.state, stale.round, stale.head, stale.department_id = "in_force", 7, "x", None
    act = door.perform("goal.review", stale, by=bureau.expenditure)
    assert (stale.state, stale.round, stale.head, stale.seq) == ("reviewed", 0, act.hash, 4)
    assert stale.department_id == bureau.organizations["department"].pk


def test_starting_nothing_does_nothing(bureau):
    assert door.start("goal.open", [], by=bureau.unit, make=lambda cases: None) == []


def test_a_draft_that_cannot_be_begun_begins_none(bureau):
    def draft(unit):
        organization = bureau.organizations[unit]
        return Case(
            zone=bureau.zone, year=2026, department=organization.parent, unit=organization, title="甲"
        )

    with pytest.raises(door.Refusal) as refusal:
        door.start("goal.open", [draft("unit"), draft("unit2")], by=bureau.unit, make=lambda cases: None)
    assert refusal.value.reasons[0].text == "“编报绩效目标”由第二中学办理"
    assert Case.objects.count() == 0


def test_a_record_is_changed_only_where_its_state_allows_it(bureau, goal_case):
    with door.editing(goal_case, bureau.unit) as held:
        assert held.state == "draft"
    with pytest.raises(door.Refusal, match="内容由第一小学填写"), door.editing(goal_case, bureau.department):
        pass
    stale = Case.objects.get(pk=goal_case.pk)
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    with pytest.raises(door.Refusal) as refusal, door.editing(stale, bureau.unit):
        pass
    assert str(refusal.value) == (
        "现在是“待支出科审核”，内容不能修改（规程第8条）如需修改，请支出管理科退回。"
    )
