"""Points by key points, rates, means; how far sheets differ. Hand calculations stand beside each."""

from decimal import Decimal as D

import pytest

from jiheng.evaluation import frameworks, marking
from jiheng.indicator.rules import DEFAULT_RULES


def test_key_points_are_of_equal_worth_in_two_places_half_up():
    told = marking.by_points(D(5), ("一", "二", "三"), ("1", "0.5", "0"))
    assert told.value == D("2.50") and told.working[-1] == "5.00 × 50.00% = 2.50 分"
    assert marking.by_points(D("2.25"), ("一", "二"), ("1", "0.9")).value == D("2.14")  # 2.1375
    assert marking.by_points(D(5), ("一", "二"), ("1",)).value is None
    assert marking.by_points(D(5), ("一",), ("2",)).value is None


@pytest.mark.parametrize(
    ("method", "rate", "share"),
    [
        ("rate", "0.8", "0.8"), ("rate", "1.3", "1"), ("rate", "-0.2", "0"),
        ("ceiling", "0.97", "1"), ("ceiling", "1", "1"), ("ceiling", "1.25", "0.8"),
        ("change", "-0.1", "1"), ("change", "0", "1"), ("change", "0.15", "0.85"), ("change", "2", "0"),
    ],
)  # fmt: skip
def test_rates(method, rate, share):
    assert marking.by_rate(D(10), method, D(rate)).value == D(10) * D(share)


def test_rates_as_people_type_them():
    assert [marking.ratio_of(text) for text in ("92.5", "92.5%", "９２．５％", "约九成", "")] == [
        D("0.925"), D("0.925"), D("0.925"), None, None,
    ]  # fmt: skip


def test_a_goals_indicator_scores_by_the_rule_of_self_evaluation():
    names = ("产出", "数量指标", "修缮面积")
    assert marking.by_goal(D(12), names, "≥1200平方米", "900平方米", "", DEFAULT_RULES).value == 9
    assert marking.by_goal(D(12), names, "≥1200平方米", "", "", DEFAULT_RULES).value is None
    qualitative = marking.by_goal(
        D(20), ("效益", "社会效益指标", "办学条件"), "明显改善", "改善", "0.8", DEFAULT_RULES
    )
    assert qualitative.value == 16


def test_spread_and_mean():
    told = marking.spread([D(90), D(84), D(87)])
    assert (told.mean, told.range, told.deviation) == (87, 6, D("2.45"))  # √6
    assert marking.spread([]) is None
    assert marking.by_mean(D(6), [("甲", D("5.5")), ("乙", D("4"))]).value == D("4.75")
    assert marking.by_mean(D(6), []).value is None


def test_shares_add_up_to_the_whole():
    assert frameworks.shared_out(D(10), [D(1), D(1), D(1)]) == [D("3.33"), D("3.33"), D("3.34")]
    assert frameworks.shared_out(D(12), [D(20), D(10)]) == [8, 4]
    assert frameworks.shared_out(D(5), [D(0), D(0)]) == [D("2.50"), D("2.50")]
