"""Key review of a goal by experts or an institution, after the two reviews (art. 18)."""

import pytest

from jiheng.goal.models import KeyReview
from jiheng.procedure import door
from jiheng.procedure.models import Attachment, Case
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project
from tests.rooms import file, words

pytestmark = pytest.mark.article(18)


@pytest.fixture(params=["performance", "expenditure"])
def chosen(request, bureau):
    """A goal chosen for key review by either office."""
    case = advance(bureau, make_goal(bureau), *GOAL_PATH.passed)
    return advance(bureau, case, (f"{request.param}_choose", request.param))


def result(**given):
    return {"opinion": "受益人数有依据", "grade": "良", "reviewer": "某会计师事务所"} | given


def test_who_reviewed_with_which_result_and_report_is_kept_and_shown(as_person, bureau, chosen):
    assert chosen.state == "key_review"
    client = as_person(bureau.performance)
    client.post(f"/case/{chosen.pk}/do/key_conclude/", result(report=file("报告.pdf", b"%PDF-1.4 report")))
    chosen.refresh_from_db()
    assert chosen.state == "passed"
    kept = KeyReview.objects.get()
    assert (kept.grade, kept.reviewer, kept.opinion) == ("良", "某会计师事务所", "受益人数有依据")
    assert Attachment.objects.get(need="report").act.seq == kept.seq
    said = words(as_person(bureau.unit).get(f"/case/{chosen.pk}/"))
    assert "重点审核" in said and "某会计师事务所" in said and "报告.pdf" in said


@pytest.mark.parametrize("missing", ["opinion", "grade", "reviewer", "report"])
def test_nothing_of_the_result_may_be_missing(bureau, goal_case, missing):
    advance(bureau, goal_case, *GOAL_PATH.passed, ("performance_choose", "performance"))
    given = result(report=[file("报告.pdf", b"x")])
    given.pop(missing)
    with pytest.raises(door.Refusal) as refusal:
        door.perform("goal.key_conclude", goal_case, by=bureau.performance, **given)
    assert [reason.field for reason in refusal.value.reasons] == [missing]


@pytest.mark.parametrize("grade", ["中", "差"])
def test_a_poor_result_goes_back_with_the_report_and_does_not_pass(bureau, goal_case, grade):
    advance(bureau, goal_case, *GOAL_PATH.passed, ("performance_choose", "performance"))
    given = result(grade=grade, report=[file("报告.pdf", b"x")])
    with pytest.raises(door.Refusal, match=f"重点审核等级“{grade}”，不能通过"):
        door.perform("goal.key_conclude", goal_case, by=bureau.performance, **given)
    given = result(grade=grade, report=[file("报告.pdf", b"x")], desk="draft")
    door.perform("goal.key_return", goal_case, by=bureau.performance, **given)
    assert Case.objects.get(pk=goal_case.pk).state == "draft" and KeyReview.objects.get().grade == grade


def test_a_budget_waits_for_a_goal_in_key_review(bureau):
    project = make_project(bureau)
    advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed, ("performance_choose", "performance"))
    budget = advance(bureau, make_budget(bureau, [project]), ("submit", "department"))
    (reason,) = door.may("budget.approve", budget, bureau.budget).reasons
    assert reason.text == f"“{project.name}”的绩效目标还在“重点审核中”"
    assert reason.next == "请预算绩效管理科先办理“审核通过”。"


def test_other_offices_choose_nothing(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.passed)
    for key in set(bureau.people) - {"performance", "expenditure"}:
        for step in ("performance_choose", "expenditure_choose"):
            assert not door.may(f"goal.{step}", goal_case, bureau.people[key]).allowed
