"""Article 6: the budget office sees in one place what is known of a project, and replies with money and goals."""

import pytest

from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project
from tests.rooms import words

pytestmark = pytest.mark.article(6)


@pytest.fixture
def budget(bureau) -> Case:
    project = make_project(bureau)
    advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    return make_budget(bureau, [project])


def test_beside_each_line_stands_what_the_rooms_know(as_person, bureau, budget):
    for url in (f"/case/{budget.pk}/", f"/budget/{budget.pk}/edit/"):
        page = words(as_person(bureau.department).get(url))
        for head in ("事前评估", "目标审核", "监控", "自评"):
            assert head in page, url
    goal = Case.objects.get(procedure="goal")
    total = goal.acts.get(step="review").record["review"]
    assert f"{total['grade']} {total['total']}" in words(as_person(bureau.budget).get(f"/case/{budget.pk}/"))


@pytest.mark.article(19)
def test_the_reply_lists_lines_and_goals_once_approved(as_person, bureau, budget):
    client = as_person(bureau.department)
    assert client.get(f"/budget/{budget.pk}/reply/").status_code == 404
    advance(bureau, budget, ("submit", "department"), ("approve", "budget"))
    said = words(client.get(f"/budget/{budget.pk}/reply/"))
    assert "关于批复教育局2026年部门预算和绩效目标的通知" in said and "合计 100.00 万元" in said
    for told in ("修缮校舍面积", "≥1200平方米", "部门整体绩效目标"):
        assert told in said, said[-900:]
    assert as_person(bureau.department2).get(f"/budget/{budget.pk}/reply/").status_code == 404


def test_two_people_do_not_overwrite_each_others_lines(as_person, bureau, budget):
    client = as_person(bureau.department)
    url = f"/budget/{budget.pk}/edit/"
    page = client.get(url)
    stands, project = page.context["stands"], page.context["rows"][0]["project"]
    assert client.post(url, {f"amount-{project.pk}": "90", "stands": stands}).status_code == 302
    late = client.post(url, {f"amount-{project.pk}": "80", "stands": stands})
    assert late.status_code == 422 and "由别人保存过" in words(late)
    assert Case.objects.get(pk=budget.pk).amount == 900000


@pytest.mark.article(14)
def test_new_projects_stay_under_the_ceiling(bureau):
    from decimal import Decimal

    from jiheng.exante import ceiling

    project = make_project(bureau, attribute="new")
    advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    budget = advance(bureau, make_budget(bureau, [project]), ("submit", "department"))
    ceiling.enter({bureau.organizations["department"]: Decimal(900000)}, 2026, by=bureau.budget)
    reasons = door.may("budget.approve", budget, bureau.budget).reasons
    assert [reason.article for reason in reasons] == [14] and "超过控制数 900,000.00 元" in reasons[0].text
