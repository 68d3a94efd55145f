"""The case page: what I can do and why not, what is kept when it is refused, and who may see it at all."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiheng.procedure import door
from jiheng.procedure.models import Act, Attachment, Case
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project


def post(client, case, step, query="", **given):
    return client.post(f"/case/{case.pk}/do/{step}/{query}", given)


@pytest.mark.article(3)
@pytest.mark.parametrize(
    ("person", "status"),
    [("unit", 200), ("unit2", 404), ("unit3", 404), ("department", 200), ("department2", 404),
     ("expenditure", 200), ("leadership", 200)],
)  # fmt: skip
def test_a_case_out_of_scope_is_as_if_it_did_not_exist(as_person, bureau, goal_case, person, status):
    client = as_person(bureau.people[person])
    assert client.get(f"/case/{goal_case.pk}/").status_code == status
    if status == 404:
        assert post(client, goal_case, "submit").status_code == 404
        assert Act.objects.filter(case=goal_case).count() == 1


def test_an_act_goes_through_the_door_and_says_who_is_next(as_person, bureau, goal_case):
    client = as_person(bureau.unit)
    assert "提交，送教育局确认" in client.get(f"/case/{goal_case.pk}/").content.decode()
    response = post(client, goal_case, "submit")
    assert response["Location"] == f"/case/{goal_case.pk}/"
    goal_case.refresh_from_db()
    assert (goal_case.state, goal_case.seq) == ("submitted", 2)
    assert "下一步由教育局“确认”" in client.get(response["Location"]).content.decode()


@pytest.mark.article(18)
def test_a_return_without_reason_is_refused_at_its_field(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    response = post(as_person(bureau.expenditure), goal_case, "expenditure_return", opinion="  ")
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>错误：" in page and "有 1 处需要修改" in page
    assert 'href="#expenditure_return-opinion"' in page and 'id="expenditure_return-opinion"' in page
    assert re.search(r'<details class="jh-disclose jh-return" open>', page)
    goal_case.refresh_from_db()
    assert goal_case.state == "confirmed"


@pytest.mark.article(18)
def test_a_return_goes_to_the_desk_that_gave_or_to_the_one_chosen(as_person, bureau):
    client = as_person(bureau.expenditure)
    first, second = (advance(bureau, make_goal(bureau), *GOAL_PATH.confirmed) for _ in range(2))
    page = client.get(f"/case/{first.pk}/").content.decode()
    desks = re.findall(r'<option value="([a-z]+)"( selected)?>', page)
    assert desks == [("submitted", " selected"), ("draft", "")]
    post(client, first, "expenditure_return", opinion="补时限", desk="submitted")
    post(client, second, "expenditure_return", opinion="补时限", desk="draft")
    assert [Case.objects.get(pk=case.pk).state for case in (first, second)] == ["submitted", "draft"]
    third = advance(bureau, make_goal(bureau), *GOAL_PATH.confirmed)
    assert 'value="补时限"' in client.get(f"/case/{third.pk}/").content.decode()


def test_the_loser_of_a_race_reads_why_and_keeps_what_was_typed(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    client = as_person(bureau.expenditure)
    door.perform("goal.review", goal_case, by=bureau.expenditure)
    response = post(client, goal_case, "expenditure_return", opinion="写了很久的意见")
    page = response.content.decode()
    assert response.status_code == 409
    assert "上一步“审核”由支出管理科（支出管理科经办）于" in page
    assert "写了很久的意见" in page


def test_what_others_have_to_do_is_shown_disabled_with_its_reason(as_person, bureau, goal_case):
    page = as_person(bureau.department).get(f"/case/{goal_case.pk}/").content.decode()
    assert re.search(r'disabled aria-describedby="why-submit">提交<', page)
    assert "“提交”由第一小学办理" in page and "第16条" in page


@pytest.mark.article(16)
def test_a_budget_that_can_not_be_approved_names_every_goal_that_is_missing(as_person, bureau):
    projects = [make_project(bureau, name=name) for name in ("无目标", "在编")]
    goal = make_goal(bureau, projects[1])
    budget = advance(bureau, make_budget(bureau, projects), ("submit", "department"))
    client = as_person(bureau.budget)
    page = client.get(f"/case/{budget.pk}/").content.decode()
    assert "“无目标”没有 2026 年绩效目标" in page
    assert f'href="/case/{goal.pk}/"' in page
    assert re.search(r'disabled aria-describedby="why-approve"', page)
    assert post(client, budget, "approve").status_code == 409


def test_going_through_the_list_leads_to_the_next_task_and_then_home(as_person, bureau):
    cases = [advance(bureau, make_goal(bureau), *GOAL_PATH.confirmed) for _ in range(3)]
    client = as_person(bureau.expenditure)
    first = post(client, cases[1], "review", "?queue=1")
    assert first["Location"].split("?")[0] == f"/case/{cases[2].pk}/"
    assert post(client, cases[2], "review", "?queue=1")["Location"] == "/"


def test_a_step_that_is_not_of_the_procedure_is_not_found(as_person, bureau, goal_case):
    assert post(as_person(bureau.unit), goal_case, "nothing").status_code == 404


def test_the_address_of_a_refused_form_opened_again_leads_to_the_case(as_person, bureau, goal_case):
    opened = as_person(bureau.unit).get(f"/case/{goal_case.pk}/do/submit/")
    assert (opened.status_code, opened["Location"]) == (302, f"/case/{goal_case.pk}/")
    goal_case.refresh_from_db()
    assert goal_case.state == "draft"


def test_history_tells_each_act_with_article_and_hash(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    advance(bureau, goal_case, ("confirm", "department"), opinion="情况属实")
    page = as_person(bureau.unit).get(f"/case/{goal_case.pk}/").content.decode()
    acts = list(goal_case.acts.order_by("-seq"))
    assert re.findall(r'id="act-(\d+)"', page) == ["3", "2", "1"]
    assert re.findall(r'title="SHA-256 (\w{64})">(\w{8})<', page) == [
        (act.hash, act.hash[:8]) for act in acts
    ]
    assert "情况属实" in page and "待部门确认" in page


def test_a_file_is_handed_out_to_be_saved_and_only_to_who_sees_the_case(
    as_person, bureau, goal_case, settings, tmp_path
):
    from jiheng.procedure import files

    settings.MEDIA_ROOT = tmp_path
    told = files.keep(bureau.zone.pk, SimpleUploadedFile("佐证.html", b"<script>alert(1)</script>"))
    act = goal_case.acts.get()
    attachment = Attachment.objects.create(zone=bureau.zone, case=goal_case, act=act, need="files", **told)
    url = f"/case/{goal_case.pk}/file/{attachment.pk}/"
    response = as_person(bureau.unit).get(url)
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"].startswith("attachment")
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert as_person(bureau.unit2).get(url).status_code == 404
    other = make_goal(bureau, unit="unit2")
    assert as_person(bureau.unit2).get(f"/case/{other.pk}/file/{attachment.pk}/").status_code == 404


@pytest.mark.article(19)
def test_a_projects_year_is_one_history_with_what_was_done_within_an_act(as_person, bureau):
    project = make_project(bureau)
    advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    advance(bureau, make_budget(bureau, [project]), ("submit", "department"), ("approve", "budget"))
    page = as_person(bureau.unit).get(f"/projects/{project.pk}/").content.decode()
    outer, _, inner = page.partition('<ul class="jh-acts-within">')
    assert "批复预算和绩效目标" in outer and "随预算批复" in inner and "随预算批复" not in outer
    assert as_person(bureau.unit3).get(f"/projects/{project.pk}/").status_code == 404
