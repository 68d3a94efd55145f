"""Article 11: the budget office reviews the evaluations that the expenditure office passes on."""

from decimal import Decimal

import pytest

from jiheng.procedure import door
from tests.exante.stories import reach, save_review, stands
from tests.rooms import words

pytestmark = pytest.mark.article(11)


def test_the_budget_office_agrees_and_the_result_holds(as_person, bureau):
    evaluation = reach(bureau, "reviewed")
    client = as_person(bureau.budget)
    page = words(client.get(f"/case/{evaluation.case_id}/"))
    assert "同意评估结果" in page and "支出管理科审核：予以支持" in page and "550.00 万元" in page
    client.post(f"/case/{evaluation.case_id}/do/accept/", {"opinion": "同意"})
    evaluation.refresh_from_db()
    assert stands(evaluation) == "concluded" and evaluation.concluded_on is not None
    assert (evaluation.final_score, evaluation.final_conclusion, evaluation.final_amount) == (
        Decimal(88),
        "support",
        Decimal(5_500_000),
    )
    assert evaluation.case.acts.get(step="accept").record["final"] == ["88", "support", "5500000.00"]


def test_it_returns_with_a_reason_and_the_expenditure_office_reviews_again(bureau):
    evaluation = reach(bureau, "reviewed")
    with pytest.raises(door.Refusal, match="请填写退回理由"):
        door.perform("exante.budget_return", evaluation.case, by=bureau.budget)
    door.perform("exante.budget_return", evaluation.case, by=bureau.budget, opinion="金额请复核")
    assert stands(evaluation) == "submitted"
    save_review(evaluation, bureau.expenditure, amount="480")
    door.perform("exante.review", evaluation.case, by=bureau.expenditure)
    door.perform("exante.accept", evaluation.case, by=bureau.budget)
    evaluation.refresh_from_db()
    assert (stands(evaluation), evaluation.final_amount) == ("concluded", Decimal(4_800_000))


def test_nobody_agrees_in_its_place(bureau):
    evaluation = reach(bureau, "reviewed")
    for key in set(bureau.people) - {"budget"}:
        for step in ("accept", "choose", "budget_return"):
            with pytest.raises(door.Refusal):
                door.perform(f"exante.{step}", evaluation.case, by=bureau.people[key], opinion="办")
    assert stands(evaluation) == "reviewed"


def test_a_selection_is_agreed_in_one_action_and_each_is_filed(bureau):
    several = [reach(bureau, "reviewed") for _ in range(3)] + [reach(bureau, "submitted")]
    outcome = door.perform_many("exante.accept", [each.case for each in several], by=bureau.budget)
    assert len(outcome.acts) == 3 and [case.pk for case, _ in outcome.refused] == [several[3].case_id]
    assert [each.case.filings.count() for each in several] == [1, 1, 1, 0]
