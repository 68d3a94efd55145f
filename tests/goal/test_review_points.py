"""Points of a goal's review: suggested with the working, confirmed or changed by the reviewer (art. 18, norms 4)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiheng.goal import checking, rules
from jiheng.goal.models import Review
from jiheng.indicator.checks import CHECKS, Check, goal_checks
from jiheng.indicator.form import Budget, Form, IndicatorRow
from jiheng.procedure import door
from tests.bureau_fixture import GOAL_PATH, advance
from tests.rooms import words

pytestmark = pytest.mark.article(18)
D = Decimal
SHARES = {"优": D(1), "良": D("0.8"), "中": D("0.6"), "差": D("0.3")}
BOUNDS = (("优", D(90)), ("良", D(80)), ("中", D(60)), ("差", D(0)))
grades = st.fixed_dictionaries({point.key: st.sampled_from(rules.GRADES) for point in rules.POINTS})
found = st.lists(
    st.sampled_from(sorted(CHECKS)).map(lambda code: Check(code, "", "", f"{code}。依据：略。", "改")),
    max_size=12,
)
noticed = st.lists(
    st.sampled_from(["unrelated", "no-benefit", "no-time", "no-money"]).map(lambda c: (c, c)), max_size=5
)


def test_the_eight_points_are_those_of_the_norm():
    parts: dict[str, Decimal] = {}
    for point in rules.POINTS:
        parts[point.part] = parts.get(point.part, D(0)) + point.full
    assert parts == {"完整性": 20, "相关性": 20, "适当性": 30, "可行性": 30}
    assert len(rules.POINTS) == 8


@settings(deadline=None)
@given(grades)
def test_a_total_lies_between_the_worst_and_the_best_and_has_one_grade(chosen):
    total = rules.total(chosen, SHARES)
    assert D(30) <= total <= D(100)
    assert rules.grade_of(total, BOUNDS) == next(grade for grade, low in BOUNDS if total >= low)


@settings(deadline=None)
@given(grades, st.sampled_from(rules.POINTS), st.sampled_from(rules.GRADES))
def test_a_better_grade_never_gives_less(chosen, point, grade):
    better = rules.GRADES.index(grade) <= rules.GRADES.index(chosen[point.key])
    difference = rules.total(chosen | {point.key: grade}, SHARES) - rules.total(chosen, SHARES)
    assert (difference >= 0) == (better or grade == chosen[point.key])


@settings(deadline=None)
@given(found, noticed, st.sampled_from(sorted(CHECKS)))
def test_one_finding_more_never_makes_a_suggestion_better(checks, also, code):
    before = rules.suggest(checks, also)
    after = rules.suggest([*checks, Check(code, "", "", "又一处。依据：略。", "改")], also)
    for one, two in zip(before, after, strict=True):
        assert rules.GRADES.index(two.grade) >= rules.GRADES.index(one.grade)
        assert (two.grade == one.grade) or code in two.point.codes
        assert two.working


ROWS = (
    IndicatorRow("产出指标", "数量指标", "修缮校舍面积", "≥1200平方米", D(20)),
    IndicatorRow("产出指标", "质量指标", "验收合格率", "=100%", D(20)),
    IndicatorRow("产出指标", "时效指标", "按期完工率", "≥95%", D(10)),
    IndicatorRow("效益指标", "社会效益指标", "受益学生人数", "≥900人", D(30)),
    IndicatorRow("满意度指标", "服务对象满意度指标", "师生满意度", "≥90%", D(10)),
)
GOAL = Form(
    kind="goal", project="校舍维修", budget=Budget(full_year=D(1000000), weight=D(10)),
    goal_expected="完成校舍维修1200平方米，改善办学条件。", rows=ROWS,
)  # fmt: skip


def with_row(place: int, **changed) -> Form:
    return replace(GOAL, rows=(*ROWS[:place], replace(ROWS[place], **changed), *ROWS[place + 1 :]))


def test_a_good_goal_gets_full_points():
    assert goal_checks(GOAL, scheme="standard") == []
    assert {each.grade for each in rules.suggest([], rules.observations(GOAL))} == {"优"}


@pytest.mark.parametrize(
    ("form", "code", "point"),
    [
        (with_row(1, name="修缮校舍面积"), "repeated", "scientific"),
        (with_row(3, name="完成情况"), "empty-wording", "clear"),
        (replace(GOAL, goal_expected="进一步加强管理，切实提高工作水平。"), "empty-wording", "clear"),
        (replace(GOAL, goal_expected="1200"), "goal-text", "clear"),
        (
            replace(GOAL, rows=tuple(replace(row, target="明显改善") for row in ROWS)),
            "few-quantified",
            "scientific",
        ),
        (with_row(0, level2="质量指标"), "no-quantity", "scientific"),
        (with_row(1, level2="数量指标"), "no-quality", "reasonable"),
        (with_row(1, target=""), "blank-target", "complete"),
    ],
)
def test_each_fault_bears_on_its_point(form, code, point):
    checks = goal_checks(form, scheme="standard")
    assert code in {check.code for check in checks}
    bad = {each.point.key for each in rules.suggest(checks, rules.observations(form)) if each.grade != "优"}
    assert bad == {point}


@pytest.mark.parametrize(
    ("form", "point", "words_"),
    [
        (replace(GOAL, project="食堂采购"), "relevant", "看不到项目名称所说的事"),
        (replace(GOAL, budget=Budget(full_year=D(0))), "funded", "资金总额是 0"),
        (with_row(2, level2="数量指标"), "achievable", "没有时效指标"),
    ],
)
def test_what_no_check_says_bears_on_the_points_too(form, point, words_):
    told = {
        each.point.key: each.working
        for each in rules.suggest([], rules.observations(form))
        if each.grade != "优"
    }
    assert list(told) == [point] and words_ in told[point][0]


def test_points_are_taken_as_suggested_unless_changed_and_kept_with_the_act(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    client = as_person(bureau.expenditure)
    before = client.get(f"/case/{goal_case.pk}/")
    assert "系统建议的审核评分" in words(before) and "100.00 分　等级 优" in words(before)
    act = door.perform("goal.review", goal_case, by=bureau.expenditure)
    review = Review.objects.get(goal=goal_case.goal)
    assert (review.total, review.grade, review.seq) == (D(100), "优", act.seq)
    assert act.record["review"]["points"][0][:4] == ["complete", "优", "优", "10.00"]
    assert "审核评分" in words(client.get(f"/case/{goal_case.pk}/"))


def test_a_point_changed_asks_for_a_word(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    client = as_person(bureau.expenditure)
    refused = client.post(f"/case/{goal_case.pk}/do/review/", {"point_funded": "良"})
    assert refused.status_code == 422 and "“资金匹配”与系统建议不同，请写明改动理由" in words(refused)
    assert (
        client.post(f"/case/{goal_case.pk}/do/review/", {"point_funded": "很好", "word": "改"}).status_code
        == 422
    )
    client.post(f"/case/{goal_case.pk}/do/review/", {"point_funded": "良", "word": "造价偏高"})
    review = Review.objects.get()
    assert (review.total, review.word) == (D(97), "造价偏高")
    said = words(client.get(f"/case/{goal_case.pk}/"))
    assert "良 已改" in said and "改动理由：造价偏高" in said and "97.00 分　等级 优" in said


def test_a_goal_of_grade_fair_goes_back_and_does_not_pass(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    worse = {f"point_{point.key}": "中" for point in rules.POINTS} | {"word": "全面不足"}
    with pytest.raises(door.Refusal, match=r"审核得分 60\.00 分，等级“中”，不能通过审核"):
        door.perform("goal.review", goal_case, by=bureau.expenditure, **worse)
    page = words(as_person(bureau.expenditure).get(f"/case/{goal_case.pk}/"))
    assert "审核，送预算绩效管理科、国资金融管理科再审核会签" in page


def test_what_the_system_finds_poor_can_be_passed_only_with_changed_points_and_a_word(
    as_person, bureau, goal_case
):
    goal = goal_case.goal
    goal.fiscal, goal.note, goal.text = D(0), "上级下达后补充。", "1"
    goal.save()
    goal.indicators.exclude(order__in=(1, 4)).update(level2="数量指标", name="完成情况", target="较好")
    advance(bureau, goal_case, ("submit", "unit"), ("confirm", "department"))
    total, grade = checking.verdict(type(goal).objects.get(pk=goal.pk), {})
    assert grade in ("中", "差") and total < 80
    client = as_person(bureau.expenditure)
    page = client.get(f"/case/{goal_case.pk}/")
    assert f"等级“{grade}”，不能通过审核" in words(page)
    assert f'action="/case/{goal_case.pk}/do/review/"' in page.content.decode()
    assert client.post(f"/case/{goal_case.pk}/do/review/", {"opinion": "同意"}).status_code == 422
    best = {f"point_{point.key}": "优" for point in rules.POINTS}
    assert client.post(f"/case/{goal_case.pk}/do/review/", best).status_code == 422
    client.post(f"/case/{goal_case.pk}/do/review/", best | {"word": "应急项目，资金随后下达"})
    assert Review.objects.get().grade == "优"
