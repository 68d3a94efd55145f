"""A step on a selection of a list: by ticks or by filter, in parts, a result for each, no guard passed by (art. 3)."""

import io
import json
import re
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiheng.procedure import chain
from jiheng.procedure.models import Act, Case
from jiheng.web import selection
from tests.bureau_fixture import GOAL_PATH, advance, make_goal
from tests.procedure.many import make_goals
from tests.rooms import words

pytestmark = pytest.mark.article(3, 18)


@pytest.fixture
def forty(bureau):
    """Forty goals of unit 1 and one of another department before the expenditure office; two of them are at fault."""
    cases = make_goals(bureau, 39)
    from jiheng.procedure import door

    door.perform_many("goal.submit", cases, by=bureau.unit, all_or_none=True)
    door.perform_many("goal.confirm", cases, by=bureau.department, all_or_none=True)
    cases[3].goal.indicators.filter(order=1).update(target="")
    cases.append(advance(bureau, make_goal(bureau), *GOAL_PATH.confirmed))
    return cases


def run(client, page, name="goal.review", **given):
    """What the page's script does: part by part, until all have their result."""
    keys = re.search(r'data-keys="([^"]+)"', page.content.decode())[1].split(",")
    part = int(re.search(r'data-part="(\d+)"', page.content.decode())[1])
    results = []
    for first in range(0, len(keys), part):
        answer = client.post(f"/selection/{name}/", {"case": ",".join(keys[first : first + part]), **given})
        assert answer.status_code == 200
        results += answer.json()["results"]
    return results


def test_all_that_a_filter_finds_are_reviewed_and_each_has_its_result(as_person, bureau, forty, monkeypatch):
    monkeypatch.setattr(selection, "PART", 15)
    client = as_person(bureau.expenditure)
    listed = words(client.get("/work/goal/?state=confirmed"))
    assert "符合条件的全部 40 件" in listed and "成批办理" in listed
    page = client.post("/work/goal/select/?state=confirmed&q=校舍", {"step": "goal.review", "all": "1"})
    assert "绩效目标 40 件" in words(page)
    results = run(client, page, opinion="成批审核，同意")
    assert len(results) == 40 and sum(line["done"] for line in results) == 39
    (refused,) = [line for line in results if not line["done"]]
    assert refused["url"] == forty[3].get_absolute_url()
    assert "指标值空白" in refused["reasons"][0]["text"] and refused["reasons"][0]["article"] == 18
    assert {line["state"] for line in results if line["done"]} == {"待再审核"}
    states = Case.objects.filter(procedure="goal", department=bureau.organizations["department"])
    assert sorted(states.values_list("state", flat=True)) == ["confirmed"] + ["reviewed"] * 39
    acts = Act.objects.filter(step="review")
    assert acts.count() == 39 and set(acts.values_list("opinion", flat=True)) == {"成批审核，同意"}
    assert list(chain.verify(bureau.zone.pk)) == []


def test_a_part_asks_the_database_as_often_for_few_as_for_many(as_person, bureau, forty):
    client = as_person(bureau.expenditure)
    keys = [str(case.pk) for case in forty if case is not forty[3]]
    client.post("/selection/goal.review/", {"case": keys[0]})
    counts = []
    for some in (keys[1:6], keys[6:36]):
        with CaptureQueriesContext(connection) as asked:
            client.post("/selection/goal.review/", {"case": ",".join(some)})
        counts.append(sum(not query["sql"].startswith("INSERT") for query in asked))
    assert counts[0] == counts[1] < 30


def test_pressing_again_reviews_nothing_twice(as_person, bureau, forty):
    client = as_person(bureau.expenditure)
    keys = ",".join(str(case.pk) for case in forty[:2])
    client.post("/selection/goal.review/", {"case": keys})
    again = client.post("/selection/goal.review/", {"case": keys}).json()["results"]
    assert [line["done"] for line in again] == [False, False]
    assert "现在是“待再审核”" in again[0]["reasons"][0]["text"]
    assert Act.objects.filter(step="review").count() == 2


def test_only_the_ticked_are_taken_and_a_return_needs_its_reason(as_person, bureau, forty):
    client = as_person(bureau.expenditure)
    ticked = [str(case.pk) for case in forty[:3]]
    page = client.post(
        "/work/goal/select/?state=confirmed", {"step": "goal.expenditure_return", "case": ticked}
    )
    assert "成批办理“退回”" in words(page) and "退回理由" in words(page)
    refused = client.post("/selection/goal.expenditure_return/", {"case": ",".join(ticked), "opinion": " "})
    assert (refused.status_code, refused.json()) == (422, {"missing": "请填写退回理由"})
    results = run(client, page, "goal.expenditure_return", opinion="数量指标没有分解")
    assert [line["state"] for line in results] == ["待部门确认"] * 3


@pytest.mark.parametrize("person", ["budget", "unit", "department", "performance", "treasury"])
def test_who_has_no_such_step_has_no_such_selection(as_person, bureau, forty, person):
    client = as_person(bureau.people[person])
    assert "成批办理" not in words(client.get("/work/goal/?state=confirmed"))
    assert client.post("/work/goal/select/", {"step": "goal.review", "all": "1"}).status_code == 404
    assert client.post("/selection/goal.review/", {"case": str(forty[0].pk)}).status_code == 404
    assert not Act.objects.filter(step="review").exists()


def test_what_is_out_of_sight_has_no_line(as_person, bureau, forty):
    client = as_person(bureau.department2)
    answer = client.post("/selection/goal.confirm/", {"case": f"{forty[0].pk},{uuid4()},kein"})
    assert answer.json() == {"results": []}


def test_steps_that_ask_for_files_or_go_with_another_are_not_done_on_many(bureau):
    from jiheng.procedure.table import PROCEDURES

    goal = PROCEDURES["goal"]
    assert [each.step.key for each in selection.actions(bureau.budget, goal, "passed")] == ["budget_return"]
    assert selection.actions(bureau.performance, goal, "key_review") == []
    assert [each.step.key for each in selection.actions(bureau.performance, goal, "passed")] == [
        "performance_choose"
    ]


def test_nothing_chosen_leads_back_to_the_list(as_person, bureau, forty):
    client = as_person(bureau.expenditure)
    response = client.post("/work/goal/select/?state=confirmed", {"step": "goal.review"})
    assert response["Location"] == "/work/goal/?state=confirmed"
    assert "还没有选事项" in words(client.get(response["Location"]))


def test_the_results_can_be_had_as_excel(as_person, bureau, forty):
    client = as_person(bureau.expenditure)
    results = client.post(
        "/selection/goal.review/", {"case": ",".join(str(each.pk) for each in forty[2:4])}
    ).json()
    response = client.post("/selection/export/", {"results": json.dumps(results["results"])})
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values)
    assert rows[0] == ("编码", "事项", "单位", "结果", "现在的状态，或不能办理的原因")
    assert [row[3] for row in rows[1:]] == ["已办理", "未办理"] and "指标值空白" in rows[2][4]
    assert client.post("/selection/export/", {"results": "[1]"}).status_code == 404
