"""The lights as pure rules (art. 23): bounds belong to the better light, and paying more never makes one worse."""

import calendar
import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiheng.monitoring import rules
from tests.rooms import JULY

pytestmark = pytest.mark.article(23)
D = Decimal
BOUNDS = {"green": D("0.8"), "yellow": D("0.6")}
RANK = {"green": 3, "yellow": 2, "red": 1}


@pytest.mark.parametrize(
    ("day", "share"),
    [
        ("2026-12-31", "1"),
        ("2026-06-30", "0.5"),
        ("2026-01-31", "0.0833333333"),
        ("2026-02-28", "0.1666666667"),
        ("2028-02-29", "0.1666666667"),
        ("2026-02-14", "0.125"),
        ("2026-09-15", "0.7083333333"),
    ],
)
def test_time_progress_counts_whole_months_as_twelfths(day, share):
    cutoff = datetime.date.fromisoformat(day)
    assert abs(rules.time_progress(cutoff.year, cutoff) - D(share)) < D("1e-9")


def test_time_progress_of_another_year_is_nothing_or_all():
    assert rules.time_progress(2027, JULY) == 0
    assert rules.time_progress(2025, JULY) == 1


@given(st.dates(datetime.date(2024, 1, 1), datetime.date(2028, 12, 30)))
def test_time_goes_on(day):
    later = day + datetime.timedelta(days=1)
    if later.year == day.year:
        assert 0 < rules.time_progress(day.year, day) < rules.time_progress(day.year, later) <= 1


@pytest.mark.parametrize(
    ("paid", "light"),
    [
        ("400.00", "green"),  # 40% ÷ 50% = 80%, exactly the bound
        ("399.99", "yellow"),
        ("300.00", "yellow"),  # 60%
        ("299.99", "red"),
        ("0", "red"),
        ("-1", "red"),
        ("1000", "green"),
        ("5000", "green"),
    ],
)
def test_execution_light_exactly_at_its_bounds(paid, light):
    assert rules.execution_light(D(1000), D(paid), D("0.5"), **BOUNDS).light == light


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize(("bound", "light"), [("0.8", "green"), ("0.6", "yellow")])
def test_a_bound_met_exactly_is_met_in_every_month(month, bound, light):
    """Twelfths and thirds have no end as decimals; that must not cost anybody a light."""
    cutoff = datetime.date(2026, month, calendar.monthrange(2026, month)[1])
    passed = rules.time_progress(2026, cutoff)
    full_year = D(1_500_000)
    paid = full_year * month * D(bound) / 12
    assert paid == round(paid, 2)
    assert rules.execution_light(full_year, paid, passed, **BOUNDS).light == light
    assert rules.execution_light(full_year, paid - D("0.01"), passed, **BOUNDS).light != light


def test_the_working_says_every_figure():
    lit = rules.execution_light(D(1000), D(300), D("0.5"), **BOUNDS)
    assert lit.working == "执行率 30.00% ÷ 时间进度 50.00% ＝ 60.00%；≥80.00% 绿，≥60.00% 黄，其余红 → 黄灯"


@pytest.mark.parametrize(("full_year", "paid"), [(None, D(1)), (D(0), D(1)), (D(1), None), (None, None)])
def test_without_figures_there_is_no_light(full_year, paid):
    lit = rules.execution_light(full_year, paid, D("0.5"), **BOUNDS)
    assert (lit.light, lit.working) == ("", "没有全年预算数或执行数，不亮灯")


def test_before_the_year_begins_there_is_no_light():
    assert rules.execution_light(D(1), D(1), D(0), **BOUNDS).light == ""


AMOUNT = st.decimals("-1000000", "100000000", places=2)


@given(
    full_year=st.decimals("0.01", "100000000", places=2),
    less=AMOUNT,
    more=AMOUNT,
    day=st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)),
)
def test_paying_more_never_makes_the_light_worse(full_year, less, more, day):
    less, more = sorted((less, more))
    passed = rules.time_progress(2026, day)
    lights = [rules.execution_light(full_year, paid, passed, **BOUNDS).light for paid in (less, more)]
    assert RANK[lights[0]] <= RANK[lights[1]]


@given(paid=AMOUNT, full_year=st.decimals("0.01", "100000000", places=2))
def test_the_light_tells_the_words_of_its_rule(paid, full_year):
    lit = rules.execution_light(full_year, paid, D("0.5"), **BOUNDS)
    ratio = paid / full_year / D("0.5")
    assert (ratio >= D("0.8"), ratio >= D("0.6")) == (lit.light == "green", lit.light != "red")
    assert lit.working.endswith(rules.WORDS[lit.light])


@pytest.mark.parametrize(
    ("likelihood", "share", "light"),
    [
        ("certain", D(0), "green"),
        ("possible", D(1), "yellow"),
        ("impossible", D(1), "red"),
        ("", D("0.40"), "green"),
        ("", D("0.3999"), "yellow"),
        ("", D("0.30"), "yellow"),
        ("", D("0.2999"), "red"),
        ("", None, ""),
    ],
)
def test_an_indicators_light_goes_by_its_stated_likelihood_or_else_by_what_is_done(likelihood, share, light):
    assert rules.indicator_light(likelihood, share, D("0.5"), **BOUNDS).light == light


@pytest.mark.parametrize(
    ("lights", "light"),
    [
        (("green", "red", "yellow"), "red"),
        (("green", "yellow"), "yellow"),
        (("", "green"), "green"),
        (("", ""), ""),
        ((), ""),
    ],
)
def test_the_worst_light_stands_for_all(lights, light):
    assert rules.worst(lights) == light


@given(st.lists(st.sampled_from(["green", "yellow", "red", ""]), min_size=1))
def test_adding_a_light_never_makes_the_whole_better(lights):
    rank = {"": 0, "green": 1, "yellow": 2, "red": 3}
    assert rank[rules.worst(lights)] >= rank[rules.worst(lights[:-1])]
