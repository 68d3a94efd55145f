"""Article 18: two reviews. The expenditure office, then performance and assets together; who returns says to whom."""

import pytest

from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import GOAL_PATH, advance
from tests.rooms import words

pytestmark = pytest.mark.article(18)


def awaited(case):
    tasks = Task.objects.filter(case=case).select_related("organization")
    return {(task.step, task.organization.name) for task in tasks}


def state(case):
    return Case.objects.get(pk=case.pk).state


def test_the_way_of_a_goal_through_two_reviews(bureau, goal_case):
    way = []
    for step, person in GOAL_PATH.passed:
        way.append(awaited(goal_case))
        advance(bureau, goal_case, (step, person))
    assert way == [
        {("submit", "第一小学")},
        {("confirm", "教育局")},
        {("review", "支出管理科")},
        {("re_review", "预算绩效管理科"), ("re_review", "国资金融管理科")},
        {("re_review", "国资金融管理科")},
    ]
    assert (goal_case.state, awaited(goal_case)) == ("passed", set())


@pytest.mark.article(10)
@pytest.mark.parametrize("order", [("performance", "assets"), ("assets", "performance")])
def test_both_must_sign_in_whichever_order(bureau, goal_case, order):
    advance(bureau, goal_case, *GOAL_PATH.reviewed, ("re_review", order[0]))
    assert state(goal_case) == "reviewed"
    with pytest.raises(door.Refusal, match="已会签"):
        door.perform("goal.re_review", goal_case, by=bureau.people[order[0]])
    advance(bureau, goal_case, ("re_review", order[1]))
    assert state(goal_case) == "passed"
    signed = [
        (act.organization_name, act.to_state)
        for act in goal_case.acts.filter(step="re_review").order_by("seq")
    ]
    names = [bureau.organizations[key].name for key in order]
    assert signed == [(names[0], "reviewed"), (names[1], "passed")]


@pytest.mark.article(8)
@pytest.mark.parametrize(
    ("stands", "step", "whose"),
    [
        ("draft", "submit", "unit"),
        ("submitted", "confirm", "department"),
        ("confirmed", "review", "expenditure"),
        ("reviewed", "re_review", "performance"),
    ],
)
def test_nobody_acts_for_another(bureau, goal_case, stands, step, whose):
    path = {"draft": (), **vars(GOAL_PATH)}[stands]
    advance(bureau, goal_case, *path)
    may = {whose, "assets"} if step == "re_review" else {whose}
    for key in set(bureau.people) - may:
        with pytest.raises(door.Refusal):
            door.perform(f"goal.{step}", goal_case, by=bureau.people[key])
    assert state(goal_case) == stands


@pytest.mark.parametrize(
    ("path", "step", "person", "desk"),
    [
        (GOAL_PATH.submitted, "department_return", "department", "draft"),
        (GOAL_PATH.confirmed, "expenditure_return", "expenditure", "submitted"),
        (GOAL_PATH.reviewed, "re_review_return", "assets", "confirmed"),
        (GOAL_PATH.passed, "budget_return", "budget", "reviewed"),
    ],
)
def test_a_return_goes_to_the_desk_that_gave(bureau, goal_case, path, step, person, desk):
    advance(bureau, goal_case, *path)
    with pytest.raises(door.Refusal, match="请填写退回理由"):
        door.perform(f"goal.{step}", goal_case, by=bureau.people[person], opinion=" ")
    act = door.perform(f"goal.{step}", goal_case, by=bureau.people[person], opinion="受益人数没有依据")
    assert (state(goal_case), act.opinion, act.round) == (desk, "受益人数没有依据", 1)


@pytest.mark.parametrize("desk", ["draft", "submitted", "confirmed"])
def test_a_return_goes_to_the_desk_chosen_and_comes_back_by_the_same_desks(bureau, goal_case, desk):
    advance(bureau, goal_case, *GOAL_PATH.reviewed)
    door.perform("goal.re_review_return", goal_case, by=bureau.assets, opinion="补依据", desk=desk)
    assert state(goal_case) == desk
    states = ("draft", "submitted", "confirmed")
    again = GOAL_PATH.reviewed[states.index(desk) :]
    advance(bureau, goal_case, *again)
    assert awaited(goal_case) == {("re_review", "预算绩效管理科"), ("re_review", "国资金融管理科")}


def test_a_return_takes_back_the_signature_given_before(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.reviewed, ("re_review", "performance"))
    door.perform("goal.re_review_return", goal_case, by=bureau.assets, opinion="补依据")
    advance(bureau, goal_case, ("review", "expenditure"))
    assert awaited(goal_case) == {("re_review", "预算绩效管理科"), ("re_review", "国资金融管理科")}
    advance(bureau, goal_case, ("re_review", "assets"))
    assert state(goal_case) == "reviewed"


@pytest.mark.parametrize("desk", ["passed", "in_force", "reviewed", "nowhere"])
def test_a_return_does_not_go_where_the_case_has_not_been(bureau, goal_case, desk):
    advance(bureau, goal_case, *GOAL_PATH.reviewed)
    with pytest.raises(door.Refusal, match="退回的去处不在本事项经手的环节中"):
        door.perform("goal.re_review_return", goal_case, by=bureau.assets, opinion="补", desk=desk)


def test_the_unit_takes_back_what_nobody_has_read(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.submitted, ("withdraw", "unit"))
    assert (state(goal_case), awaited(goal_case)) == ("draft", {("submit", "第一小学")})
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    with pytest.raises(door.Refusal, match="“撤回”要在“待部门确认”时办理"):
        door.perform("goal.withdraw", goal_case, by=bureau.unit)


def test_an_error_of_the_checks_stops_submitting_and_a_warning_asks_for_a_word(bureau, goal_case):
    goal = goal_case.goal
    goal.indicators.filter(order=4).update(weight=25)
    with pytest.raises(door.Refusal) as refusal:
        advance(bureau, goal_case, ("submit", "unit"))
    texts = [reason.text for reason in refusal.value.reasons]
    assert any("95" in text and "100" in text for text in texts), texts
    goal.indicators.filter(order=4).update(weight=30)
    goal.indicators.filter(order=2).update(level2="数量指标")
    with pytest.raises(door.Refusal) as refusal:
        advance(bureau, goal_case, ("submit", "unit"))
    (reason,) = refusal.value.reasons
    assert reason.text.startswith("有 1 处提示还没有说明") and reason.field == "note"
    goal.note = "本项目验收随决算一并组织，不单列质量指标。"
    goal.save(update_fields=["note"])
    advance(bureau, goal_case, ("submit", "unit"))
    assert state(goal_case) == "submitted"


def test_the_reviewer_may_not_pass_what_the_checks_find_wrong(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    goal_case.goal.indicators.filter(order=1).update(target="")
    with pytest.raises(door.Refusal) as refusal:
        advance(bureau, goal_case, ("review", "expenditure"))
    assert "指标值" in refusal.value.reasons[0].text and refusal.value.reasons[0].article == 18


def test_the_page_of_a_goal_under_review_refuses_the_unit_with_reason_and_article(
    as_person, bureau, goal_case
):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    client = as_person(bureau.unit)
    for address in ("edit", "upload"):
        response = client.post(f"/goal/{goal_case.pk}/{address}/", {"text": "改"})
        said = words(response)
        assert response.status_code == 409
        assert "现在是“待支出科审核”，内容不能修改" in said and "第8条" in said
        assert "如需修改，请支出管理科退回。" in said and "数据没有改动" in said
    goal_case.goal.refresh_from_db()
    assert goal_case.goal.text == "完成校舍维修，改善办学条件。"


def test_the_department_does_not_write_in_the_units_place(as_person, bureau, goal_case):
    response = as_person(bureau.department).get(f"/goal/{goal_case.pk}/edit/")
    assert response.status_code == 409 and "内容由第一小学填写" in words(response)
    assert as_person(bureau.unit2).get(f"/goal/{goal_case.pk}/edit/").status_code == 404
