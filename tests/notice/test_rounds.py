"""A round tells where everybody stands, in a few queries, and its numbers lead to lists with as many cases (art. 8, 24)."""

import html
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiheng.notice import rounds
from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.bureau_fixture import GOAL_PATH, advance, make_goal, make_whole_goal
from tests.notice.sending import issued, sign
from tests.rooms import JULY, ask_report, in_force, load_figures, words

pytestmark = [pytest.mark.article(24), pytest.mark.article(8)]


@pytest.fixture
def goals(bureau):
    """Unit 1: one in draft, one handed in, one returned; unit 2: in force; unit 3: none."""
    make_goal(bureau)
    advance(bureau, make_goal(bureau), *GOAL_PATH.submitted)
    back = advance(bureau, make_goal(bureau), *GOAL_PATH.submitted)
    door.perform("goal.department_return", back, by=bureau.department, opinion="指标不细。")
    case = make_goal(bureau, unit="unit2")
    door.perform("goal.submit", case, by=bureau.unit2)
    for step, person in GOAL_PATH.passed[1:]:
        door.perform(f"goal.{step}", case, by=bureau.people[person])
    receipts = issued(bureau)
    for key, receipt in receipts.items():
        if key != "department":
            sign(bureau, receipt, key)
    return receipts


def standings(receipts):
    round_ = next(iter(receipts.values())).round
    return {
        line.organization.name: (line.label, line.tally)
        for line in rounds.lines(round_, rounds.receipts_of(round_))
    }


def test_where_everybody_stands(bureau, goals):
    found = standings(goals)
    assert {name: label for name, (label, _) in found.items()} == {
        "教育局": "未签收", "第一小学": "有退回", "第二中学": "已报齐", "农业农村局": "未开始", "农技推广站": "未开始",
    }  # fmt: skip
    assert list(found) == ["教育局", "第一小学", "第二中学", "农业农村局", "农技推广站"]
    assert found["第一小学"][1] == rounds.Tally(filling=1, returned=1, handed_in=1)
    assert found["教育局"][1] == rounds.Tally(filling=1, returned=1, handed_in=2)


def test_a_departments_own_whole_goal_counts_beside_its_units(bureau, goals, as_person):
    whole = make_whole_goal(bureau)
    sign(bureau, goals["department"], "department")
    lines = {line.organization.name: line for line in rounds.lines(goals["unit"].round, goals.values())}
    assert (lines["教育局"].whole, lines["教育局"].whole_label) == (rounds.Tally(filling=1), "在填")
    assert lines["第一小学"].whole_label == ""
    for case in Case.objects.filter(procedure="goal", state="draft"):
        door.perform("goal.submit", case, by=bureau.unit)
    assert standings(goals)["教育局"][0] == "未报齐"
    door.perform("whole_goal.submit", whole, by=bureau.department)
    assert standings(goals)["教育局"][0] == "已报齐"
    page = as_person(bureau.expenditure).get(reverse("round", args=[goals["unit"].round_id])).content.decode()
    link = html.unescape(re.search(r'<a href="([^"]+)">部门整体</a>：已报', page)[1])
    assert whole.title in words(as_person(bureau.expenditure).get(link))


def test_another_years_goals_do_not_count(bureau, goals):
    before = standings(goals)
    make_goal(bureau, unit="unit3", year=2027)
    assert standings(goals) == before


@pytest.mark.parametrize("person", ["budget", "department"])
def test_every_number_leads_to_a_list_with_as_many(as_person, bureau, goals, person):
    client = as_person(bureau.people[person])
    page = client.get(goals["unit"].round.get_absolute_url()).content.decode()
    links = re.findall(r'<a href="(/work/[^"]+)">(\d+)</a>', page)
    assert len(links) == 7
    for address, number in links:
        listed = client.get(html.unescape(address)).content.decode()
        assert len(re.findall("jh-row-link", listed)) == int(number), address


def test_a_round_is_read_in_few_queries_however_many_are_asked(as_person, bureau, goals):
    client = as_person(bureau.budget)
    address = goals["unit"].round.get_absolute_url()
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).content.decode()
    assert page.count('data-label="情况"') == 5
    assert len(queries) <= 7


def test_the_round_as_excel_and_by_standing(as_person, bureau, goals):
    client = as_person(bureau.budget)
    address = goals["unit"].round.get_absolute_url()
    body = b"".join(client.get(f"{address}?export=xlsx&standing=not_started").streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True))
    assert [row[:3] for row in rows[1:]] == [
        ("农业农村局", "", "未开始"),
        ("农业农村局", "农技推广站", "未开始"),
    ]
    page = words(client.get(f"{address}?standing=returned"))
    assert "第一小学" in page and "第二中学" not in page


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("unit3", {"农技推广站"}),
        ("department", {"教育局", "第一小学", "第二中学"}),
        ("leadership", {"教育局", "第一小学", "第二中学", "农业农村局", "农技推广站"}),
    ],
)
def test_each_sees_its_own_part(as_person, bureau, goals, person, seen):
    page = as_person(bureau.people[person]).get(goals["unit"].round.get_absolute_url()).content.decode()
    assert set(re.findall(r'<a href="/case/[^"]+">(?:<strong>)?([^<]+)<', page)) == seen


def test_a_round_that_asks_others_is_as_if_it_did_not_exist(as_person, bureau):
    chosen = [str(bureau.organizations["unit3"].pk)]
    receipts = issued(bureau, asks="chosen", chosen=chosen)
    assert list(receipts) == ["unit3"]
    address = receipts["unit3"].round.get_absolute_url()
    for person, status in (("unit", 404), ("department", 404), ("unit3", 200), ("department2", 200)):
        assert as_person(bureau.people[person]).get(address).status_code == status


def test_a_monitoring_round_counts_its_own_cut_off_day_and_bars_urging_who_owes_nothing(bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 500_000, cutoff=JULY)
    ask_report(bureau, goal)
    ask_report(bureau, goal, JULY.replace(month=6, day=30))
    receipts = issued(bureau, "monitoring")
    for key, receipt in receipts.items():
        sign(bureau, receipt, key)
    found = standings(receipts)
    assert found["第一小学"] == ("未报齐", rounds.Tally(filling=1))
    assert found["第二中学"] == ("没有要报的", rounds.Tally())
    case = receipts["unit2"].case
    with pytest.raises(door.Refusal, match="第二中学没有要报的，不用督促"):
        door.perform(f"{case.procedure}.urge", case, by=bureau.expenditure, opinion="请抓紧。")


def test_only_known_kinds_can_be_counted():
    with pytest.raises(ValueError, match="weather"):
        rounds.counts("weather", "goal")


def test_lists_are_filtered_and_show_only_what_is_mine(as_person, bureau, goals):
    title = goals["unit"].round.notice.title
    assert title in words(as_person(bureau.budget).get("/notice/?what=rounds&kind=budget&year=2026"))
    assert "没有符合条件的" in words(as_person(bureau.budget).get("/notice/?what=notices&kind=accounts"))
    mine = as_person(bureau.unit).get("/notice/?what=requirements").content.decode()
    assert "第一小学" in mine and "第二中学" not in mine and "what=notices" not in mine
    assert as_person(bureau.unit).get("/notice/?what=x&kind=x&year=abcd&page=x").status_code == 200


@pytest.mark.article(2)
def test_what_is_begun_here_stands_here_and_not_on_the_home_page(as_person, bureau):
    client = as_person(bureau.performance)
    assert "起草" not in words(client.get("/")) and "起草" not in words(client.get("/work/goal/"))
    page = words(client.get("/notice/"))
    assert "起草目标编报要求" in page and "起草绩效监控通知" in page and "起草预算编制通知" not in page
    assert "起草" not in words(as_person(bureau.unit).get("/notice/"))


def test_a_receipt_leads_to_what_is_asked(as_person, bureau, goals):
    client = as_person(bureau.unit)
    page = client.get(f"/case/{goals['unit'].case_id}/").content.decode()
    assert '<a class="btn btn-sm" href="/goal/new/">编报绩效目标</a>' in page
    assert "绩效目标：在填 1 件，退回 1 件，已报 1 件，办完 0 件。" in words(
        client.get(f"/case/{goals['unit'].case_id}/")
    )
    assert (
        "/goal/new/"
        not in as_person(bureau.department).get(f"/case/{goals['department'].case_id}/").content.decode()
    )
