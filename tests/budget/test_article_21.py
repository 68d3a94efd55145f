"""Article 21: money changed within the year takes its goal along, through the same reviews, old versions readable."""

from decimal import Decimal

import pytest

from jiheng.budget import allocation, lines, transfer
from jiheng.budget.allocation import Wanted
from jiheng.budget.transfer import begin, save
from jiheng.goal import drafts
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project import admission
from jiheng.project.models import Project
from tests.bureau_fixture import (
    GOAL_PATH,
    WHOLE_REVIEWS,
    advance,
    make_budget,
    make_goal,
    make_project,
    make_whole_goal,
)
from tests.rooms import words

pytestmark = pytest.mark.article(21)
PATH = (
    ("submit", "department"),
    ("review", "expenditure"),
    ("re_review", "performance"),
    ("approve", "budget"),
)


@pytest.fixture
def projects(bureau) -> list[Project]:
    """Two projects of one department with a million each, approved with their goals."""
    made = [make_project(bureau), make_project(bureau)]
    for project in made:
        advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    advance(bureau, make_budget(bureau, made), ("submit", "department"), ("approve", "budget"))
    return made


def changed_goal(bureau, project: Project, money: str) -> Goal:
    """The next version of the project's goal, with other money, through all reviews."""
    goal = Goal.objects.get(project=project, case__state="in_force")
    goal.case = Case.objects.select_related("zone", "department", "unit").get(pk=goal.case_id)
    new = drafts.begin_change(goal, "工程量有变化", by=bureau.unit)
    Goal.objects.filter(pk=new.pk).update(fiscal=Decimal(money))
    advance(bureau, Case.objects.get(pk=new.case_id), *GOAL_PATH.passed)
    return Goal.objects.get(pk=new.pk)


def application(bureau, kind: str, afters: dict[Project, str], reason: str = "一处少做，一处多做") -> Case:
    case = begin(bureau.organizations["department"], 2026, kind, by=bureau.department).case
    granted = lines.granted(bureau.zone.pk, [each.pk for each in afters], 2026)
    told = {each: (granted.get(each.pk, Decimal(0)), Decimal(after)) for each, after in afters.items()}
    save(case, kind, reason, told, by=bureau.department, revision=0)
    return case


def test_money_moves_together_with_the_changed_goals(as_person, bureau, projects):
    one, two = projects
    goals = [changed_goal(bureau, one, "700000"), changed_goal(bureau, two, "1300000")]
    case = advance(bureau, application(bureau, "within", {one: "700000", two: "1300000"}), *PATH)
    assert case.state == "approved"
    assert lines.granted(bureau.zone.pk, [one.pk, two.pk], 2026) == {
        one.pk: Decimal(700000),
        two.pk: Decimal(1300000),
    }
    for goal in goals:
        first, second = Goal.objects.filter(project=goal.project).select_related("case").order_by("version")
        assert (first.case.state, second.case.state) == ("superseded", "in_force")
        adopted = second.case.acts.get(step="adopt")
        assert adopted.within == case.acts.get(step="approve").pk and 21 in adopted.articles
        assert as_person(bureau.unit).get(f"/case/{first.case_id}/").status_code == 200


def test_money_does_not_move_before_the_goal_has_passed(bureau, projects):
    one, two = projects
    changed_goal(bureau, one, "700000")
    case = advance(bureau, application(bureau, "within", {one: "700000", two: "1300000"}), *PATH[:2])
    with pytest.raises(door.Refusal) as refused:
        door.perform("transfer.re_review", case, by=bureau.performance)
    assert f"“{two.name}”没有 2026 年调整后的绩效目标" in str(refused.value) and "规程第21条" in str(
        refused.value
    )
    assert lines.granted(bureau.zone.pk, [one.pk], 2026) == {one.pk: Decimal(1000000)}


def test_a_changed_goal_does_not_come_into_force_alone(bureau, projects):
    goal = changed_goal(bureau, projects[0], "700000")
    for person in bureau.people.values():
        assert not door.may("goal_change.adopt", goal.case, person).allowed


def test_a_project_added_within_the_year_brings_its_first_goal(bureau, projects):
    added = make_project(bureau, name="应急加固")
    case = application(bureau, "added", {added: "1000000"}, reason="汛后新增")
    advance(bureau, case, *PATH[:2])
    with pytest.raises(door.Refusal, match="没有 2026 年绩效目标"):
        door.perform("transfer.re_review", case, by=bureau.performance)
    goal = advance(bureau, make_goal(bureau, added), *GOAL_PATH.passed)
    advance(bureau, case, *PATH[2:])
    assert Case.objects.get(pk=goal.pk).state == "in_force"
    assert Project.objects.get(pk=added.pk).stage == Project.Stage.BUDGETED
    assert lines.granted(bureau.zone.pk, [added.pk], 2026) == {added.pk: Decimal(1000000)}


@pytest.mark.article(12)
def test_a_new_major_project_does_not_slip_in_by_a_transfer(bureau, projects):
    major = make_project(bureau, name="新建体育馆", total=Decimal("9000000"), attribute="new")
    case = application(bureau, "added", {major: "9000000"}, reason="新增")
    reasons = door.may("transfer.submit", case, bureau.department).reasons
    assert any(reason.article == 12 and "新建体育馆" in reason.text for reason in reasons)


@pytest.mark.parametrize(
    ("kind", "after", "told"),
    [
        ("within", "900000", "应等于 0，现在是 -100,000.00"),
        ("added", "900000", "应大于 0"),
        ("cut", "1100000", "应小于 0"),
    ],
)
def test_the_sums_fit_the_kind(bureau, projects, kind, after, told):
    case = application(bureau, kind, {projects[0]: after})
    assert told in str(door.may("transfer.submit", case, bureau.department).reasons[0])


def test_no_less_is_left_than_is_out_already(bureau, projects):
    sent = allocation.begin([Wanted(projects[0], Decimal(800000))], 2026, by=bureau.expenditure)[0]
    door.perform("allocation.issue", sent, by=bureau.expenditure)
    case = application(bureau, "cut", {projects[0]: "500000"})
    assert "已下达 800,000.00 元" in str(door.may("transfer.submit", case, bureau.department).reasons[0])


def test_two_transfers_of_one_project_do_not_both_count_from_the_same_amount(bureau, projects):
    one, two = projects
    changed_goal(bureau, one, "700000"), changed_goal(bureau, two, "1300000")
    late = application(bureau, "within", {one: "700000", two: "1300000"})
    advance(bureau, application(bureau, "within", {one: "700000", two: "1300000"}), *PATH)
    with pytest.raises(door.Refusal, match="批复数已是 700,000"):
        door.perform("transfer.submit", late, by=bureau.department)


def test_the_form_keeps_what_was_typed_and_tells_what_is_wrong(as_person, bureau, projects):
    client = as_person(bureau.department)
    begun = client.post(
        "/budget/transfer/new/", {"department": bureau.organizations["department"].pk, "kind": "within"}
    )
    case = Case.objects.get(procedure="transfer")
    assert begun["Location"] == f"/budget/transfer/{case.pk}/edit/"
    url = begun["Location"]
    wrong = client.post(
        url, {"kind": "within", "reason": "调整", "revision": "0", f"after-{projects[0].pk}": "七十"}
    )
    assert wrong.status_code == 422 and "调剂后的金额“七十”不是不小于 0 的数" in words(wrong)
    sent = {
        "kind": "within",
        "reason": "调整",
        f"after-{projects[0].pk}": "70",
        f"after-{projects[1].pk}": "130",
    }
    assert client.post(url, {**sent, "revision": "0"}).status_code == 302
    late = client.post(url, {**sent, f"after-{projects[0].pk}": "60", "revision": "0"})
    assert late.status_code == 422 and "由别人保存过" in words(late)
    record = transfer.load([case.pk])[case.pk]
    assert [line.after for line in record.lines.all()] == [Decimal(700000), Decimal(1300000)]
    assert as_person(bureau.department2).get(url).status_code == 404


def test_money_that_goes_out_while_the_transfer_is_approved_is_not_cut_below(bureau, projects):
    """An allocation that comes in after the conditions were asked, and before the projects are held, is seen."""
    one, two = projects
    changed_goal(bureau, one, "700000"), changed_goal(bureau, two, "1300000")
    case = advance(bureau, application(bureau, "within", {one: "700000", two: "1300000"}), *PATH[:3])
    sent = allocation.begin([Wanted(one, Decimal(900000))], 2026, by=bureau.expenditure)[0]

    def meanwhile(asked, year, profile):
        if Case.objects.get(pk=sent.pk).state == "draft":
            door.perform("allocation.issue", sent, by=bureau.expenditure)
        return {}

    admission.CHECKS.append(meanwhile)
    try:
        with pytest.raises(door.Refusal, match="同时下达了资金，已超过调剂后的金额"):
            door.perform("transfer.approve", case, by=bureau.budget)
    finally:
        admission.CHECKS.remove(meanwhile)
    assert Case.objects.get(pk=case.pk).state == "passed"
    assert lines.granted(bureau.zone.pk, [one.pk], 2026) == {one.pk: Decimal(1000000)}


def test_only_goals_of_projects_can_be_changed(as_person, bureau, projects):
    """A whole goal has no budget line: a changed one could never come into force, so it is not offered."""
    whole = make_whole_goal(bureau, "unit")
    advance(bureau, whole, ("submit", "unit"), ("confirm", "department"), *WHOLE_REVIEWS)
    added = make_project(bureau)
    advance(bureau, make_goal(bureau, added), *GOAL_PATH.passed)
    advance(bureau, make_budget(bureau, [added]), ("submit", "department"), ("approve", "budget"))
    assert Case.objects.get(pk=whole.pk).state == "in_force"
    page = as_person(bureau.unit).get("/goal/change/new/")
    assert {goal.project for goal in page.context["free"]} == {*projects, added}
