"""Article 34: what self- and department evaluations found is put right, and bears on next year's money."""

import datetime

import pytest
from django.utils import timezone

from jiheng.application.models import Rectification
from jiheng.application.opening import open_problems
from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.application.results import accepted
from tests.rooms import words

pytestmark = pytest.mark.article(34)
NEW = "/application/rectification/new/"


@pytest.fixture
def fair(as_person, bureau):
    """A self-evaluation graded 中: one indicator was not reached at all."""
    return accepted(as_person, bureau, actual_1="0平方米", reason_1="征地未完成")


def begin(client, source, due, **changed):
    given = {
        "source": str(source.pk), "line": ["0"], "problem": ["校舍没有维修", "", ""],
        "demand": ["落实征地，下学期完成", "", ""], "due": due.isoformat(),
    }  # fmt: skip
    return client.post(NEW, given | changed)


def test_expenditure_tells_the_department_from_the_results_own_findings(as_person, bureau, fair):
    source, client = fair.evaluation.case, as_person(bureau.expenditure)
    assert source.title in words(client.get(NEW))
    page = client.get(f"{NEW}?source={source.pk}").content.decode()
    assert (
        "完成 0平方米，扣" in page and "征地未完成" in page
    )  # the problem and the unit's own reason are filled in
    due = timezone.localdate() + datetime.timedelta(days=20)
    refused = begin(client, source, due, demand=["", "", ""])
    assert refused.status_code == 422 and "第 1 行没有写整改要求" in words(refused)
    assert "请至少勾选一个问题" in words(begin(client, source, due, line=[]))
    assert "整改期限要填今天以后的日期" in words(begin(client, source, timezone.localdate()))
    assert not Rectification.objects.exists()
    assert begin(client, source, due).status_code == 302
    case = Case.objects.get(procedure="rectification")
    (task,) = Task.objects.filter(case=case)
    assert (task.organization, task.due) == (case.department, due)
    assert source.title not in words(client.get(NEW))
    again = begin(client, source, due)
    assert again.status_code == 409 and "整改通知还没有办结" in words(again)


def test_each_problem_is_answered_audited_and_signed_for(as_person, bureau, fair):
    due = timezone.localdate() + datetime.timedelta(days=20)
    begin(as_person(bureau.expenditure), fair.evaluation.case, due)
    record = Rectification.objects.select_related("case").get()
    case, (item,) = record.case, record.items.all()
    (told,) = door.may("rectification.report", case, bureau.department).reasons
    assert "第 1 个问题没有写整改情况" in told.text
    client = as_person(bureau.department)
    edit = f"/application/rectification/{case.pk}/edit/"
    refused = client.post(edit, {"revision": "0", f"done-{item.pk}": "no"})
    assert refused.status_code == 422 and "写明原因和下一步" in words(refused)
    given = {"revision": "1", f"done-{item.pk}": "yes", f"answer-{item.pk}": "已完成征地并开工。"}
    assert client.post(edit, given).status_code == 302
    door.perform("rectification.report", case, by=bureau.department, opinion="已整改，下年预算已调整。")
    door.perform("rectification.return", case, by=bureau.expenditure, opinion="请附开工照片。")
    door.perform("rectification.report", case, by=bureau.department, opinion="已补照片。")
    door.perform("rectification.verify", case, by=bureau.expenditure)
    door.perform("rectification.receive", case, by=bureau.budget)
    assert case.state == "verified"
    door.perform("rectification.receive", case, by=bureau.performance)
    assert case.state == "closed"
    filing = Filing.objects.get(case=case)
    assert filing.article == 34 and "已完成征地并开工。" in str(filing.frozen)
    assert "校舍没有维修" in words(
        as_person(bureau.department).get(f"/application/rectification/{case.pk}/notice/")
    )


def test_what_is_late_to_be_put_right_bears_on_the_money(as_person, bureau, fair, monkeypatch):
    begin(
        as_person(bureau.expenditure), fair.evaluation.case, timezone.localdate() + datetime.timedelta(days=1)
    )
    key = fair.case.subject
    assert open_problems([key]) == {}
    Rectification.objects.update(due=timezone.localdate() - datetime.timedelta(days=1))
    assert open_problems([key]) == {key: 1}


def test_only_expenditure_tells_and_others_do_not_see(as_person, bureau, fair):
    refused = as_person(bureau.performance).get(NEW)
    assert refused.status_code == 409 and "自评和部门评价的整改由支出管理科通知" in words(refused)
    due = timezone.localdate() + datetime.timedelta(days=20)
    begin(as_person(bureau.expenditure), fair.evaluation.case, due)
    case = Case.objects.get(procedure="rectification")
    assert as_person(bureau.department2).get(f"/case/{case.pk}/").status_code == 404
    assert (
        as_person(bureau.department2).get(f"/application/rectification/{case.pk}/notice/").status_code == 404
    )
