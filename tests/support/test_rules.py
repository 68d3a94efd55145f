"""The rules of article 39 by themselves: drawing lots, standing aside, quality and credit."""

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiheng.support import rules

CODES = st.lists(st.integers(1, 9999).map("Z{:04d}".format), max_size=20, unique=True)
POINTS = st.decimals(0, 100, places=2)


@given(seed=st.text(max_size=64), codes=CODES, number=st.integers(-1, 40))
def test_a_draw_can_be_repeated_whatever_the_order_of_the_pool(seed, codes, number):
    drawn = rules.draw(seed, codes, number)
    assert drawn == rules.draw(seed, reversed(codes), number)
    assert len(drawn) == min(max(number, 0), len(codes)) == len(set(drawn))
    assert set(drawn) <= set(codes)
    assert drawn == rules.draw(seed, codes, len(codes))[: max(number, 0)]


@given(seed=st.text(alphabet="0123456789abcdef", min_size=1, max_size=32), codes=CODES)
def test_who_leaves_the_pool_changes_nothing_among_the_others(seed, codes):
    if codes:
        gone = codes[0]
        order = rules.draw(seed, codes, len(codes))
        assert rules.draw(seed, codes[1:], len(codes)) == [code for code in order if code != gone]


def test_a_lot_is_what_sha256sum_says():
    assert rules.ticket("种子", "Z0001") == hashlib.sha256("种子:Z0001".encode()).hexdigest()


def test_every_candidate_has_the_same_chance():
    codes = [f"Z{number:04d}" for number in range(5)]
    counts = dict.fromkeys(codes, 0)
    for seed in range(1000):
        for code in rules.draw(str(seed), codes, 2):
            counts[code] += 1
    # 400 each is expected; five standard deviations are some 77
    assert all(abs(count - 400) < 77 for count in counts.values()), counts


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("教育局", "教育局", True),
        ("教育局", "平原示范区教育局", True),
        ("平原示范区 教育局", "教育局（机关）", False),
        ("教育局机关", "教育局", True),
        ("大学", "河南师范大学", False),
        ("", "教育局", False),
        ("农业农村局", "教育局", False),
    ],
)
def test_names_of_one_body(one, other, same):
    assert rules.same_body(one, other) is same
    assert rules.same_body(other, one) is same


@pytest.mark.parametrize(("last_year", "count"), [(2022, 0), (2023, 1), (2026, 1)])
def test_a_service_counts_through_its_years(last_year, count):
    found = rules.recusal(
        "某大学", [rules.Served("第一小学", last_year)], ["第一小学", "教育局"], year=2026, years=3
    )
    assert len(found) == count


@given(points=st.fixed_dictionaries(dict.fromkeys(("plan", "process", "report", "timeliness"), POINTS)))
def test_quality_lies_between_the_lowest_and_the_highest_points(points):
    weights = {
        "plan": Decimal("0.2"),
        "process": Decimal("0.25"),
        "report": Decimal("0.35"),
        "timeliness": Decimal("0.2"),
    }
    quality = rules.quality(points, weights)
    assert min(points.values()) - rules.CENT <= quality <= max(points.values()) + rules.CENT
    assert rules.quality(dict(reversed(points.items())), weights) == quality


@given(late=st.integers(-5, 400), step=st.decimals(0, 100, places=1))
def test_timeliness_falls_with_every_day_and_never_below_nothing(late, step):
    points = rules.timeliness(late, step)
    assert 0 <= points <= 100
    assert rules.timeliness(late + 1, step) <= points
    assert late > 0 or points == 100


@given(credit=POINTS, effect=st.decimals(-100, 100, places=2))
def test_credit_stays_within_its_bounds_and_moves_the_way_of_the_rating(credit, effect):
    after = rules.credit_after(credit, effect)
    assert 0 <= after <= 100
    assert (after - credit) * effect >= 0


def test_no_field_is_part_of_another_name():
    """Fields are found as parts of one text."""
    assert [(a, b) for a in rules.FIELDS for b in rules.FIELDS if a != b and a in b] == []
