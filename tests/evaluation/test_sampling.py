"""The sample of a spot check can be repeated by anybody, and serves every stratum in its share (art. 30)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiheng.evaluation import sampling
from jiheng.evaluation.sampling import Candidate

pytestmark = pytest.mark.article(30)

PEOPLE = st.lists(
    st.builds(
        Candidate,
        code=st.integers(0, 10**6).map(str),
        department=st.sampled_from(["教育局", "农业农村局", "水利局"]),
        grade=st.sampled_from(["优", "良", "中", "差"]),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda each: each.code,
)
SEEDS = st.text(min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(PEOPLE, SEEDS, st.integers(1, 60), st.randoms())
def test_the_same_seed_draws_the_same_whatever_the_order(people, seed, number, random):
    strata, sample = sampling.draw(seed, people, number)
    shuffled = list(people)
    random.shuffle(shuffled)
    assert sampling.draw(seed, shuffled, number) == (strata, sample)
    assert len(sample) == len(set(sample)) == min(number, len(people)) == sum(s.seats for s in strata)
    assert set(sample) <= set(people)
    for stratum in strata:
        drawn = [one for one in sample if one.stratum == (stratum.department, stratum.grade)]
        assert len(drawn) == stratum.seats <= stratum.size


@settings(max_examples=60, deadline=None)
@given(PEOPLE, SEEDS, st.integers(1, 60))
def test_seats_are_proportional_and_every_stratum_is_served_where_there_are_enough(people, seed, number):
    strata, _ = sampling.draw(seed, people, number)
    number = min(number, len(people))
    quotas = [(s, number * s.size / len(people)) for s in strata]
    if number >= len(strata):
        assert all(s.seats >= 1 for s in strata)
    if number < len(strata) or all(quota >= 1 for _, quota in quotas):
        assert all(abs(s.seats - quota) < 1 for s, quota in quotas)


def test_largest_remainders_by_hand():
    sizes = {("甲", "优"): 50, ("甲", "良"): 30, ("乙", "优"): 20}
    assert sampling.allocate(sizes, 7, "a") == {("甲", "优"): 4, ("甲", "良"): 2, ("乙", "优"): 1}
    assert sampling.allocate(sizes, 10, "a") == {("甲", "优"): 5, ("甲", "良"): 3, ("乙", "优"): 2}


def test_another_seed_draws_others():
    people = [Candidate(str(n), "教育局", "优") for n in range(100)]
    samples = {tuple(sampling.draw(str(seed), people, 10)[1]) for seed in range(20)}
    assert len(samples) == 20
