"""Article 38: targets beside the standards of the library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiheng.goal import checking
from jiheng.indicator.models import LibraryIndicator
from jiheng.indicator.standard import Standard, departure
from jiheng.procedure import door
from tests.bureau_fixture import make_goal
from tests.rooms import words

pytestmark = pytest.mark.article(38)


@pytest.mark.parametrize(
    ("target", "reference", "direction", "told"),
    [
        ("≥80%", "≥90%", "higher-better", "低于"),
        ("≥90%", "≥90%", "higher-better", ""),
        ("≥95%", "≥90%", "higher-better", ""),
        ("≥95%", "90%", "higher-better", ""),
        ("=80%", "90%", "higher-better", "低于"),
        ("≤6000元", "≤5000元", "lower-better", "高于"),
        ("≤0.6万元", "≤5000元", "lower-better", "高于"),
        ("≤0.4万元", "≤5000元", "lower-better", ""),
        ("≤3小时", "≤120分钟", "lower-better", "高于"),
        ("3", "2-4", "bound", ""),
        ("5", "2-4", "bound", "高于"),
        ("1", "2-4", "bound", "低于"),
        ("90人", "≥95%", "higher-better", ""),
        ("明显提升", "≥95%", "higher-better", ""),
        ("", "≥95%", "higher-better", ""),
        ("≥80", "≥90%", "higher-better", "低于"),
        ("≥80%", "达到要求", "", ""),
    ],
)
def test_a_target_is_held_against_its_standard(target, reference, direction, told):
    assert departure(target, Standard(reference, direction, "某标准")) == told


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_higher_targets_never_fall_below_sooner(low, more):
    standard = Standard("≥500", "higher-better", "某标准")
    if not departure(f"≥{low}", standard):
        assert not departure(f"≥{low + more}", standard)


@pytest.fixture
def standard(bureau):
    def tie(**given):
        facts = {
            "code": "S1", "level1": "满意度指标", "level2": "服务对象满意度指标", "name": "师生满意度", "unit": "%",
            "direction": "higher-better", "reference": "≥95%", "source": "义务教育公共服务标准", "standard": "service",
            "owner": "expenditure", "status": "published",
        }  # fmt: skip
        return LibraryIndicator.objects.create(zone=bureau.zone, **facts | given)

    return tie


@pytest.mark.django_db
def test_a_goal_below_the_standard_is_warned_of_at_its_row_and_may_be_explained(as_person, bureau, standard):
    standard()
    case = make_goal(bureau)
    goal = case.goal
    (found,) = [check for check in checking.checks(goal) if check.code == "standard-outside"]
    assert (
        "第5行指标值" in found.message
        and "低于标准“≥95%”（公共服务标准：义务教育公共服务标准）" in found.message
    )
    assert "低于标准" in words(as_person(bureau.unit).get(f"/goal/{case.pk}/edit/"))
    with pytest.raises(door.Refusal, match="提示"):
        door.perform("goal.submit", case, by=bureau.unit)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", [{"status": "proposed"}, {"standard": ""}, {"name": "家长满意度"}, {"reference": "≥90%"}]
)
def test_only_a_published_standard_of_the_same_indicator_counts(bureau, standard, given):
    standard(**given)
    goal = make_goal(bureau).goal
    assert [check for check in checking.checks(goal) if check.code == "standard-outside"] == []
