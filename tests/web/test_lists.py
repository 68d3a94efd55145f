"""Lists and search: only what is mine to see, found by two characters, taken home as Excel."""

import io
import re

import openpyxl
import pytest

from jiheng.web.templatetags import figures
from tests.bureau_fixture import GOAL_PATH, advance, make_goal, make_project


def found(page: str) -> list[str]:
    return re.findall(r'jh-row-link" href="[^"]*">([^<]+)</a>', page)


@pytest.fixture
def goals(bureau):
    made = {}
    for name, unit in (("校舍维修", "unit"), ("寄宿制取暖", "unit2"), ("高标准农田", "unit3")):
        made[name] = make_goal(bureau, make_project(bureau, unit, name=name), unit)
    advance(bureau, made["校舍维修"], *GOAL_PATH.submitted)
    return made


@pytest.mark.article(2)
@pytest.mark.parametrize(
    ("person", "names"),
    [
        ("unit", {"校舍维修"}),
        ("department", {"校舍维修", "寄宿制取暖"}),
        ("department2", {"高标准农田"}),
        ("expenditure", {"校舍维修", "寄宿制取暖", "高标准农田"}),
        ("leadership", {"校舍维修", "寄宿制取暖", "高标准农田"}),
    ],
)
def test_a_list_has_what_concerns_the_party(as_person, bureau, goals, person, names):
    client = as_person(bureau.people[person])
    assert set(found(client.get("/work/goal/").content.decode())) == names
    assert set(found(client.get("/projects/").content.decode())) == names


@pytest.mark.article(2)
def test_kinds_of_matters_that_don_t_concern_a_party_are_not_offered_to_it(as_person, bureau, goals):
    def kinds(person, work):
        return kinds_at(as_person(person), f"/work/{work}/")

    assert {"evaluation", "capital_evaluation", "spot_check"} <= kinds(bureau.performance, "evaluation")
    assert kinds(bureau.unit, "evaluation") == set()  # one is no choice, and told by its name
    assert (
        '<h2 class="card-title">单位自评</h2>'
        in as_person(bureau.unit).get("/work/evaluation/").content.decode()
    )
    assert {"goal", "whole_goal"} <= kinds(bureau.department, "goal")
    assert "goal" in kinds(bureau.unit, "goal") and "whole_goal" not in kinds(bureau.unit, "goal")
    # Named in an address it is shown all the same: empty, and told as such.
    assert "whole_goal" in kinds_at(as_person(bureau.unit), "/work/goal/?procedure=whole_goal")


def kinds_at(client, address):
    return set(re.findall(r'<li><a href="\?procedure=([a-z_]+)"', client.get(address).content.decode()))


def test_tabs_count_states_and_filters_narrow(as_person, bureau, goals):
    client = as_person(bureau.expenditure)
    page = client.get("/work/goal/").content.decode()
    assert dict(re.findall(r">(\w+) <span class=\"jh-count\">(\d+)<", page))["待部门确认"] == "1"
    assert found(client.get("/work/goal/?state=submitted").content.decode()) == ["校舍维修"]
    assert found(client.get("/work/goal/?q=　取暖 ").content.decode()) == ["寄宿制取暖"]
    department = bureau.organizations["department2"].pk
    assert found(client.get(f"/work/goal/?department={department}").content.decode()) == ["高标准农田"]
    assert found(client.get("/work/goal/?year=2019").content.decode()) == []
    assert found(client.get("/work/goal/?sort=title").content.decode()) == sorted(goals)


@pytest.mark.parametrize(
    "query",
    [
        "page=x&sort=;drop&state=zz&year=abcd&procedure=no&department=x",
        "page=999999",
        "unit=x&returned=9&state=,zz,",
    ],
)
def test_a_nonsensical_address_is_no_error(as_person, bureau, goals, query):
    assert as_person(bureau.expenditure).get(f"/work/goal/?{query}").status_code == 200
    assert as_person(bureau.expenditure).get(f"/?{query}").status_code == 200
    assert as_person(bureau.expenditure).get(f"/projects/?{query}").status_code == 200


def test_the_filtered_list_comes_as_excel_without_formulas(as_person, bureau, goals):
    make_goal(bureau, make_project(bureau, name='=HYPERLINK("http://x","点我")'))
    response = as_person(bureau.department).get("/work/goal/?export=xlsx&state=draft")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.active.iter_rows(min_row=2))
    titles = {row[1].value: row[1] for row in rows}
    assert set(titles) == {"寄宿制取暖", '=HYPERLINK("http://x","点我")'}
    assert (
        titles['=HYPERLINK("http://x","点我")'].data_type == "s"
        or titles['=HYPERLINK("http://x","点我")'].quotePrefix
    )
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize(
    ("q", "hits"), [("校舍", 1), ("校 舍", 1), ("ＸＸ", 0), ("41078126", 1), ("农田", 0)]
)
def test_search_finds_two_characters_within_my_scope(as_person, bureau, goals, q, hits):
    page = as_person(bureau.unit).get("/search/", {"q": q}).content.decode()
    assert len(re.findall(r'<li><a href="/projects/[0-9a-f-]{36}/">', page)) == hits
    assert len(re.findall(r'<li><a href="/case/[0-9a-f-]{36}/">', page)) == hits


def test_search_finds_organizations_and_articles(as_person, bureau, goals):
    client = as_person(bureau.unit)
    assert "国库科" in client.get("/search/?q=国库").content.decode()
    assert "农技推广站" not in client.get("/search/?q=推广").content.decode()
    assert "农技推广站" in as_person(bureau.budget).get("/search/?q=推广").content.decode()
    assert "<strong>第18条</strong>" in client.get("/search/?q=第18条").content.decode()


def test_there_is_no_seventh_kind_of_work(as_person, bureau):
    assert as_person(bureau.performance).get("/work/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("12345678", "1,234.57"),
        ("50", "0.01"),
        ("49.99", "0.00"),
        ("-860000", "-86.00"),
        (None, "—"),
        ("x", "—"),
    ],
)
def test_wan_shows_ten_thousands_half_up(given, shown):
    assert figures.wan(given) == shown


def test_a_light_has_shape_and_word(db):
    assert ["●" in figures.light("green"), "▲ " in figures.light("yellow"), figures.light("")] == [
        True,
        False,
        "—",
    ]
    assert "红灯" in figures.light("red") and "■" in figures.light("red")


def test_a_rate_tells_its_numerator_and_denominator():
    assert figures.rate("62", "100") == '<span title="62.00 ÷ 100.00 元">62.00%</span>'
    assert figures.rate("62", "0") == "—"
