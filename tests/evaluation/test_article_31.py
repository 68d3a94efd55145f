"""Article 31: three offices choose, experts judge by the framework, the evaluated comment, the result becomes final."""

from decimal import Decimal

import pytest
from django.utils import timezone

from jiheng.evaluation import results
from jiheng.evaluation.framework_models import Evaluation, Sheet
from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.procedure.models import Attachment, Task
from jiheng.project.models import Project
from tests.evaluation.framework import TEXTS, do, plan_fields, problem_fields, score_fields
from tests.rooms import in_force, load_figures, words
from tests.support.engaged import DECLARED, invite, person_of, register, report

pytestmark = pytest.mark.article(31)
NEW = "/evaluation/finance/new/"


@pytest.fixture
def project(bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 1_000_000)
    Project.objects.filter(pk=goal.project_id).update(stage="executing")
    return goal.project


@pytest.fixture
def evaluation(as_person, bureau, project):
    """Chosen by three, planned, the plan approved by the two others."""
    client = as_person(bureau.performance)
    assert words(client.post(NEW, {"year": "2026", "project": [str(project.pk)]})).count("请") >= 2
    given = {
        "year": "2026",
        "project": [str(project.pk)],
        "reason": ["livelihood", "attention"],
        "word": "涉及学生安全。",
    }
    assert client.post(NEW, given).status_code == 302
    again = client.post(NEW, given)
    assert again.status_code == 409 and "已经开始" in words(again)
    found = Evaluation.objects.select_related("case").get()
    assert found.reasons == ["attention", "livelihood"]
    assert ["上次部门或财政评价", "没有评价过"] in found.known
    for office in ("performance", "budget"):
        do(found.case, "sign", bureau.people[office])
    assert found.case.state == "proposed"
    do(found.case, "sign", bureau.expenditure)
    assert client.post(f"/evaluation/framework/{found.case_id}/plan/", plan_fields(found)).status_code == 302
    do(found.case, "plan", bureau.performance)
    do(found.case, "plan_return", bureau.expenditure, opinion="请写明抽样办法。")
    do(found.case, "plan", bureau.performance)
    do(found.case, "approve", bureau.budget)
    do(found.case, "approve", bureau.expenditure)
    assert found.case.state == "scoring"
    found.refresh_from_db()
    return found


def engaged(bureau, evaluation, *names):
    parties = [register(bureau, name) for name in names]
    cases = invite(bureau, evaluation.case, *parties)
    people = [person_of(bureau, party) for party in parties]
    for case, person in zip(cases, people, strict=True):
        door.perform("engagement_finance.accept", case, by=person, **DECLARED)
    return list(zip(cases, people, strict=True))


def test_experts_score_apart_and_the_lead_sees_how_far_they_differ(as_person, bureau, evaluation):
    case = evaluation.case
    (one, first), (two, second) = engaged(bureau, evaluation, "财务专家甲", "教育专家乙")
    for engagement, person, low in ((one, first, "1"), (two, second, "0")):
        client = as_person(person)
        start = client.get(f"/evaluation/engaged/{engagement.pk}/")
        assert start["Location"] == f"/evaluation/engaged/{engagement.pk}/score/"
        refused = [r.text for r in door.may("engagement_finance.deliver", engagement, person).reasons]
        assert refused == ["打分表还没有评完"]
        fields = score_fields(evaluation, low=low)
        assert client.post(start["Location"], fields).status_code == 302
        assert client.get(f"/evaluation/framework/{case.pk}/score/").status_code == 404
    client = as_person(first)
    other = Sheet.objects.get(engagement=two)
    assert client.get(f"/evaluation/engaged/{two.pk}/score/").status_code == 404
    assert f"{other.total}" not in words(client.get(f"/evaluation/engaged/{one.pk}/score/"))
    page = as_person(bureau.performance).get(f"/case/{case.pk}/")
    assert "平均 89.00 分，极差 2.00，标准差 1.00（2 份）" in words(page)  # 90 and 88: 6 points × 2/3 = 4
    assert "受托方打分" not in words(as_person(bureau.department).get(f"/case/{case.pk}/"))

    with pytest.raises(door.Refusal, match="与打分表总分 90"):
        door.perform(
            "engagement_finance.deliver", one, by=first, score="95", opinion="见报告", report=[report()]
        )
    lead = as_person(bureau.performance)
    assert [r.text for r in door.may("finance_evaluation.consult", case, bureau.performance).reasons][-1] == (
        "还在等财务专家甲、教育专家乙的成果"
    )
    for engagement, person, total in ((one, first, "90"), (two, second, "88")):
        given = {"score": total, "opinion": "见报告。", "report": [report()]}
        door.perform("engagement_finance.deliver", engagement, by=person, **given)
    assert as_person(first).post(f"/evaluation/engaged/{one.pk}/score/", fields).status_code == 409
    lead = as_person(bureau.performance)
    assert (
        lead.post(
            f"/evaluation/framework/{case.pk}/score/", score_fields(evaluation, all_mean="1")
        ).status_code
        == 302
    )
    final = Sheet.objects.get(evaluation=evaluation, final=True)
    cost = final.marks.get(item__name="成本节约率")
    assert (final.total, cost.score) == (Decimal(89), Decimal(5))
    assert cost.working == ["2 份打分表平均：(6.00 + 4.00) ÷ 2 = 5.00 分"]


def test_evidence_is_asked_by_the_expert_sent_by_the_office_and_answered_with_files(
    as_person, bureau, evaluation
):
    case = evaluation.case
    ((engagement, person),) = engaged(bureau, evaluation, "财务专家甲")
    expert = as_person(person)
    field = f"/evaluation/engaged/{engagement.pk}/field/"
    given = {**problem_fields(evaluation), "ask": "请提供竣工验收单。", "day": "2026-11-02", "place": "第一小学",
             "people": "后勤主任", "note": "抽查两间教室，已修缮。"}  # fmt: skip
    assert expert.post(field, given).status_code == 302
    page = as_person(bureau.department).get(f"/case/{case.pk}/")
    assert "竣工验收单" not in words(page) and "抽查两间教室" not in words(page)
    do(case, "ask", bureau.performance, opinion="请补充资料。")
    assert [task.organization.name for task in Task.objects.filter(case=case, step="answer")] == ["教育局"]
    department = as_person(bureau.department)
    asked = evaluation.requests.get()
    assert "请提供竣工验收单" in words(department.get(f"/evaluation/framework/{case.pk}/answers/"))
    department.post(f"/evaluation/framework/{case.pk}/answers/", {f"answer-{asked.pk}": "验收单见附件。"})
    do(case, "answer", bureau.department, files=True)
    assert case.state == "scoring"
    seen = as_person(person).get(field)
    assert "验收单见附件。" in words(seen) and "资料.txt" in words(seen)
    file = Attachment.objects.get(case=case, need="evidence")
    saved = as_person(person).get(f"/evaluation/engaged/{engagement.pk}/{file.pk}/")
    assert b"".join(saved) == "补充的验收单".encode()
    assert as_person(person).get(f"/case/{case.pk}/").status_code == 404


def test_who_served_the_evaluated_or_belongs_to_it_is_not_engaged(bureau, evaluation):
    with pytest.raises(door.Refusal, match="应当回避：所在单位“第一小学”就是被评单位"):
        invite(bureau, evaluation.case, register(bureau, "教育专家丙", employer="第一小学"))
    last = timezone.localdate().year - 1
    served = register(bureau, "机构一", "institution", services=[("教育局", 2020, last)])
    with pytest.raises(door.Refusal, match=r"为“教育局”提供过服务，未满 3 年"):
        invite(bureau, evaluation.case, served)


def test_the_evaluated_comment_and_each_comment_is_answered_before_it_is_final(
    as_person, bureau, project, evaluation
):
    case, base = evaluation.case, f"/evaluation/framework/{evaluation.case_id}/"
    lead = as_person(bureau.performance)
    lead.post(base + "score/", score_fields(evaluation))
    lead.post(base + "field/", problem_fields(evaluation))
    assert as_person(bureau.department).get(base + "paper/").status_code == 404
    do(case, "consult", bureau.performance)
    department = as_person(bureau.department)
    assert "综合得分 90.00 分" in words(department.get(base + "paper/"))
    assert (
        department.post(base + "comments/", {"comment": ["受益人数口径应含学前班。", "", ""]}).status_code
        == 302
    )
    (told,) = door.may("finance_evaluation.close", case, bureau.performance).reasons
    assert "提意见的期限到" in told.text
    do(case, "comment", bureau.department, opinion="有一条意见。")
    (comment,) = evaluation.comments.all()
    texts = [r.text for r in door.may("finance_evaluation.finish", case, bureau.performance).reasons]
    assert texts == ["第 1 条意见还没有答复是否采纳和理由"]
    lead = as_person(bureau.performance)
    assert lead.post(base + "comments/", {f"accepted-{comment.pk}": "no"}).status_code == 422
    given = {f"accepted-{comment.pk}": "no", f"reply-{comment.pk}": "目标口径不含学前班。"}
    assert lead.post(base + "comments/", given).status_code == 302
    do(case, "finish", bureau.performance)
    evaluation.refresh_from_db()
    assert (evaluation.total, evaluation.grade, case.state) == (Decimal(90), "优", "finished")
    filing = Filing.objects.get(case=case)
    assert filing.article == 31
    assert filing.frozen["record"]["comments"] == [
        ["受益人数口径应含学前班。", False, "目标口径不含学前班。"]
    ]
    assert filing.frozen["record"]["plan"] == TEXTS
    (result,) = results.final(bureau.zone.pk, year=2026, projects=[project.pk])
    assert (result.score, result.grade, result.kind) == (Decimal(90), "优", "project")
    assert [(p.text, p.suggestion) for p in result.problems] == [
        ("受益学生不到目标的一半。", "按实际需求编报人数。")
    ]
