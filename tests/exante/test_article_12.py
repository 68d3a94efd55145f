"""Article 12: a new major project is evaluated first; without it no budget takes it in."""

from decimal import Decimal

import pytest
from django.utils import timezone

from jiheng.exante import drafts, results
from jiheng.exante.models import ExanteEvaluation
from jiheng.procedure import door
from jiheng.procedure.models import Task
from jiheng.project import admission
from jiheng.project.models import Project
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project
from tests.exante.stories import FAIR, make_new, reach, reasons, report, save_report, stands
from tests.rooms import file, words

pytestmark = pytest.mark.article(12)


def awaited(case):
    return [
        (task.step, task.organization.name)
        for task in Task.objects.filter(case=case).select_related("organization")
    ]


def test_the_department_lets_the_unit_draft_and_hands_the_report_in(as_person, bureau):
    year = timezone.localdate().year
    project = make_new(bureau)
    make_project(bureau)  # a continuing one, which nobody is asked about
    Project.objects.update(first_year=year, last_year=year)
    client = as_person(bureau.department)
    page = words(client.get("/exante/new/"))
    assert f"{project.name} 重大，须评估" in page.replace("　", " ") and "校舍维修2" not in page
    client.post("/exante/new/", {"project": f"{project.pk}:{year}", "drafter": "unit"})
    evaluation = ExanteEvaluation.objects.get()
    assert stands(evaluation) == "unit_draft" and awaited(evaluation.case) == [("hand_in", "第一小学")]

    unit = as_person(bureau.unit)
    address = f"/exante/{evaluation.case_id}/edit/"
    assert unit.post(f"/case/{evaluation.case_id}/do/hand_in/").status_code == 409  # nothing is written yet
    wrong = unit.post(address, report(asked="六百万", **{"self-support": "11"}))
    assert wrong.status_code == 422 and "错误：" in words(wrong)
    assert "申请金额“六百万”不是不小于 0 的数，单位是万元" in words(wrong)
    assert "“财政支持方式科学性”的分数“11”不是 0 至 10 的数" in words(wrong)
    saved = unit.post(
        address, report(asked="６００", evidence=[file("论证.txt", b"a"), file("测算.xlsx", b"b")])
    )
    assert saved["Location"] == f"/case/{evaluation.case_id}/"
    evaluation.refresh_from_db()
    assert evaluation.asked == Decimal(6_000_000) and evaluation.evidence.count() == 2
    unit.post(f"/case/{evaluation.case_id}/do/hand_in/")
    assert awaited(evaluation.case) == [("submit", "教育局")]

    client = as_person(bureau.department)
    client.post(f"/case/{evaluation.case_id}/do/submit/")
    assert stands(evaluation) == "submitted" and awaited(evaluation.case) == [("review", "支出管理科")]


def test_everything_missing_is_told_at_once(bureau):
    evaluation = reach(bureau, "draft")
    told = reasons(door.may("exante.submit", evaluation.case, bureau.department))
    assert len(told) == 3 + 6 * 2 + 1
    assert {"还没有写立项依据", "还没有填申请金额", "“投入经济性”还没有论证", "还没有佐证材料"} <= set(told)
    save_report(evaluation, bureau.department, evidence=False, basis="")
    assert reasons(door.may("exante.submit", evaluation.case, bureau.department)) == [
        "还没有写立项依据",
        "还没有佐证材料",
    ]


def test_one_report_for_a_project_and_a_year(bureau):
    evaluation = reach(bureau, "draft")
    with pytest.raises(door.Refusal, match="已有 2026 年的事前绩效评估"):
        drafts.begin(evaluation.project, 2026, by=bureau.department)
    door.perform("exante.drop", evaluation.case, by=bureau.department, opinion="与专项重复")
    again = drafts.begin(evaluation.project, 2026, by=bureau.department)
    assert stands(again) == "draft"


def test_only_whose_report_it_is_writes_it(as_person, bureau):
    evaluation = reach(bureau, "draft")
    address = f"/exante/{evaluation.case_id}/edit/"
    assert "内容由教育局填写" in words(as_person(bureau.unit).get(address))
    assert as_person(bureau.department2).get(address).status_code == 404
    assert as_person(bureau.unit3).get(f"/exante/{evaluation.case_id}/paper/").status_code == 404
    with pytest.raises(door.Refusal):
        drafts.begin(make_new(bureau), 2026, by=bureau.unit)
    door.perform("exante.assign", evaluation.case, by=bureau.department)
    assert "内容由第一小学填写" in words(as_person(bureau.department).get(address))


def test_a_draft_saved_meanwhile_is_not_overwritten(as_person, bureau):
    evaluation = reach(bureau, "draft")
    client, address = as_person(bureau.department), f"/exante/{evaluation.case_id}/edit/"
    client.post(address, report(basis="先保存的"))
    late = client.post(address, report(basis="后保存的"))
    assert (
        late.status_code == 422
        and "刚被别人在别处保存过" in words(late)
        and "后保存的" in late.content.decode()
    )
    evaluation.refresh_from_db()
    assert evaluation.basis == "先保存的"


def test_a_file_taken_out_is_gone_and_the_same_file_is_kept_once(as_person, bureau):
    evaluation = reach(bureau, "draft")
    client, address = as_person(bureau.department), f"/exante/{evaluation.case_id}/edit/"
    client.post(address, report(evidence=[file("论证.txt", b"a")]))
    client.post(address, report(revision="1", evidence=[file("论证.txt", b"a"), file("测算.txt", b"b")]))
    kept = {each.name: each for each in evaluation.evidence.all()}
    assert set(kept) == {"论证.txt", "测算.txt"}
    client.post(address, report(revision="2", remove=[str(kept["论证.txt"].pk), "not-a-key"]))
    assert [each.name for each in evaluation.evidence.all()] == ["测算.txt"]
    got = client.get(f"/exante/{evaluation.case_id}/evidence/{kept['测算.txt'].pk}/")
    assert b"".join(got.streaming_content) == b"b"


@pytest.fixture
def budget(bureau):
    """A submitted goal and a draft budget with one new major project."""
    project = make_new(bureau, name="新建教学楼")
    advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    return make_budget(bureau, [project]), project


def test_no_budget_without_evaluation(as_person, bureau, budget):
    case, project = budget
    (reason,) = door.may("budget.submit", case, bureau.department).reasons
    assert reason.text == "“新建教学楼”是新增的重大项目，还没有事前绩效评估" and reason.article == 12
    assert reason.next == "请教育局先编报 2026 年事前评估报告，评定后再列入。"
    assert reason.link == f"/exante/new/?project={project.pk}"
    page = words(as_person(bureau.department).get(f"/case/{case.pk}/"))
    assert "还没有事前绩效评估" in page and "不能列入" in page
    form = as_person(bureau.department).get(f"/goal/budget/{case.pk}/edit/")
    assert "还没有事前绩效评估" in words(form) and f'href="{reason.link}"' in form.content.decode()


def test_an_evaluation_under_way_says_who_comes_next_and_one_that_refuses_bars_for_good(bureau, budget):
    case, project = budget
    evaluation = reach(bureau, "submitted", project)
    (reason,) = door.may("budget.submit", case, bureau.department).reasons
    assert "还在“待支出科审核”" in reason.text and reason.next == "请支出管理科先办理“审核”。"
    assert reason.link == f"/case/{evaluation.case_id}/"
    low = dict.fromkeys(FAIR, "3")
    evaluation = reach(
        bureau, "concluded", make_new(bureau, name="另一个"), scores=low, conclusion="refuse", amount="0",
        **{f"comment-{key}": "依据不足" for key in FAIR},
    )  # fmt: skip
    barred = admission.refusals([evaluation.project], 2026, bureau.profile.pk)[evaluation.project_id]
    assert [reason.text for reason in barred] == [
        "“另一个”是新增的重大项目，2026 年事前绩效评估的结论是“不予支持”"
    ]


def test_support_in_full_or_in_part_opens_the_budget_and_stands_beside_the_line(as_person, bureau, budget):
    case, project = budget
    reach(bureau, "concluded", project, scores=FAIR, conclusion="part", amount="320")
    door.perform("budget.submit", case, by=bureau.department)
    page = words(as_person(bureau.budget).get(f"/case/{case.pk}/"))
    assert "部分支持" in page and "建议 320.00 万元" in page
    door.perform("budget.approve", case, by=bureau.budget)
    result = results.results_of([project.pk], 2026)[project.pk]
    assert (result.conclusion, result.amount, result.score) == ("part", Decimal(3_200_000), Decimal(70))


def test_the_evaluation_of_a_later_year_opens_nothing_earlier(bureau):
    project = make_new(bureau)
    reach(bureau, "concluded", project, year=2027)
    assert project.pk in admission.refusals([project], 2026, bureau.profile.pk)
    assert admission.refusals([project], 2027, bureau.profile.pk) == {}
    assert admission.refusals([project], 2028, bureau.profile.pk) == {}


@pytest.mark.parametrize(
    "given", [{"attribute": "continuing"}, {"total": Decimal("4999999.99")}], ids=["continuing", "small"]
)
def test_what_is_not_new_or_not_major_needs_none(bureau, given):
    project = make_new(bureau, **given)
    assert admission.refusals([project], 2026, bureau.profile.pk) == {}
    exactly = make_new(bureau, total=Decimal(5_000_000))
    assert exactly.pk in admission.refusals([exactly], 2026, bureau.profile.pk)


def test_many_projects_are_asked_about_in_one_query(bureau, django_assert_num_queries):
    projects = [make_new(bureau) for _ in range(4)]
    reach(bureau, "concluded", projects[0])
    admission.is_major(projects[0], bureau.profile.pk)  # the profile is known to the process
    with django_assert_num_queries(1):
        results.results_of([project.pk for project in projects], 2026)
