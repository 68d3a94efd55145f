"""Article 20: money goes out with its goal and within the approved line; a summary is filed at the year's end."""

from decimal import Decimal

import pytest

from jiheng.budget import allocation, lines, summary
from jiheng.budget.allocation import Wanted
from jiheng.budget.models import Summary
from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import make_project
from tests.rooms import in_force, words

pytestmark = pytest.mark.article(20)


@pytest.fixture
def project(bureau):
    goal = in_force(bureau)
    return goal.project


def draw_up(bureau, project, amount, **given) -> Case:
    return allocation.begin([Wanted(project, Decimal(amount))], 2026, by=bureau.expenditure, **given)[0]


def test_money_goes_out_with_the_goal_in_force_and_the_unit_signs_for_it(bureau, project):
    case = draw_up(bureau, project, "400000", document="平财预〔2026〕8号")
    door.perform("allocation.issue", case, by=bureau.expenditure)
    assert list(Task.objects.filter(case=case).values_list("step", "organization__name")) == [
        ("receive", "第一小学")
    ]
    door.perform("allocation.receive", case, by=bureau.unit)
    record = allocation.load([case.pk])[case.pk]
    assert record.goal is not None and record.goal.case.state == "in_force"
    assert case.acts.get(step="issue").record["goal"] == str(record.goal.case_id)
    assert lines.passed_on(bureau.zone.pk, [project.pk], 2026) == {project.pk: Decimal("400000")}


def test_no_more_goes_out_than_was_approved(bureau, project):
    assert lines.granted(bureau.zone.pk, [project.pk], 2026) == {project.pk: project.total}
    first, second = draw_up(bureau, project, "700000"), draw_up(bureau, project, "400000")
    door.perform("allocation.issue", first, by=bureau.expenditure)
    with pytest.raises(door.Refusal) as refused:
        door.perform("allocation.issue", second, by=bureau.expenditure)
    assert "可下达的 300,000.00 元" in str(refused.value) and "规程第20条" in str(refused.value)
    allocation.save(second, {"amount": Decimal("300000"), "document": "", "note": ""}, by=bureau.expenditure)
    door.perform("allocation.issue", second, by=bureau.expenditure)


def test_two_that_fit_alone_but_not_together_do_not_both_go_out(bureau, project):
    cases = [draw_up(bureau, project, "600000"), draw_up(bureau, project, "600000")]
    outcome = door.perform_many("allocation.issue", cases, by=bureau.expenditure)
    assert len(outcome.acts) == 1 and len(outcome.refused) == 1
    assert "600,000.00 元超过" in str(outcome.refused[0][1][0]) or "超过批复" in str(outcome.refused[0][1][0])
    assert lines.passed_on(bureau.zone.pk, [project.pk], 2026) == {project.pk: Decimal("600000")}


def test_without_an_approved_goal_no_money_goes_out(bureau):
    case = draw_up(bureau, make_project(bureau), "10000")
    answer = door.may("allocation.issue", case, bureau.expenditure)
    assert {reason.article for reason in answer.reasons} == {20}
    assert any("没有已批复的 2026 年绩效目标" in reason.text for reason in answer.reasons)


def test_many_projects_of_a_department_go_out_from_one_page(as_person, bureau, project):
    client = as_person(bureau.expenditure)
    place = bureau.organizations["department"]
    page = words(client.get(f"/budget/allocation/new/?department={place.pk}&year=2026"))
    assert project.name in page and "100.00" in page
    wrong = client.post(
        "/budget/allocation/new/",
        {"department": place.pk, "year": "2026", f"amount-{project.pk}": "100.01", "issue": "1"},
    )
    assert wrong.status_code == 422 and "只剩 100.00 万元可下达" in words(wrong)
    assert not Case.objects.filter(procedure="allocation").exists()
    sent = client.post(
        "/budget/allocation/new/",
        {
            "department": place.pk,
            "year": "2026",
            f"amount-{project.pk}": "４０",
            "issue": "1",
            "document": "8号",
        },
    )
    case = Case.objects.get(procedure="allocation")
    assert sent["Location"] == f"/case/{case.pk}/" and case.state == "issued" and case.amount == 400000
    said = words(as_person(bureau.unit).get(f"/case/{case.pk}/"))
    assert "签收" in said and "40.00 万元" in said and "8号" in said
    assert as_person(bureau.unit3).get(f"/case/{case.pk}/").status_code == 404
    refused = as_person(bureau.unit).get("/budget/allocation/new/")
    assert refused.status_code != 200 and "资金由支出管理科下达" in words(refused)


def test_the_years_summary_is_made_from_what_went_out_and_filed(as_person, bureau, project):
    case = draw_up(bureau, project, "400000", document="8号")
    door.perform("allocation.issue", case, by=bureau.expenditure)
    department = bureau.organizations["department"]
    made = summary.begin(department, 2026, by=bureau.expenditure).case
    with pytest.raises(door.Refusal, match="第一小学还没有签收"):
        door.perform("summary.file", made, by=bureau.expenditure)
    door.perform("allocation.receive", case, by=bureau.unit)
    more = draw_up(bureau, project, "100000")
    door.perform("allocation.issue", more, by=bureau.expenditure)
    door.perform("allocation.receive", more, by=bureau.unit)
    with pytest.raises(door.Refusal, match="请先重新汇总"):
        door.perform("summary.file", made, by=bureau.expenditure)
    door.perform("summary.again", made, by=bureau.expenditure)
    door.perform("summary.file", made, by=bureau.expenditure)
    row = Summary.objects.get().rows[0]
    assert (
        row[:2] == [project.code, project.name]
        and row[3:6] == ["1000000.00", "500000.00", 2]
        and row[7] == "8号"
    )
    filing = Filing.objects.get()
    assert filing.article == 20 and filing.year == 2026
    assert "500,000.00" in words(as_person(bureau.performance).get(f"/case/{made.pk}/"))
    book = as_person(bureau.performance).get(f"/budget/summary/{made.pk}/summary.xlsx")
    assert b"".join(book.streaming_content)[:2] == b"PK"
    with pytest.raises(door.Refusal, match="已备案"):
        door.perform("summary.again", made, by=bureau.expenditure)


def test_the_page_offers_departments_not_summed_up_yet(as_person, bureau, project):
    client = as_person(bureau.expenditure)
    place = bureau.organizations["department"]
    page = client.get("/budget/summary/new/")
    assert page.context["free"] == [(place, 2026)]
    client.post("/budget/summary/new/", {"summary": f"{place.pk}:2026"})
    assert Summary.objects.get().department == place
    assert "现在没有要汇总的部门" in words(client.get("/budget/summary/new/"))
