"""Many totals again, without working: never other than what the page shows with its working (art. 27, 43)."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jiheng.evaluation.recalculating import _plainly, recalculated
from jiheng.evaluation.score import points_of
from jiheng.indicator import quick
from jiheng.indicator.form import Budget, Form, IndicatorRow
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.target import Direction, direction_of, read
from jiheng.monitoring import rules
from jiheng.monitoring.shares import goal_light, share_done

D = Decimal
SIGNS = ("≥", "≤", "=", ">", "<", "", "不低于", "控制在")
UNITS = (
    "%",
    "个",
    "元",
    "万元",
    "平方米",
    "人次",
    "万人",
    "公里",
    "米",
    "",
    "年",
    "月",
    "分",
    "小时",
    "以上",
    "%以上",
)
NUMBERS = st.one_of(
    st.integers(0, 3000).map(str),
    st.decimals(0, 5000, places=2, allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(("100", "2026", "0", "12", "1,200", "99999999999")),
)
ODD = st.sampled_from(("效果明显", "3-5天", "2026年12月前", "", "达成预期指标", "已完成", "/", "-5%"))
WRITTEN = st.one_of(st.tuples(st.sampled_from(SIGNS), NUMBERS, st.sampled_from(UNITS)).map("".join), ODD)
REACHED = st.one_of(st.tuples(NUMBERS, st.sampled_from(UNITS)).map("".join), WRITTEN)
PAIRS = st.tuples(WRITTEN, REACHED)
ROWS = st.builds(
    lambda pair, names, weight, shares: IndicatorRow(
        *names, pair[0], weight, pair[1], published_score=D(1), shares=shares
    ),
    PAIRS,
    st.sampled_from(
        (
            ("产出指标", "数量指标", "完成面积"),
            ("成本指标", "经济成本指标", "单位成本"),
            ("效益指标", "社会效益指标", "投诉件数"),
            ("满意度指标", "服务对象满意度指标", "满意度"),
            ("产出指标", "数量指标", "预算执行率"),
        )
    ),
    st.sampled_from((D(10), D("12.5"), D("3.333"), D(30), None)),
    st.sampled_from((1, 1, 1, 1, 0, 2)),
)
MONEY = st.one_of(st.none(), st.decimals(0, 10**7, places=2, allow_nan=False, allow_infinity=False))
RULES = st.sampled_from(
    (
        DEFAULT_RULES,
        ScoringRules(execution_strategy="interval"),
        ScoringRules(total_caps=((D("0.5"), D(80)), (D("0.3"), D(60)))),
        ScoringRules(over_deduction=(D("1.3"), D(2))),
        ScoringRules(pass_ratio=D("0.6")),
        ScoringRules(satisfaction_strategy="bands"),
        ScoringRules(consistency_gap=D("0.2"), unspent=D("0.5")),
    )
)


def form_of(rows, full_year, executed, weight) -> Form:
    budget = Budget(full_year=full_year, executed=executed, weight=weight)
    return Form(budget=budget, rows=tuple(rows))


def slowly(form: Form, by: ScoringRules):
    scored = points_of(form, by)
    return scored.total, scored.grade, scored.warning.light


@settings(max_examples=250, deadline=None)
@given(st.lists(ROWS, max_size=6), MONEY, MONEY, st.sampled_from((D(10), D(20), None, D(0))), RULES)
def test_whatever_a_form_holds_both_ways_come_to_the_same(rows, full_year, executed, weight, by):
    form = form_of(rows, full_year, executed, weight)
    assert tuple(recalculated(form, by)) == slowly(form, by)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("≥≤="), st.integers(1, 300), st.integers(1, 300)), min_size=9, max_size=9),
    st.integers(1, 10**6), st.integers(0, 10**6), RULES,
)  # fmt: skip
def test_plain_forms_take_the_short_way_and_come_to_the_same(figures, full_year, executed, by):
    rows = [
        IndicatorRow("产出指标", "数量指标", f"面积{place}", f"{sign}{wanted}亩", D(10), f"{reached}亩")
        for place, (sign, wanted, reached) in enumerate(figures)
    ]
    form = form_of(rows, D(full_year), D(executed), D(10))
    if not by.over_deduction[1] and by.pass_ratio is None and by.satisfaction_strategy == "ratio":
        assert _plainly(form, by) is not None
    assert tuple(recalculated(form, by)) == slowly(form, by)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(("≥", "≤", ">", "<", "=", "")),
    NUMBERS,
    st.sampled_from(quick._COMMON.pattern.split("(|")[1].strip(")").split("|")),
)
@example("", "2026", "人")
def test_common_units_are_read_alike_with_any_number(sign, number, unit):
    text = f"{sign}{number}{unit}"
    assert quick._plain(text) == quick._read(text)


@settings(max_examples=300, deadline=None)
@given(PAIRS, st.sampled_from(("完成面积", "投诉件数", "单位成本")))
def test_a_share_told_quickly_goes_the_way_the_name_says(pair, name):
    share = quick.named_share(*pair, name, "产出指标", "数量指标")
    if signed := quick.signed_share(*pair):
        assert signed == share
    if share is not None and not share[2]:
        way = direction_of(read(pair[0]), name=name, level1="产出指标", level2="数量指标")
        wanted, reached = read(pair[0]).amount, read(pair[1]).amount
        assert (share[0] / share[1] < 1) and (share[:2] == (wanted, reached)) == (
            way is Direction.LOWER_BETTER
        )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(("", "", "certain", "possible", "impossible")), PAIRS), max_size=6),
    st.sampled_from((datetime.date(2026, 7, 31), datetime.date(2025, 12, 31), datetime.date(2026, 12, 31))),
)
def test_a_goals_light_is_the_worst_of_its_indicators(told, cutoff):
    passed, green, yellow = rules.time_progress(2026, cutoff), D("0.8"), D("0.6")
    names = ("完成面积", "产出指标", "数量指标")
    one_by_one = [
        rules.indicator_light(said, share_done(*pair, *names), passed, green=green, yellow=yellow).light
        for said, pair in told
    ]
    together = goal_light([(said, *pair, *names) for said, pair in told], passed, green, yellow)
    assert together == rules.worst(one_by_one)


def test_a_row_out_of_the_ordinary_sends_the_whole_form_the_long_way():
    plain = [IndicatorRow("产出指标", "数量指标", f"面积{n}", "≥100亩", D(10), "90亩") for n in range(9)]
    form = form_of(plain, D(100), D(100), D(10))
    assert _plainly(form, DEFAULT_RULES) is not None
    for odd in ("90公顷", "900000亩", "已完成", "≥90亩"):
        changed = replace(form, rows=(*form.rows[:8], replace(form.rows[8], actual=odd)))
        assert _plainly(changed, DEFAULT_RULES) is None
        assert tuple(recalculated(changed)) == slowly(changed, DEFAULT_RULES)


@pytest.mark.parametrize("zero", ["≥0个", "0个"])
def test_nothing_divided_by_nothing_is_left_to_the_long_way(zero):
    assert quick.signed_share(zero, "0个") is None
