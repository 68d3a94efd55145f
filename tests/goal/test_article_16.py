"""Article 16: no budget without goals. Money and goals are approved in one act, or not at all."""

from decimal import Decimal

import pytest
from django.utils import timezone

from jiheng.goal.models import Goal
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Case
from jiheng.project.models import Budget, BudgetLine, Project
from tests.bureau_fixture import (
    GOAL_PATH,
    WHOLE_REVIEWS,
    advance,
    make_budget,
    make_goal,
    make_project,
    make_whole_goal,
)
from tests.rooms import in_force, words

pytestmark = pytest.mark.article(16)


@pytest.fixture
def four(bureau):
    """A submitted budget of four lines: one goal fit, one missing, one not passed yet, one of other money."""
    names = ("齐备", "没有目标", "还在审核", "金额不符")
    projects = {name: make_project(bureau, name=name) for name in names}
    goals = {name: make_goal(bureau, projects[name]) for name in names if name != "没有目标"}
    advance(bureau, goals["齐备"], *GOAL_PATH.passed)
    advance(bureau, goals["还在审核"], *GOAL_PATH.confirmed)
    advance(bureau, goals["金额不符"], *GOAL_PATH.passed)
    budget = make_budget(bureau, list(projects.values()))
    BudgetLine.objects.filter(project=projects["金额不符"]).update(amount=Decimal("999999.99"))
    return advance(bureau, budget, ("submit", "department")), projects, goals


def states():
    return sorted(Case.objects.values_list("pk", "state"))


def test_everything_missing_is_told_at_once_with_who_acts_next(bureau, four):
    budget, _, _ = four
    before, count = states(), Act.objects.count()
    with pytest.raises(door.Refusal) as refusal:
        door.perform("budget.approve", budget, by=bureau.budget)
    told = {reason.text: reason.next for reason in refusal.value.reasons}
    assert told == {
        "“没有目标”没有 2026 年绩效目标，预算不能批复": "请第一小学编报绩效目标，或从本预算中移出该项目。",
        "“还在审核”的绩效目标还在“待支出科审核”": "请支出管理科先办理“审核”。",
        "“金额不符”的绩效目标资金 1,000,000.00 元与预算数 999,999.99 元不一致": "请退回部门改预算数，或退回绩效目标改资金。",
    }  # fmt: skip
    assert {reason.article for reason in refusal.value.reasons} == {16}
    assert (states(), Act.objects.count()) == (before, count)
    assert set(Project.objects.values_list("stage", flat=True)) == {"proposed"}


def test_the_page_tells_the_same_and_leads_to_each_goal(as_person, bureau, four):
    budget, projects, goals = four
    client = as_person(bureau.budget)
    response = client.post(f"/case/{budget.pk}/do/approve/")
    page = response.content.decode()
    assert response.status_code == 409
    for words_ in (
        "“没有目标”没有 2026 年绩效目标",
        "请支出管理科先办理“审核”",
        "与预算数 999,999.99 元不一致",
    ):
        assert words_ in page
    for place in (goals["还在审核"], goals["金额不符"], projects["没有目标"]):
        assert f'href="{place.get_absolute_url()}"' in page


def test_without_the_departments_whole_goal_nothing_is_approved(bureau):
    project = make_project(bureau)
    goal = advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    budget = advance(bureau, make_budget(bureau, [project], whole=False), ("submit", "department"))
    (reason,) = door.may("budget.approve", budget, bureau.budget).reasons
    assert reason.text == "教育局没有 2026 年部门整体绩效目标，预算不能批复"
    whole = advance(bureau, make_whole_goal(bureau), ("submit", "department"))
    (reason,) = door.may("budget.approve", budget, bureau.budget).reasons
    assert reason.text == "部门整体绩效目标还在“待支出科审核”" and reason.link == whole.get_absolute_url()
    unit_whole = make_whole_goal(bureau, "unit")
    advance(bureau, unit_whole, *GOAL_PATH.passed)
    advance(bureau, whole, *WHOLE_REVIEWS)
    act = door.perform("budget.approve", budget, by=bureau.budget)
    approved = Act.objects.filter(step="approve", within=act.pk).values_list("case", flat=True)
    assert set(approved) == {goal.pk, whole.pk, unit_whole.pk}


def test_an_addition_within_the_year_does_not_ask_for_the_whole_goal_again(bureau):
    in_force(bureau)
    whole = Goal.objects.get(kind="department_whole").case
    assert whole.state == "in_force"
    in_force(bureau)
    assert whole.acts.filter(step="approve").count() == 1


def test_a_countersign_not_complete_names_all_who_are_awaited(bureau):
    project = make_project(bureau)
    advance(bureau, make_goal(bureau, project), *GOAL_PATH.reviewed)
    budget = advance(bureau, make_budget(bureau, [project]), ("submit", "department"))
    (reason,) = door.may("budget.approve", budget, bureau.budget).reasons
    assert reason.next == "请预算绩效管理科、国资金融管理科先办理“再审核会签”。"


@pytest.mark.article(19)
@pytest.mark.article(6)
def test_approval_puts_budget_and_all_goals_in_force_in_one_act(bureau):
    projects = [make_project(bureau) for _ in range(3)]
    goals = [advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed) for project in projects]
    bystander = advance(bureau, make_goal(bureau), *GOAL_PATH.passed)
    budget = advance(bureau, make_budget(bureau, projects), ("submit", "department"))
    act = door.perform("budget.approve", budget, by=bureau.budget, opinion="同意批复")
    approved = Act.objects.filter(step="approve", within=act.pk)
    whole = Goal.objects.get(kind="department_whole").case_id
    assert {each.case_id for each in approved} == {whole, *(goal.pk for goal in goals)}
    assert {each.request for each in approved} == {act.request}
    assert {each.to_state for each in approved} == {"in_force"}
    assert {project.stage for project in Project.objects.filter(pk__in=[p.pk for p in projects])} == {
        "budgeted"
    }
    bystander.refresh_from_db()
    assert bystander.state == "passed"
    assert Goal.objects.get(case=bystander).project.stage == "proposed"
    assert list(chain.verify(bureau.zone.pk)) == []


def test_a_goal_of_another_year_does_not_count(bureau):
    project = make_project(bureau)
    advance(bureau, make_goal(bureau, project, year=2025), *GOAL_PATH.passed)
    budget = advance(bureau, make_budget(bureau, [project]), ("submit", "department"))
    (reason,) = door.may("budget.approve", budget, bureau.budget).reasons
    assert reason.text == f"“{project.name}”没有 2026 年绩效目标，预算不能批复"


@pytest.mark.parametrize(("amount", "text"), [(None, "预算里还没有项目"), ("0", "没有填预算数")])
def test_an_empty_budget_is_not_submitted(bureau, amount, text):
    budget = make_budget(bureau, [make_project(bureau)] if amount else [])
    if amount:
        BudgetLine.objects.update(amount=Decimal(amount))
    with pytest.raises(door.Refusal, match=text):
        advance(bureau, budget, ("submit", "department"))


def test_only_the_budget_office_approves(bureau):
    for person in ("department", "performance", "leadership", "expenditure", "treasury", "unit"):
        budget = advance(bureau, make_budget(bureau, [make_project(bureau)]), ("submit", "department"))
        with pytest.raises(door.Refusal) as refusal:
            door.perform("budget.approve", budget, by=bureau.people[person])
        assert refusal.value.reasons[0].text == "“批复预算和绩效目标”由预算科办理"


def test_a_department_writes_its_budget_on_the_page(as_person, bureau):
    first, second, foreign = (
        make_project(bureau),
        make_project(bureau, "unit2"),
        make_project(bureau, "unit3"),
    )
    year = timezone.localdate().year
    Project.objects.update(first_year=year, last_year=year)
    client = as_person(bureau.department)
    begun = client.post("/budget/new/", {"budget": f"{bureau.organizations['department'].pk}:{year}:年初"})
    budget = Budget.objects.get()
    assert begun["Location"] == f"/budget/{budget.case_id}/edit/"
    page = client.get(begun["Location"]).content.decode()
    assert first.code in page and second.code in page and foreign.code not in page
    wrong = client.post(begun["Location"], {f"amount-{first.pk}": "一百", f"amount-{second.pk}": "-3"})
    assert wrong.status_code == 422
    assert f"“{first.name}”的预算数“一百”不是大于 0 的数，单位是万元" in words(wrong)
    assert f"“{second.name}”的预算数“-3”不是大于 0 的数，单位是万元" in words(wrong)
    assert not budget.lines.exists()
    stands = page.split('name="stands" value="')[1].split('"')[0]
    given = {f"amount-{first.pk}": "１，２００．５", f"amount-{second.pk}": "", "stands": stands}
    saved = client.post(begun["Location"], given)
    assert saved["Location"] == f"/case/{budget.case_id}/"
    assert [(line.project, line.amount) for line in budget.lines.all()] == [(first, Decimal("12005000"))]
    assert Case.objects.get(pk=budget.case_id).amount == Decimal("12005000")


def test_a_project_is_budgeted_once_a_year(as_person, bureau):
    project = make_project(bureau)
    make_budget(bureau, [project])
    second = make_budget(bureau, [])
    client = as_person(bureau.department)
    page = client.get(f"/budget/{second.pk}/edit/").content.decode()
    assert project.code not in page
    client.post(f"/budget/{second.pk}/edit/", {f"amount-{project.pk}": "5"})
    assert BudgetLine.objects.filter(project=project).count() == 1


def test_a_submitted_budget_is_no_longer_written(as_person, bureau):
    project = make_project(bureau)
    budget = advance(bureau, make_budget(bureau, [project]), ("submit", "department"))
    response = as_person(bureau.department).post(f"/budget/{budget.pk}/edit/", {f"amount-{project.pk}": "1"})
    assert response.status_code == 409
    assert "现在是“待批复”，内容不能修改" in words(response) and "如需修改，请预算科退回" in words(response)
    assert BudgetLine.objects.get().amount == project.total
    assert "第6条" in words(response)
