"""The score rule by its properties: the sum, what it allows, and that exactly the faulty is found faulty."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiheng.exante import rules

WEIGHTS = {"necessity": 20, "economy": 15, "feasibility": 15, "goals": 20, "support": 10, "budget": 20}
BOUNDS = rules.Bounds(
    {key: Decimal(each) for key, each in WEIGHTS.items()}, Decimal(80), Decimal(60), Decimal("0.6")
)
scores = st.fixed_dictionaries(
    {
        key: st.integers(0, weight * 4).map(lambda quarters: Decimal(quarters) / 4)
        for key, weight in WEIGHTS.items()
    }
)

pytestmark = pytest.mark.article(13)


def test_the_points_are_those_of_article_13_in_its_order():
    assert [point.label for point in rules.POINTS] == [
        "立项实施必要性", "投入经济性", "实施方案可行性", "绩效目标合理性", "财政支持方式科学性", "预算编制合理性",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(scores, st.sampled_from(sorted(WEIGHTS)))
def test_the_total_is_the_sum_and_one_missing_score_leaves_it_open(given_scores, missing):
    total = rules.total(given_scores)
    assert total == sum(given_scores.values()) and 0 <= total <= 100
    assert rules.total(given_scores | {missing: None}) is None


@settings(max_examples=60, deadline=None)
@given(scores, st.sampled_from(sorted(WEIGHTS)))
def test_a_better_score_never_allows_less(given_scores, better):
    best = given_scores | {better: Decimal(WEIGHTS[better])}
    before, after = (rules.allowed(rules.total(each), BOUNDS) for each in (given_scores, best))
    assert rules.RANK[after] >= rules.RANK[before]


@settings(max_examples=60, deadline=None)
@given(scores)
def test_a_comment_is_asked_for_exactly_where_a_point_is_low(given_scores):
    low = {key for key, score in given_scores.items() if score < WEIGHTS[key] * Decimal("0.6")}
    asked = {fault.field for fault in rules.score_faults(given_scores, {}, BOUNDS)}
    assert asked == {f"comment-{key}" for key in low}
    assert rules.score_faults(given_scores, dict.fromkeys(low, "依据不足"), BOUNDS) == []


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 400).map(lambda quarters: Decimal(quarters) / 4),
    st.sampled_from(list(rules.RANK)),
    st.sampled_from([Decimal(0), Decimal(50), Decimal(100), Decimal(101)]),
    st.sampled_from(["", "  ", "更谨慎些"]),
)
def test_a_conclusion_stands_exactly_when_score_amount_and_word_agree(score, conclusion, amount, word):
    best = (
        rules.RANK["support"] if score >= 80 else rules.RANK["part"] if score >= 60 else rules.RANK["refuse"]
    )
    rank = rules.RANK[conclusion]
    fits = rank == best or (rank < best and word.strip() != "")
    pays = amount == 0 if conclusion == "refuse" else 0 < amount <= 100
    faults = rules.conclusion_faults(conclusion, score, amount, Decimal(100), word, BOUNDS)
    assert (not faults) == (fits and pays)
    assert {fault.field for fault in faults} <= {"conclusion", "word", "amount"}


@pytest.mark.parametrize(
    ("score", "conclusion"), [("80", "support"), ("79.99", "part"), ("60", "part"), ("59.99", "refuse")]
)
def test_a_bound_belongs_to_the_better_conclusion(score, conclusion):
    assert rules.allowed(Decimal(score), BOUNDS) == conclusion


def test_a_score_above_its_weight_and_a_missing_one_are_told_together():
    given_scores = dict.fromkeys(WEIGHTS, Decimal(12)) | {"support": Decimal("10.5"), "goals": None}
    texts = [fault.text for fault in rules.score_faults(given_scores, {}, BOUNDS)]
    assert texts == ["“绩效目标合理性”还没有评分", "“财政支持方式科学性”评 10.5 分，超出分值 10 分"]
