"""自评预警（norms 13）：指标几乎得满而钱没有花出去，或结余较多；以及某地做法的封顶和扣分，默认都不用。"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiheng.evaluation.score import score_form
from jiheng.indicator.consistency import consistency
from jiheng.indicator.form import Budget, Form, IndicatorRow
from jiheng.indicator.rules import DEFAULT_RULES

D = Decimal


@pytest.mark.parametrize(
    ("points", "spent", "full_year", "executed", "light"),
    [
        ("90", "10", "100", "100", ""),
        ("90", "9.50", "100", "95", ""),  # (1 − 0.95) ÷ 1 = 5 %：正好不超过
        ("90", "9.49", "100", "94.9", "red"),
        ("72", "8", "100", "80", ""),  # 都是八成；未执行 20 % 正好不超过
        ("72", "7.99", "100", "79.9", "yellow"),  # 相差 0.125 %，未执行 20.1 %
        ("45", "10", "100", "100", ""),  # 钱花了而指标没有完成：不是这个预警
        ("0", "0", "100", "0", ""),
        ("90", None, "0", "0", "yellow"),
        ("90", None, None, None, "yellow"),
    ],
)
def test_each_light_at_its_bound(points, spent, full_year, executed, light):
    told = consistency(
        D(points), D(90), None if spent is None else D(spent), D(10),
        full_year=None if full_year is None else D(full_year), executed=None if executed is None else D(executed),
    )  # fmt: skip
    assert told.light == light and told.working


@given(points=st.decimals("0", "90", places=2), spent=st.decimals("0", "10", places=2))
def test_spending_more_never_reddens(points, spent):
    def light(execution):
        return consistency(points, D(90), execution, D(10), full_year=D(100), executed=D(100)).light

    assert light(D(10)) == ""
    if light(spent) == "":
        assert light(min(spent + 1, D(10))) == ""


def form(actual: str, executed: str) -> Form:
    rows = (IndicatorRow("产出指标", "数量指标", "修缮面积", "≥100平方米", D(90), actual, reason="已说明"),)
    return Form(
        budget=Budget(full_year=D(100), executed=D(executed), weight=D(10), reason="已说明"), rows=rows
    )


def test_local_practice_is_off_and_tells_its_working_when_on():
    usual = score_form(form("140平方米", "65"))
    assert (usual.total, usual.grade) == (D("96.50"), "优")
    assert usual.warning.light == "red"
    local = replace(
        DEFAULT_RULES, over_deduction=(D("1.3"), D(2)), total_caps=((D("0.8"), D(89)), (D("0.7"), D(79)))
    )
    capped = score_form(form("140平方米", "65"), local)
    assert (capped.total, capped.grade) == (D(79), "中")
    assert capped.rows[0].score == 88 and "扣 2 分" in capped.rows[0].working[-1]
    assert capped.working[1] == "执行率偏低，总分按本局设定不超过 79"
