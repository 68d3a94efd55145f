"""The regulation's pages: what an article governs, how much was done under it, the matrix (art. 1, 3, 43)."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from jiheng.bureau.roles import ROLES
from jiheng.procedure.models import Task
from jiheng.procedure.table import PROCEDURES, WORKS
from jiheng.regulation import coverage, loading, matrix
from jiheng.regulation.articles import ARTICLES
from tests.bureau_fixture import GOAL_PATH, advance, make_goal
from tests.regulation.test_loading import lines


@pytest.fixture
def loaded(bureau, tmp_path):
    path = tmp_path / "规程.txt"
    path.write_text("\n".join(lines(a18=["第十八条 甲科先审。", "乙科再审。"])))
    return loading.load(bureau.zone, path, effective=datetime.date(2024, 1, 1)).edition


@pytest.mark.article(1)
def test_the_list_says_how_to_load_the_text_and_names_every_article(bureau, as_person):
    page = as_person(bureau.budget).get(reverse("regulation")).content.decode()
    assert "jiheng regulation load" in page
    assert [each.number for each in ARTICLES if f"{each.label} {each.title}" not in page] == []


@pytest.mark.article(18)
def test_an_articles_page_shows_its_text_with_ids_steps_and_duties(bureau, as_person, loaded):
    response = as_person(bureau.unit).get(reverse("article", kwargs={"number": 18}))
    page = response.content.decode()
    assert '<p id="art_18__para_2">乙科再审。</p>' in page
    assert [each.step.key for each in response.context["steps"]] == [
        step.key
        for work, _ in WORKS
        for each in PROCEDURES.values()
        for step in each.steps
        if each.work == work and 18 in step.articles
    ]
    owed = {role.key: {each.step.key for each in steps} for role, steps in response.context["duties"]}
    assert owed["assets"] == {"re_review", "re_review_return"}


@pytest.mark.article(43)
def test_an_older_edition_can_still_be_read(bureau, as_person, loaded, tmp_path):
    path = tmp_path / "新规程.txt"
    path.write_text("\n".join(lines(a18=["第十八条 改成这样。"])))
    loading.load(bureau.zone, path, effective=localdate())
    client = as_person(bureau.budget)
    address = reverse("article", kwargs={"number": 18})
    now = client.get(address).content.decode()
    before = client.get(f"{address}?edition={loaded.sha256}").content.decode()
    assert ("改成这样。" in now, "甲科先审。" in now) == (True, False)
    assert ("改成这样。" in before, "甲科先审。" in before) == (False, True)
    assert client.get(f"{address}?edition=nothing").status_code == 404


def test_an_unknown_article_is_not_found(bureau, as_person):
    assert as_person(bureau.budget).get("/regulation/44/").status_code == 404


@pytest.mark.article(3)
def test_counts_are_of_this_year_and_of_what_the_person_may_see(bureau):
    today = localdate()
    mine, other = make_goal(bureau), make_goal(bureau, unit="unit3")
    advance(bureau, mine, *GOAL_PATH.confirmed)
    advance(bureau, other, ("submit", "unit3"))
    Task.objects.filter(case=mine).update(due=today - datetime.timedelta(days=1))
    assert coverage.counts(bureau.performance, today)[18] == coverage.Counts(acts=3, open=2, overdue=1)
    assert coverage.counts(bureau.unit, today)[18] == coverage.Counts(acts=2, open=1, overdue=1)
    assert coverage.counts(bureau.unit2, today).get(18) == coverage.Counts()
    assert coverage.counts(bureau.performance, today.replace(year=today.year + 1, day=1))[18].acts == 0
    assert coverage.cases_acted(bureau.performance, 18, today.year) == 2
    assert coverage.cases_acted(bureau.department2, 18, today.year) == 1


def test_the_pages_ask_the_same_number_of_queries_however_many_cases(
    bureau, as_person, django_assert_max_num_queries
):
    client = as_person(bureau.performance)
    for _ in range(8):
        advance(bureau, make_goal(bureau), *GOAL_PATH.confirmed)
    Task.objects.update(due=localdate() - datetime.timedelta(days=3))
    with django_assert_max_num_queries(10):
        client.get(reverse("regulation"))
    with django_assert_max_num_queries(14):
        response = client.get(reverse("article", kwargs={"number": 18}))
    assert len(response.context["overdue"]) == 8


@pytest.mark.article(3)
def test_the_matrix_equals_the_procedures():
    """Read back from the cells, the matrix says of every step exactly who must act, and nothing else."""
    shown = {
        (line.procedure.key, line.step.key, role): cell
        for _, procedures in matrix.matrix()
        for _, rows in procedures
        for line in rows
        for role, cell in zip(ROLES, line.cells, strict=True)
        if cell
    }
    declared = {
        (procedure.key, step.key, role.key): "会签" if step.countersigned else "办"
        for procedure in PROCEDURES.values()
        for step in procedure.steps
        for role in step.by
    }
    assert shown == declared
    assert shown["goal", "re_review", "assets"] == "会签"
    assert [label for label, _ in matrix.matrix()] == [label for _, label in WORKS]


@pytest.mark.article(3)
def test_the_matrix_as_a_workbook_has_a_row_for_every_step(bureau, as_person):
    response = as_person(bureau.leadership).get(reverse("matrix-xlsx"))
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    head, body = rows[1], rows[2:]
    assert head == ("工作", "事项", "步骤", "条款", *(role.label for role in ROLES.values()))
    approve = next(row for row in body if row[1:3] == ("绩效目标", "再审核会签"))
    assert dict(zip(head, approve, strict=True)) == dict.fromkeys(head) | {
        "工作": "绩效目标", "事项": "绩效目标", "步骤": "再审核会签", "条款": "第10条、第18条",
        "预算绩效管理科": "会签", "国资金融管理科": "会签",
    }  # fmt: skip
    assert len(body) == sum(len(procedure.steps) for procedure in PROCEDURES.values())


@pytest.mark.article(3)
def test_the_matrix_says_when_nobody_fills_a_role(bureau, as_person):
    office = bureau.organizations["treasury"]
    office.roles = ["budget"]
    office.save()
    page = as_person(bureau.unit).get(reverse("matrix"))
    told = {role.key: filled for role, filled in page.context["columns"]}
    assert (told["treasury"], told["budget"]) == ("无人承担", "预算科、国库科")


@pytest.mark.parametrize("name", ["regulation", "matrix", "matrix-xlsx"])
def test_every_page_asks_for_sign_in(client, db, name):
    assert client.get(reverse(name)).url.startswith(reverse("sign-in"))
