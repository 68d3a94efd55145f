"""Article 13: the expenditure office scores the six points, says why, concludes and proposes an amount."""

from decimal import Decimal

import pytest

from jiheng.procedure import door
from tests.exante.stories import FAIR, GOOD, reach, reasons, review, save_report, save_review, stands
from tests.rooms import words

pytestmark = pytest.mark.article(13)


def test_the_review_on_its_page(as_person, bureau):
    evaluation = reach(bureau, "submitted")
    client, address = as_person(bureau.expenditure), f"/exante/{evaluation.case_id}/edit/"
    page = client.get(address)
    for label in (
        "立项实施必要性",
        "投入经济性",
        "实施方案可行性",
        "绩效目标合理性",
        "财政支持方式科学性",
        "预算编制合理性",
    ):
        assert label in words(page)
    assert "economy的论证" in words(page) and "可行性论证.txt" in words(page)
    wrong = client.post(address, review(GOOD | {"goals": "20.5"}, amount="-1"))
    assert wrong.status_code == 422
    assert "“绩效目标合理性”的分数“20.5”不是 0 至 20 的数" in words(wrong) and "建议安排金额“-1”" in words(
        wrong
    )
    client.post(address, review())
    evaluation.refresh_from_db()
    assert (evaluation.score, evaluation.proposed) == (Decimal(88), Decimal(5_500_000))
    done = client.post(f"/case/{evaluation.case_id}/do/review/")
    assert done.status_code == 302 and stands(evaluation) == "reviewed"
    act = evaluation.case.acts.get(step="review")
    assert act.articles == [8, 13] and act.record["review"][:3] == ["88", "support", "first"]
    assert ["economy", "economy的论证", "15", "13", ""] in act.record["points"]


def test_all_reasons_at_once_each_with_its_article_and_field(bureau):
    evaluation = reach(bureau, "submitted")
    answer = door.may("exante.review", evaluation.case, bureau.expenditure)
    assert len(answer.reasons) == 6 + 3  # six scores, conclusion, amount, priority
    assert {reason.article for reason in answer.reasons} == {13}
    save_review(
        evaluation,
        bureau.expenditure,
        FAIR | {"support": "5"},
        conclusion="support",
        amount="700",
        priority="",
    )
    told = reasons(door.may("exante.review", evaluation.case, bureau.expenditure))
    assert told == [
        "“财政支持方式科学性”评 5 分，低于分值 10 分的 60%，还没有写意见",
        "总分 68 分，不到“予以支持”的 80 分",
        "建议安排 7,000,000.00 元，超过申请的 6,000,000.00 元",
        "还没有选轻重缓急",
    ]
    assert stands(evaluation) == "submitted"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {"conclusion": "refuse", "amount": "1", "word": "条件不具备"},
            "结论是“不予支持”，建议安排却有 10,000.00 元",
        ),
        (
            {"conclusion": "part", "amount": "300"},
            "总分 88 分可以“予以支持”，结论却是“部分支持”，还没有说明理由",
        ),
        ({"amount": "0"}, "结论是“予以支持”，建议安排却是 0"),
    ],
)
def test_conclusion_and_amount_go_with_the_score(bureau, changed, reason):
    evaluation = reach(bureau, "submitted")
    save_review(evaluation, bureau.expenditure, **changed)
    assert reasons(door.may("exante.review", evaluation.case, bureau.expenditure)) == [reason]


def test_a_more_cautious_conclusion_stands_with_a_word(bureau):
    evaluation = reach(bureau, "submitted")
    save_review(evaluation, bureau.expenditure, conclusion="part", amount="300", word="先做一期")
    door.perform("exante.review", evaluation.case, by=bureau.expenditure)
    assert stands(evaluation) == "reviewed"


def test_nobody_else_scores_or_reads_what_is_not_finished(as_person, bureau):
    evaluation = reach(bureau, "submitted")
    save_review(
        evaluation, bureau.expenditure, FAIR | {"support": "4.5"}, **{"comment-support": "支持方式依据不足"}
    )
    for person in ("department", "unit", "budget", "performance"):
        client = as_person(bureau.people[person])
        assert client.post(f"/exante/{evaluation.case_id}/edit/", review()).status_code == 409
        for address in (f"/case/{evaluation.case_id}/", f"/exante/{evaluation.case_id}/paper/"):
            page = words(client.get(address))
            assert "支持方式依据不足" not in page and "4.5" not in page, (person, address)
        with pytest.raises(door.Refusal):
            door.perform("exante.review", evaluation.case, by=bureau.people[person])
    assert "支持方式依据不足" in words(as_person(bureau.expenditure).get(f"/case/{evaluation.case_id}/"))


def test_a_report_returned_comes_back_with_the_comments_to_work_on(as_person, bureau):
    evaluation = reach(bureau, "submitted")
    save_review(
        evaluation, bureau.expenditure, GOOD | {"economy": "4"}, **{"comment-economy": "没有比较方案"}
    )
    door.perform(
        "exante.expenditure_return", evaluation.case, by=bureau.expenditure, opinion="请补充方案比较"
    )
    assert stands(evaluation) == "draft"
    page = words(as_person(bureau.department).get(f"/case/{evaluation.case_id}/"))
    assert "请补充方案比较" in page and "没有比较方案" in page
    save_report(evaluation, bureau.department, **{"text-economy": "比较了三个方案"})
    door.perform("exante.submit", evaluation.case, by=bureau.department)
    assert stands(evaluation) == "submitted"
