"""Article 35: a final finance evaluation is notified in writing, put right, audited, and told to budget and performance."""

import datetime
import io
from decimal import Decimal

import pytest
from django.utils import timezone
from docx import Document as WordFile

from jiheng.application.models import Application, Rectification
from jiheng.filing.models import Filing
from jiheng.procedure import chain, door
from jiheng.procedure.models import Task
from jiheng.project.models import Project
from tests.application.results import accepted
from tests.evaluation.framework import finance_evaluated
from tests.rooms import in_force, load_figures, words

pytestmark = pytest.mark.article(35)


@pytest.fixture
def goal(bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 950_000)
    Project.objects.filter(pk=goal.project_id).update(stage="executing")
    return goal


@pytest.fixture
def record(as_person, bureau, goal):
    finance_evaluated(as_person, bureau, goal.project)
    return Rectification.objects.select_related("case").get()


def test_the_final_result_waits_for_its_written_notice(as_person, bureau, record):
    case = record.case
    assert (case.procedure, case.state) == ("rectification_finance", "opened")
    assert [task.organization.name for task in Task.objects.filter(case=case)] == ["支出管理科"]
    client = as_person(bureau.expenditure)
    assert "受益学生不到目标的一半。" in words(client.get(f"/case/{case.pk}/"))
    assert client.get(f"/application/rectification/{case.pk}/notice/").status_code == 404
    day = timezone.localdate() + datetime.timedelta(days=30)
    given = {"due": day.isoformat(), "document": "平财绩〔2026〕8号", "opinion": "", "demand": ""}
    late = client.post(f"/case/{case.pk}/do/notify/", given | {"due": "2020-01-01"})
    assert late.status_code == 422 and "整改期限要填今天以后的日期" in words(late)
    assert client.post(f"/case/{case.pk}/do/notify/", given).status_code == 302
    told = words(as_person(bureau.department).get(f"/application/rectification/{case.pk}/notice/"))
    assert "平财绩〔2026〕8号" in told and "按实际需求编报人数。" in told and f"{day:%Y年%m月%d日}" in told
    address = f"/application/rectification/{case.pk}/notice/"
    pdf, word = (as_person(bureau.department).get(f"{address}?as={kind}") for kind in ("pdf", "docx"))
    assert pdf.content.startswith(b"%PDF-") and pdf["Content-Type"] == "application/pdf"
    lines = [paragraph.text for paragraph in WordFile(io.BytesIO(word.content)).paragraphs]
    assert "平财绩〔2026〕8号" in lines and "教育局：" in lines
    (task,) = Task.objects.filter(case=case)
    assert (task.organization, task.due) == (case.department, day)


def test_the_department_reports_and_both_offices_get_the_outcome(as_person, bureau, record):
    case = record.case
    day = timezone.localdate() + datetime.timedelta(days=30)
    door.perform("rectification_finance.notify", case, by=bureau.expenditure, due=day.isoformat())
    (item,) = record.items.all()
    given = {"revision": "0", f"done-{item.pk}": "no", f"answer-{item.pk}": "学区调整后重新核定人数。"}
    as_person(bureau.department).post(f"/application/rectification-finance/{case.pk}/edit/", given)
    door.perform("rectification_finance.report", case, by=bureau.department, opinion="下年按核定人数编报。")
    door.perform("rectification_finance.verify", case, by=bureau.expenditure)
    door.perform("rectification_finance.receive", case, by=bureau.performance)
    door.perform(
        "rectification_finance.receive_return", case, by=bureau.budget, opinion="请写明下年压减金额。"
    )
    assert case.state == "reported"
    door.perform("rectification_finance.verify", case, by=bureau.expenditure, opinion="压减 5 万元。")
    for office in (bureau.budget, bureau.performance):
        door.perform("rectification_finance.receive", case, by=office)
    assert case.state == "closed"
    assert Filing.objects.get(case=case).article == 35
    assert list(chain.verify(bureau.zone.pk)) == []


def test_the_finance_evaluation_speaks_before_the_self_evaluation(as_person, bureau, goal):
    application = accepted(as_person, bureau, goal=goal, actual_1="0平方米", reason_1="征地未完成")
    assert (application.ruled, application.result) == ("cut", None)  # graded 中 by the unit itself
    evaluation = finance_evaluated(as_person, bureau, goal.project)
    application.refresh_from_db()
    assert (application.ruled, application.ruled_amount) == ("keep", Decimal(1_000_000))
    assert application.result_id == evaluation.case_id
    assert application.working[0].startswith("财政评价得分 89.80，等级“良”")
    assert Application.objects.count() == 1
