"""From a result to next year's money (art. 33): by grade, by what was spent, to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiheng.application.rules import Rates, Result, rule

pytestmark = pytest.mark.article(33)
D = Decimal
RATES = Rates(
    fair_cut=D("0.1"), fair_most=D("0.2"), poor_cut=D(1), poor_most=D(1), red_cut=D("0.05"), open_cut=D("0.15"),
    low_execution=D("0.8"),
)  # fmt: skip


def ruled(grade, base="1000000", rate="1", rates=RATES, **known):
    rate = None if rate is None else D(rate)
    return rule(Result("自评", D(85), grade, D(base), rate, **known), rates)


@pytest.mark.parametrize(
    ("grade", "action", "amount"),
    [
        ("优", "keep", "1000000.00"),
        ("良", "keep", "1000000.00"),
        ("中", "cut", "900000.00"),
        ("差", "cancel", "0.00"),
    ],
)
def test_the_grade_keeps_cuts_or_cancels(grade, action, amount):
    ruling = ruled(grade)
    assert (ruling.action, ruling.amount) == (action, D(amount))


def test_a_bureau_may_cut_the_poor_instead_of_cancelling():
    ruling = ruled("差", rates=replace(RATES, poor_cut=D("0.5")))
    assert (ruling.action, ruling.amount, ruling.low) == ("cut", D(500000), D(0))


@pytest.mark.parametrize(
    ("grade", "known", "action", "amount", "low"),
    [
        ("中", {}, "cut", "900000", "800000"),  # a span that the bureau leaves open
        ("良", {"red": True}, "cut", "950000", "950000"),
        ("中", {"red": True}, "cut", "900000", "800000"),  # the largest cut counts, not the sum
        ("优", {"open_problems": 2}, "cut", "850000", "850000"),
        ("中", {"open_problems": 1}, "cut", "850000", "800000"),
        ("中", {"policy": True}, "adjust", "900000", "800000"),
        ("良", {"policy": True}, "keep", "1000000", "1000000"),
        ("差", {"policy": True}, "cancel", "0", "0"),
    ],
)
def test_lights_problems_and_policies_bear_on_the_ruling(grade, known, action, amount, low):
    ruling = ruled(grade, **known)
    assert (ruling.action, ruling.amount, ruling.low) == (action, D(amount), D(low))


@pytest.mark.parametrize(
    ("grade", "rate", "action", "amount"),
    [
        ("优", "0.8", "keep", "1000000"),  # the bound itself is not low
        ("优", "0.7999", "cut", "799900"),
        ("中", "0.85", "cut", "900000"),
        ("中", "0.5", "cut", "500000"),  # the lower of the two
        ("差", "0.5", "cancel", "0"),
        ("优", "0", "cancel", "0"),
        ("优", "-0.2", "cancel", "0"),  # refunds of earlier years
        ("优", "1.3", "keep", "1000000"),
        ("优", None, "keep", "1000000"),
    ],
)
def test_low_execution_is_cut_by_what_was_not_spent(grade, rate, action, amount):
    ruling = ruled(grade, rate=rate)
    assert (ruling.action, ruling.amount) == (action, D(amount))


@pytest.mark.parametrize(
    ("base", "rate", "amount"),
    [
        ("100.05", "1", "90.05"),  # 90.045 half up
        ("0.05", "1", "0.05"),  # 0.045 half up
        ("333333.33", "0.333", "111000.00"),  # 110999.99889
        ("43.20", "0.5", "21.60"),
    ],
)
def test_cents_are_exact_and_half_up(base, rate, amount):
    assert ruled("中", base=base, rate=rate).amount == D(amount)


def test_the_working_says_every_figure_and_its_source():
    assert ruled("中", rate="0.5").working == (
        "自评得分 85，等级“中”；基数 1,000,000.00 元",
        "等级“中”压减 10% 至 20%（本局设定）：800,000.00 至 900,000.00 元",
        "执行率 50.00% 低于 80%（本局设定），按未用部分压减：1,000,000.00 × 50.00% ＝ 500,000.00 元",
        "两项取低：500,000.00 元",
    )
    assert len(ruled("优").working) == 2


def test_without_money_there_is_nothing_to_cancel():
    assert (ruled("优", base="0", rate=None).action, ruled("优", base="0", rate=None).amount) == ("keep", 0)


BASE = st.decimals("0", "99999999999.99", places=2)
SHARE = st.decimals("0", "1", places=2)
RATE = st.none() | st.decimals("-1", "3", places=4)
GRADES = ("优", "良", "中", "差")


@given(
    grade=st.sampled_from(GRADES), base=BASE, rate=RATE, fair=SHARE, poor=SHARE, low=SHARE, red=st.booleans(),
    problems=st.integers(0, 3),
)  # fmt: skip
def test_the_amount_lies_between_nothing_and_the_base(grade, base, rate, fair, poor, low, red, problems):
    rates = replace(RATES, fair_cut=fair, poor_cut=poor, low_execution=low)
    ruling = rule(Result("自评", D(1), grade, base, rate, red, problems), rates)
    assert 0 <= ruling.low <= ruling.amount
    assert 0 <= ruling.amount <= base
    assert ruling.amount == round(ruling.amount, 2)
    assert (ruling.action == "keep") == (
        ruling.amount == base and not (base == 0 and ruling.action == "cancel")
    )
    if ruling.action == "cancel":
        assert ruling.amount == 0
    if ruling.action == "cut":
        assert 0 < ruling.amount < base


@given(base=BASE, rate=RATE, cuts=st.tuples(SHARE, SHARE), low=SHARE)
def test_a_better_grade_never_gets_less(base, rate, cuts, low):
    fair, poor = sorted(cuts)
    rates = replace(RATES, fair_cut=fair, poor_cut=poor, low_execution=low)
    amounts = [rule(Result("自评", D(1), grade, base, rate), rates).amount for grade in GRADES]
    assert amounts == sorted(amounts, reverse=True)


@given(base=BASE, rates=st.tuples(st.decimals("0", "1", places=4), st.decimals("0", "1", places=4)))
def test_spending_more_never_gets_less(base, rates):
    amounts = [ruled("优", base=base, rate=rate).amount for rate in sorted(rates)]
    assert amounts == sorted(amounts)
