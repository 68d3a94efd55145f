"""Articles 27 and 29: a department evaluates its own project by the four-part framework; expenditure reviews the report."""

from decimal import Decimal

import pytest

from jiheng.evaluation import results
from jiheng.evaluation.framework_models import Evaluation
from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project import known
from jiheng.project.models import Project
from tests.evaluation.framework import do, plan_fields, problem_fields, score_fields
from tests.rooms import in_force, load_figures, words

pytestmark = [pytest.mark.article(27), pytest.mark.article(29)]
NEW = "/evaluation/department/new/"


@pytest.fixture
def project(bureau):
    goal = in_force(bureau, total=Decimal(6_000_000))
    load_figures(bureau, goal.project, 4_800_000, full_year=6_000_000)
    Project.objects.filter(pk=goal.project_id).update(stage="executing")
    return goal.project


@pytest.fixture
def evaluation(as_person, bureau, project):
    client = as_person(bureau.department)
    page = words(client.get(NEW, {"year": "2026"}))
    assert "重点项目 1 个，近 5 年已评价 0 个，还有 1 个没有覆盖" in page
    assert client.post(NEW, {"year": "2026"}).status_code == 422
    assert client.post(NEW, {"year": "2026", "project": [str(project.pk)]}).status_code == 302
    assert "已评价 1 个，已全部覆盖" in words(client.get(NEW, {"year": "2026"}))
    return Evaluation.objects.select_related("case").get()


def test_it_is_planned_scored_reported_and_reviewed(as_person, bureau, project, evaluation):
    case, client = evaluation.case, as_person(bureau.department)
    base = f"/evaluation/framework/{case.pk}/"
    goal_rows = {item.name: item for item in evaluation.items.filter(origin="goal")}
    assert {name: item.weight for name, item in goal_rows.items()} == {
        "修缮校舍面积": 12,
        "验收合格率": 10,
        "按期完工率": 7,
        "受益学生人数": 20,
        "师生满意度": 10,
    }  # fmt: skip  (the goal's own indicators take the framework's points)
    texts = [
        reason.text for reason in door.may("department_evaluation.plan", case, bureau.department).reasons
    ]
    assert "还没有写评价目的和范围" in texts

    wrong = plan_fields(evaluation, 受益学生人数="5")
    assert client.post(base + "plan/", wrong).status_code == 302
    texts = [
        reason.text for reason in door.may("department_evaluation.plan", case, bureau.department).reasons
    ]
    assert texts == ["分值合计 85.00 分，应为 100 分", "产出和效益合计 50.00 分，至少应为 60.00 分"]
    evaluation.refresh_from_db()
    assert client.post(base + "plan/", plan_fields(evaluation, 受益学生人数="20")).status_code == 302
    assert (
        client.post(base + "plan/", plan_fields(evaluation)).status_code == 422
    )  # another's save came between
    do(case, "plan", bureau.department)
    assert client.get(base + "plan/").status_code == 409  # the plan is settled

    page = words(client.get(base + "score/"))
    assert (
        "实际支出 480.00 万元 ÷ 实际到位 600.00 万元（没有下达记录，实际到位按全年预算数） = 80.00%" in page
    )
    assert "系统数，不用填" in page
    assert client.post(base + "score/", score_fields(evaluation, low="0.5", comment="")).status_code == 302
    texts = [
        reason.text for reason in door.may("department_evaluation.submit", case, bureau.department).reasons
    ]
    assert "“受益学生人数”有扣分，没有写评分说明" in texts and "有扣分，还没有列出问题和建议" in texts
    assert client.post(base + "score/", score_fields(evaluation, low="0.5", revision="1")).status_code == 302
    assert client.post(base + "field/", problem_fields(evaluation)).status_code == 302
    # 3 + 2 + 3 + 2 + 3 + 2, 3 + 4×80% + 5 + 3 + 5, 12 + 10 + 7 + 6×(0.5+1+1)/3, 20×50% + 10
    total = Decimal("88.20")
    report = words(client.get(base + "report/"))
    assert f"综合得分 {total} 分" in report and "1. 受益学生不到目标的一半。" in report
    evaluation.refresh_from_db()
    given = {"revision": str(evaluation.revision), "overall": "综合得分偏低，主要是受益人数不足。"}
    assert client.post(base + "report/", given).status_code == 302
    do(case, "submit", bureau.department)
    evaluation.refresh_from_db()
    assert (evaluation.total, evaluation.grade) == (total, "良")
    assert set(evaluation.report) == {"overall"}

    do(case, "return", bureau.expenditure, opinion="请补充满意度问卷。")
    assert case.state == "scoring"
    do(case, "submit", bureau.department)
    reader = as_person(bureau.expenditure)
    assert "88.20 分" in words(reader.get(f"/case/{case.pk}/"))
    assert "综合得分偏低，主要是受益人数不足。" in words(reader.get(base + "paper/"))
    do(case, "accept", bureau.expenditure)
    filing = Filing.objects.get(case=case)
    assert (filing.article, filing.year) == (29, 2026) and "88.20 分，良" in filing.what
    heads, beside = known.beside([project], 2027)
    assert "部门评价" in heads
    assert dict(beside[project.pk])["部门评价"].text == "2026年 良 88.20 分"
    (result,) = results.final(bureau.zone.pk, procedures=results.DEPARTMENT, year=2026)
    assert [problem.suggestion for problem in result.problems] == ["按实际需求编报人数。"]
    assert results.final(bureau.zone.pk) == []  # it is no finance evaluation


def test_another_department_neither_picks_nor_sees_it(as_person, bureau, project, evaluation):
    client = as_person(bureau.department2)
    assert project.name not in words(client.get(NEW, {"year": "2026"}))
    client.post(NEW, {"year": "2026", "project": [str(project.pk)]})
    assert Case.objects.filter(procedure="department_evaluation").count() == 1
    assert client.get(f"/evaluation/framework/{evaluation.case_id}/plan/").status_code == 404
    refused = as_person(bureau.expenditure).get(NEW)
    assert refused.status_code == 409 and "部门评价由主管部门选定项目并开展" in words(refused)
