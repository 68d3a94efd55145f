"""The same step on a selection: each case answered for itself, in a few statements, in one transaction."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Case, Task
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project
from tests.procedure.many import make_goals

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed(bureau):
    """Three goals before the department; one back with its unit, one of another department."""
    goals = [advance(bureau, make_goal(bureau), *GOAL_PATH.submitted) for _ in range(3)]
    draft = make_goal(bureau)
    foreign = advance(bureau, make_goal(bureau, unit="unit3"), ("submit", "unit3"))
    return [goals[0], draft, goals[1], foreign, goals[2]]


def test_a_mixed_selection_is_answered_case_by_case_in_its_order(bureau, mixed):
    outcome = door.perform_many("goal.confirm", mixed, by=bureau.department, given={"opinion": "同意"})
    assert [act.case_id for act in outcome.acts] == [mixed[0].pk, mixed[2].pk, mixed[4].pk]
    assert [(case.pk, [r.kind for r in reasons]) for case, reasons in outcome.refused] == [
        (mixed[1].pk, ["state"]),
        (mixed[3].pk, ["role"]),
    ]
    assert outcome.refused[1][1][0].text == "“确认”由农业农村局办理"
    states = dict(Case.objects.values_list("pk", "state"))
    assert [states[case.pk] for case in mixed] == [
        "confirmed",
        "draft",
        "confirmed",
        "submitted",
        "confirmed",
    ]
    assert len({act.request for act in outcome.acts}) == 1
    assert list(chain.verify(bureau.zone.pk)) == []


def test_all_or_none_does_none(bureau, mixed):
    before = Act.objects.count()
    with pytest.raises(door.Refusal):
        door.perform_many("goal.confirm", mixed, by=bureau.department, all_or_none=True)
    assert Act.objects.count() == before
    assert Case.objects.filter(state="confirmed").count() == 0


def test_a_case_selected_twice_is_acted_on_once(bureau, mixed):
    outcome = door.perform_many("goal.confirm", [mixed[0], mixed[2], mixed[0]], by=bureau.department)
    assert [act.case_id for act in outcome.acts] == [mixed[0].pk, mixed[2].pk]
    assert outcome.refused == []


def test_nothing_selected_is_nothing_done(bureau):
    outcome = door.perform_many("goal.confirm", [], by=bureau.department)
    assert (outcome.acts, outcome.refused) == ([], [])


def test_none_is_done_when_the_last_chunk_is_refused(bureau, monkeypatch):
    monkeypatch.setattr(door, "CHUNK", 2)
    goals = make_goals(bureau, 4)
    advance(bureau, goals[3], *GOAL_PATH.submitted)
    with pytest.raises(door.Refusal):
        door.perform_many("goal.submit", goals, by=bureau.unit, all_or_none=True)
    assert Act.objects.filter(step="submit").count() == 1


def test_many_cases_cross_chunks_with_one_request_and_whole_chains(bureau):
    goals = make_goals(bureau, 2500, indicators=0)
    advance_past_the_checks(bureau, goals)
    outcome = door.perform_many("goal.confirm", goals, by=bureau.department, given={"opinion": "同意"})
    assert (len(outcome.acts), outcome.refused) == (2500, [])
    assert [act.case_id for act in outcome.acts] == [goal.pk for goal in goals]
    assert len({act.request for act in outcome.acts}) == 1
    assert Case.objects.filter(state="confirmed", seq=3).count() == 2500
    assert Task.objects.filter(step="review").count() == Task.objects.count() == 2500
    assert list(chain.verify(bureau.zone.pk)) == []


def advance_past_the_checks(bureau, goals):
    """Submits goals whose content doesn't matter here: the checks have tests of their own."""
    from jiheng.procedure.table import PROCEDURES

    step = PROCEDURES["goal"].step("submit")
    guards = step.guards
    object.__setattr__(step, "guards", ())
    try:
        return door.perform_many("goal.submit", goals, by=bureau.unit, all_or_none=True)
    finally:
        object.__setattr__(step, "guards", guards)


def queries(action) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        action()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


@pytest.mark.parametrize("name", ["goal.confirm", "goal.department_return"])
def test_the_number_of_queries_does_not_grow_with_the_selection(bureau, name):
    goals = make_goals(bureau, 64, indicators=0)
    advance_past_the_checks(bureau, goals)
    given = {"opinion": "改"}
    door.perform_many(name, goals[:2], by=bureau.department, given=given)
    few = queries(lambda: door.perform_many(name, goals[2:8], by=bureau.department, given=given))
    many = queries(lambda: door.perform_many(name, goals[8:], by=bureau.department, given=given))
    assert many == few <= 7


def test_refusing_many_asks_no_more_than_refusing_few(bureau):
    goals = make_goals(bureau, 40, indicators=0)
    door.perform_many("goal.confirm", goals[:2], by=bureau.budget)
    few = queries(lambda: door.perform_many("goal.confirm", goals[2:4], by=bureau.budget))
    many = queries(lambda: door.perform_many("goal.confirm", goals[4:], by=bureau.budget))
    assert (many, few) == (few, 3)


def test_one_act_asks_little(bureau):
    goals = make_goals(bureau, 2, indicators=0)
    advance_past_the_checks(bureau, goals)
    door.perform("goal.confirm", goals[0], by=bureau.department)
    asked = queries(lambda: door.perform("goal.confirm", goals[1], by=bureau.department))
    assert asked == 6


def test_a_consequence_refused_for_one_case_does_not_take_the_others_with_it(bureau, monkeypatch):
    """Between the guard's look and the lock on a goal, its goal may be returned: that budget waits, the others go."""
    projects = [make_project(bureau) for _ in range(3)]
    goals = [advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed) for project in projects]
    budgets = [make_budget(bureau, [project]) for project in projects]
    for budget in budgets:
        advance(bureau, budget, ("submit", "department"))
    advance(bureau, goals[1], ("budget_return", "budget"), opinion="重审")
    step = door.step_named("budget.approve")[1]
    blind = tuple(guard for guard in step.guards if guard.key != "goals_passed")
    before = step.guards
    object.__setattr__(step, "guards", blind)
    try:
        outcome = door.perform_many("budget.approve", budgets, by=bureau.budget)
    finally:
        object.__setattr__(step, "guards", before)
    assert [act.case_id for act in outcome.acts] == [budgets[0].pk, budgets[2].pk]
    assert [(case.pk, reasons[0].kind) for case, reasons in outcome.refused] == [(budgets[1].pk, "state")]
    states = [Case.objects.get(pk=case.pk).state for case in (*budgets, *goals)]
    assert states == ["approved", "submitted", "approved", "in_force", "reviewed", "in_force"]
    assert list(chain.verify(bureau.zone.pk)) == []
