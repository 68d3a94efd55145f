"""Recommending indicators while a goal is written (art. 38)."""

import pytest

from jiheng.demo.tables import organizations, projects
from jiheng.indicator.library import seeds
from jiheng.indicator.recommend import Candidate, Past, Recommender, by_keyword
from jiheng.indicator.target import read


@pytest.fixture(scope="module")
def departments() -> dict[str, str]:
    return {code: place[0] for code, place in organizations()["departments"].items()}


@pytest.fixture(scope="module")
def candidates() -> list[Candidate]:
    known = {
        row["name"]: Candidate(row["name"], row["level2"], row["name"], row["field"], row["industry"])
        for row in seeds()
    }
    for text in projects():
        for row in text.indicators():
            known.setdefault(row.name, Candidate(row.name, row.level2, row.name))
    return list(known.values())


def learned(texts, departments) -> list[Past]:
    return [
        Past(text.name, departments[text.department], "", frozenset(row.name for row in text.indicators()))
        for text in texts
    ]


@pytest.mark.article(38)
def test_most_indicators_used_are_among_the_ten_and_more_than_by_keyword(candidates, departments):
    texts = sorted(projects(), key=lambda text: text.name)
    hits = {"ten": 0, "keyword": 0}
    wanted = 0
    for fold in range(4):
        held = texts[fold::4]
        known = Recommender(candidates, learned([text for text in texts if text not in held], departments))
        for text in held:
            used = {row.name for row in text.indicators()}
            wanted += len(used)
            ten = known.ten(text.name, departments[text.department])
            hits["ten"] += len(used & {each.candidate.name for each in ten})
            hits["keyword"] += len(used & {each.name for each in by_keyword(candidates, text.name)})
    assert hits["ten"] / wanted > 0.5
    assert hits["ten"] > 2 * hits["keyword"]


def test_each_suggestion_says_why_and_none_is_there_already(candidates, departments):
    past = learned(projects(), departments)
    ten = Recommender(candidates, past).ten("实验小学校舍维修", "教育体育局", without=["工程验收合格率"])
    assert len(ten) == 10
    assert all(each.why for each in ten)
    assert "工程验收合格率" not in {each.candidate.name for each in ten}
    assert "完成修缮面积" in {each.candidate.name for each in ten}
    assert any(each.why.startswith("相近项目“") for each in ten)


def test_a_bureau_without_any_goal_is_still_helped(candidates):
    ten = Recommender(candidates, []).ten("农村公路养护工程", "交通运输局")
    assert "公路养护里程" in {each.candidate.name for each in ten}


def test_an_indicator_of_another_field_stands_back(candidates):
    ten = Recommender(candidates, []).ten("产业引导基金出资", "发展改革局", "政府投资基金")
    assert sum(each.candidate.field == "政府投资基金" for each in ten) >= 5
    elsewhere = Recommender(candidates, []).ten("产业引导基金出资", "发展改革局", "政府债务")
    assert sum(each.candidate.field == "政府投资基金" for each in elsewhere) < 5


def test_the_library_names_official_levels_and_values_that_can_be_scored():
    assert len(seeds()) > 200
    for row in seeds():
        assert row["kind"] in ("定量", "定性") and row["direction"] in ("正向", "反向", "约束"), row
        if row["reference"] and row["kind"] == "定量":
            assert read(row["reference"]).value is not None, row
