"""Article 30: the performance office draws a sample, scores it again blind; budget and expenditure sign for it."""

from decimal import Decimal

import pytest

from jiheng.application.models import Application
from jiheng.evaluation.models import SpotCheck
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import advance
from tests.evaluation.filled import save
from tests.rooms import ask_evaluation, in_force, load_figures, words

pytestmark = pytest.mark.article(30)
NEW = "/evaluation/spot/new/"


@pytest.fixture
def accepted(as_person, bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 950_000)
    evaluation = ask_evaluation(bureau, goal)
    assert save(as_person(bureau.unit), evaluation).status_code == 302
    return accept(bureau, evaluation)


def accept(bureau, evaluation):
    advance(bureau, evaluation.case, ("submit", "unit"), ("confirm", "department"), ("accept", "expenditure"))
    evaluation.refresh_from_db()
    return evaluation


@pytest.fixture
def check(as_person, bureau, accepted):
    response = as_person(bureau.performance).post(NEW, {"year": "2026", "number": "1", "seed": "开会定的7"})
    assert response.status_code == 302
    return SpotCheck.objects.select_related("case").get()


def scored(client, check, points, comment="四季度没有依据"):
    """Scores the only one drawn with ``points`` for its first row and full points for the others."""
    item = check.items.get()
    given = {"word": "请补依据", "next": "1"}
    for row in item.evaluation.rows.all():
        given[f"points-{row.pk}"] = points if row.order == 1 else str(row.weight)
        given[f"comment-{row.pk}"] = comment if row.order == 1 else ""
    return client.post(f"/evaluation/spot/{check.case_id}/{item.pk}/", given)


def test_the_original_shows_only_after_the_re_score(as_person, bureau, accepted, check):
    client = as_person(bureau.performance)
    assert (check.seed, check.number, check.bound) == ("开会定的7", 1, 5)
    assert check.strata == [["教育局", "优", 1, 1]]
    assert [row[0] for row in check.population] == [accepted.case.code]
    assert accepted.total == Decimal("99.5")
    case = words(client.get(f"/case/{check.case_id}/"))
    following = client.get(f"/evaluation/spot/{check.case_id}/edit/")
    page = words(client.get(following["Location"]))
    assert "1260平方米" in page and "≥1200平方米" in page and "完成校舍维修" in page
    for said in (case, page):
        assert "99.50" not in said and "优" not in said
    assert "复核后显示" in case and "开会定的7" in case
    assert scored(client, check, "25").status_code == 422
    assert "有扣分，请写明扣分的依据" in words(scored(client, check, "17", comment=""))
    assert check.items.get().total is None
    assert scored(client, check, "17").status_code == 302
    said = words(client.get(f"/case/{check.case_id}/"))
    assert "99.50 优" in said and "96.50 优" in said and "-3.00" in said
    again = scored(client, check, "20")
    assert again.status_code == 409 and "复核分已保存，原自评分已显示，不能再改" in words(again)
    assert check.items.get().total == Decimal("96.5")


def test_it_is_not_sent_unscored_and_signed_by_both(as_person, bureau, accepted, check):
    (reason,) = door.may("spot_check.send", check.case, bureau.performance).reasons
    assert "还有 1 份没有复核" in reason.text and reason.article == 30
    scored(as_person(bureau.performance), check, "17")
    advance(bureau, check.case, ("send", "performance"))
    assert {task.role for task in Task.objects.filter(case=check.case)} == {"budget", "expenditure"}
    advance(bureau, check.case, ("receive", "budget"))
    assert check.case.state == "sent"
    advance(bureau, check.case, ("receive", "expenditure"))
    assert check.case.state == "received"
    accepted.case.refresh_from_db()
    assert accepted.case.state == "accepted"  # 3 points are within the bound


def test_beyond_the_bound_it_goes_back_to_the_unit_and_its_application_waits(
    as_person, bureau, accepted, check
):
    application = Application.objects.select_related("case").get(evaluation=accepted)
    given = {"action": "keep", "amount": "100", "opinion": ""}
    door.perform("application.propose", application.case, by=bureau.performance, **given)
    scored(as_person(bureau.performance), check, "2")
    advance(bureau, check.case, ("send", "performance"))
    case = Case.objects.get(pk=accepted.case_id)
    act = case.acts.order_by("-seq").first()
    assert (case.state, act.step, act.role) == ("draft", "reopen", "performance")
    assert "相差 18.00 分，超过 5.00 分" in act.opinion and "请补依据" in act.opinion
    assert [task.organization.name for task in Task.objects.filter(case=case)] == ["第一小学"]
    item = check.items.get()
    assert (item.returned, item.outcome) == (True, "已退回单位重报")
    (reason, *_) = door.may("application.decide", application.case, bureau.budget).reasons
    assert "已退回单位，结果暂不应用" in reason.text and reason.article == 30
    save(as_person(bureau.unit), accepted, actual_1="0平方米", reason_1="据实改报")
    accept(bureau, accepted)
    application.refresh_from_db()
    assert Application.objects.count() == 1
    assert (application.proposed, application.proposed_amount) == (
        "",
        None,
    )  # 79.5: the rule says otherwise now
    (reason, *_) = door.may("application.decide", application.case, bureau.budget).reasons
    assert "原来的建议不再有效" in reason.text
    advance(bureau, application.case, ("return", "budget"), opinion="按新结果重提")
    door.perform(
        "application.propose", application.case, by=bureau.performance, action=application.ruled,
        amount=str(application.ruled_amount / 10000),
    )  # fmt: skip
    assert application.case.state == "proposed"


def test_what_is_already_applied_is_not_taken_back_and_the_row_says_so(as_person, bureau, accepted, check):
    application = Application.objects.select_related("case").get(evaluation=accepted)
    given = {"action": "keep", "amount": "100", "opinion": ""}
    door.perform("application.propose", application.case, by=bureau.performance, **given)
    door.perform("application.decide", application.case, by=bureau.budget, **given)
    scored(as_person(bureau.performance), check, "2")
    advance(bureau, check.case, ("send", "performance"))
    item = check.items.get()
    assert not item.returned and "结果已由预算科决定应用，自评不再退回（规程第33条）" in item.outcome
    assert Case.objects.get(pk=accepted.case_id).state == "accepted"
    assert "结果已由预算科决定应用" in words(as_person(bureau.budget).get(f"/case/{check.case_id}/"))


def test_a_table_sent_back_may_be_scored_again_and_keeps_what_it_said(as_person, bureau, accepted, check):
    client = as_person(bureau.performance)
    scored(client, check, "17")
    advance(bureau, check.case, ("send", "performance"))
    advance(bureau, check.case, ("return", "expenditure"), opinion="请写明依据")
    assert scored(client, check, "18").status_code == 302
    item = check.items.get()
    assert (item.total, item.earlier[0][1]) == (Decimal("97.5"), "96.50")


def test_only_performance_draws_and_nobody_reopens_by_hand(as_person, bureau, accepted):
    for person in ("budget", "expenditure", "assets", "department", "unit"):
        said = as_person(bureau.people[person]).post(NEW, {"year": "2026", "number": "1"})
        assert said.status_code == 409 and "抽查复核由预算绩效管理科办理" in words(said)
    assert not SpotCheck.objects.exists()
    kinds = {
        reason.kind for reason in door.may("evaluation.reopen", accepted.case, bureau.performance).reasons
    }
    assert kinds == {"only_with"}
    wrong = as_person(bureau.performance).post(NEW, {"year": "2026", "number": "2"})
    assert wrong.status_code == 422 and "抽取数“2”不是 1 至 1 的整数" in words(wrong)


def test_units_and_departments_do_not_see_it(as_person, bureau, accepted, check):
    for person in ("unit", "department"):
        assert as_person(bureau.people[person]).get(f"/case/{check.case_id}/").status_code == 404
