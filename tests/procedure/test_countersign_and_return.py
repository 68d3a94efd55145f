"""Countersigning, going back, coming again (art. 10, 18)."""

import itertools

import pytest

from jiheng.procedure import answers, door
from jiheng.procedure.models import Task
from tests.bureau_fixture import GOAL_PATH, advance
from tests.procedure.many import make_goals

pytestmark = [pytest.mark.django_db, pytest.mark.article(18)]


def owed(case) -> set[tuple[str, str]]:
    return set(Task.objects.filter(case=case).values_list("step", "role"))


@pytest.mark.article(10)
@pytest.mark.parametrize("order", list(itertools.permutations(["performance", "assets"])))
def test_the_offices_sign_in_any_order_each_once(bureau, goal_case, order):
    advance(bureau, goal_case, *GOAL_PATH.reviewed)
    first, second = order
    assert owed(goal_case) == {("re_review", "performance"), ("re_review", "assets")}
    signed = door.perform("goal.re_review", goal_case, by=bureau.people[first], opinion="同意")
    assert (goal_case.state, signed.to_state, owed(goal_case)) == (
        "reviewed",
        "reviewed",
        {("re_review", second)},
    )
    with pytest.raises(door.Refusal) as refusal:
        door.perform("goal.re_review", goal_case, by=bureau.people[first])
    (reason,) = refusal.value.reasons
    office, other = bureau.organizations[first].name, bureau.organizations[second].name
    assert (reason.kind, reason.text, reason.article) == ("signed", f"{office}已会签", 10)
    assert reason.next.startswith(f"“再审核会签”由{office}（{office}经办）于")
    assert reason.next.endswith(f"办理。尚待{other}会签。")
    door.perform("goal.re_review", goal_case, by=bureau.people[second])
    assert (goal_case.state, owed(goal_case)) == ("passed", set())


def test_a_person_with_posts_in_both_offices_signs_for_each(bureau, goal_case):
    from jiheng.bureau.models import Post

    both = bureau.performance
    Post.objects.create(zone=bureau.zone, person=both, organization=bureau.organizations["assets"])
    advance(bureau, goal_case, *GOAL_PATH.reviewed)
    acts = [door.perform("goal.re_review", goal_case, by=both) for _ in range(2)]
    assert {act.role for act in acts} == {"performance", "assets"}
    assert [act.organization.roles for act in acts] == [[act.role] for act in acts]
    assert goal_case.state == "passed"


def test_a_return_wipes_the_signatures(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.reviewed, ("re_review", "performance"))
    door.perform("goal.re_review_return", goal_case, by=bureau.assets, opinion="效益指标要量化")
    assert goal_case.state == "confirmed"
    advance(bureau, goal_case, ("review", "expenditure"))
    assert owed(goal_case) == {("re_review", "performance"), ("re_review", "assets")}
    advance(bureau, goal_case, ("re_review", "assets"))
    assert (goal_case.state, owed(goal_case)) == ("reviewed", {("re_review", "performance")})


def test_the_desk_that_gave_gets_it_back_and_the_round_counts(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.passed)
    for number, (step, by, state, owner) in enumerate(
        (
            ("budget_return", "budget", "reviewed", {"performance", "assets"}),
            ("re_review_return", "performance", "confirmed", {"expenditure"}),
            ("expenditure_return", "expenditure", "submitted", {"department"}),
            ("department_return", "department", "draft", {"unit"}),
        ),
        1,
    ):
        act = door.perform(f"goal.{step}", goal_case, by=bureau.people[by], opinion="请改")
        tasks = Task.objects.filter(case=goal_case)
        assert (goal_case.state, goal_case.round, act.round) == (state, number, number)
        assert {task.role for task in tasks} == owner
        assert {task.organization_id for task in tasks} == {bureau.organizations[key].pk for key in owner}


def test_a_return_needs_a_reason(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    for opinion in ("", "  \n", None):
        with pytest.raises(door.Refusal) as refusal:
            door.perform("goal.department_return", goal_case, by=bureau.department, opinion=opinion)
        assert [(r.text, r.article, r.field) for r in refusal.value.reasons] == [
            ("请填写退回理由", 18, "opinion")
        ]
    assert goal_case.acts.count() == 2


def test_a_return_goes_to_the_desk_chosen_and_the_way_begins_there_again(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.reviewed)
    assert [state for state, _ in answers.path(goal_case)] == ["draft", "submitted", "confirmed"]
    act = door.perform(
        "goal.re_review_return", goal_case, by=bureau.assets, opinion="单位改指标值", desk="draft"
    )
    assert (goal_case.state, act.given, owed(goal_case)) == (
        "draft",
        {"desk": "draft"},
        {("submit", "unit")},
    )
    assert answers.path(goal_case) == []
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    assert [(state, act.step) for state, act in answers.path(goal_case)] == [("draft", "submit")]


@pytest.mark.parametrize("desk", ["reviewed", "passed", "in_force", "nowhere"])
def test_a_return_never_leads_where_the_case_has_not_been(bureau, goal_case, desk):
    advance(bureau, goal_case, *GOAL_PATH.reviewed)
    with pytest.raises(door.Refusal) as refusal:
        door.perform("goal.re_review_return", goal_case, by=bureau.assets, opinion="改", desk=desk)
    assert [(r.kind, r.field) for r in refusal.value.reasons] == [("given", "desk")]
    assert goal_case.state == "reviewed"


def test_a_unit_takes_back_what_nobody_has_acted_on(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    door.perform("goal.withdraw", goal_case, by=bureau.unit)
    assert (goal_case.state, goal_case.round, owed(goal_case)) == ("draft", 0, {("submit", "unit")})
    assert answers.path(goal_case) == []
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    with pytest.raises(door.Refusal) as refusal:
        door.perform("goal.withdraw", goal_case, by=bureau.unit)
    assert refusal.value.reasons[0].next.startswith("上一步“确认”由教育局")


def test_a_selection_goes_back_each_case_to_its_own_giver(bureau, django_assert_num_queries):
    cases = make_goals(bureau, 6)
    door.perform_many("goal.submit", cases, by=bureau.unit, all_or_none=True)
    door.perform_many("goal.confirm", cases, by=bureau.department, all_or_none=True)
    outcome = door.perform_many(
        "goal.expenditure_return", cases, by=bureau.expenditure, given={"opinion": "补充依据"}
    )
    assert [act.to_state for act in outcome.acts] == ["submitted"] * 6
    assert [act.case_id for act in outcome.acts] == [case.pk for case in cases]
    assert {(act.opinion, act.round) for act in outcome.acts} == {("补充依据", 1)}
