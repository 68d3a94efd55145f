"""Article 22: budgets are published with their goals within twenty days; what is withheld needs a reason that is agreed to."""

import datetime
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from jiheng.disclosure.models import Disclosure, Entry, Published
from jiheng.disclosure.overview import owed
from jiheng.notice.models import Round
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Task
from tests.disclosure.publishing import due, prepared, published, saved
from tests.notice.sending import issued, sign
from tests.rooms import in_force, words

pytestmark = pytest.mark.article(22)
SITE = "/public/410781/2026/101/"


@pytest.fixture
def goal(bureau):
    return in_force(bureau)


def test_an_approved_budget_is_to_be_published_within_twenty_days(bureau, goal):
    record = due()
    today = timezone.localdate()
    assert record.due == today + datetime.timedelta(days=20)
    (task,) = Task.objects.filter(case=record.case)
    assert (task.step, task.organization, task.due) == ("publish", record.department, record.due)
    act = Act.objects.get(case=record.case)
    assert (act.step, act.organization_name, act.articles) == ("open", "预算科", [22])
    assert act.within == record.source.acts.get(step="approve").pk
    with pytest.raises(door.Refusal, match="只随部门预算“批复预算和绩效目标”一并办理"):
        door.start("disclosure_budget.open", [record.case], by=bureau.budget, make=lambda cases: None)


def test_the_department_publishes_a_frozen_copy_with_its_day(as_person, client, bureau, goal):
    record = due()
    other = as_person(bureau.department2)
    for address in (f"budget/{record.case_id}/edit/", f"{record.case_id}/preview/"):
        assert other.get(f"/disclosure/{address}").status_code == 404
    assert "教育局" not in words(other.get("/disclosure/?year=2026"))
    with pytest.raises(door.Refusal, match=r"还没有生成公开内容（规程第22条）"):
        door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    assert client.get(SITE).status_code == 404
    department = as_person(bureau.department)
    published(department, record, bureau.department)
    client.logout()
    page = words(client.get(f"{SITE}budget/{goal.project.code}/"))
    assert goal.text in page and "≥1200平方米" in page and "100.00" in page
    assert f"公开日 {timezone.localdate():%Y年}" in page
    assert "教育局整体支出" in words(client.get(SITE))
    assert [each.in_time for each in owed(record.case.zone, 2026, timezone.localdate())] == [True]
    assert list(chain.verify(bureau.zone.pk)) == []


def test_what_is_withheld_waits_for_the_expenditure_office(as_person, client, bureau, goal):
    record = due()
    department = as_person(bureau.department)
    prepared(department, record)
    entry = Entry.objects.get(code=goal.project.code)
    given = {f"withheld-{entry.pk}": "secret"}
    refused = saved(department, record, **given)
    assert refused.status_code == 422 and "不公开的，写明具体依据和情况" in words(refused)
    saved(department, record, **given, **{f"word-{entry.pk}": "定密文件见保密档案。"})
    with pytest.raises(door.Refusal, match="申请不公开，还没有核定"):
        door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    door.perform("disclosure_budget.submit", record.case, by=bureau.department)
    with pytest.raises(door.Refusal, match="由支出管理科办理"):
        door.perform("disclosure_budget.confirm", record.case, by=bureau.department)
    with pytest.raises(door.Refusal, match="申请的只是其中几项不公开"):
        door.perform("disclosure_budget.withhold", record.case, by=bureau.expenditure)
    door.perform(
        "disclosure_budget.return", record.case, by=bureau.expenditure, opinion="请附定密责任人意见。"
    )
    door.perform("disclosure_budget.submit", record.case, by=bureau.department)
    door.perform("disclosure_budget.confirm", record.case, by=bureau.expenditure)
    client.logout()
    assert client.get(f"{SITE}budget/{goal.project.code}/").status_code == 404
    assert Published.objects.get().title == "教育局整体支出"
    # once agreed, a correction need not be agreed to again
    door.perform("disclosure_budget.correct", record.case, by=bureau.department, opinion="改正文字。")
    door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    assert Published.objects.get().version == 2


def test_a_whole_item_is_withheld_only_with_a_legal_reason(as_person, client, bureau, goal):
    record = due()
    department = as_person(bureau.department)
    wrong = saved(department, record, way="link", link="javascript:alert(1)")
    assert wrong.status_code == 422 and "网址要以 http:// 或 https:// 开头" in words(wrong)
    assert saved(department, record, withheld="secret").status_code == 422
    assert saved(department, record, withheld="secret", word="整部门预算经定密。").status_code == 302
    with pytest.raises(door.Refusal, match="整项申请不公开，不能公开"):
        door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    door.perform("disclosure_budget.submit", record.case, by=bureau.department)
    with pytest.raises(door.Refusal, match="申请的是整项不公开"):
        door.perform("disclosure_budget.confirm", record.case, by=bureau.expenditure)
    door.perform("disclosure_budget.withhold", record.case, by=bureau.expenditure)
    page = words(as_person(bureau.expenditure).get(f"/case/{record.case_id}/"))
    assert "涉及国家秘密：整部门预算经定密。" in page
    assert not Published.objects.exists()
    assert [each.in_time for each in owed(record.case.zone, 2026, timezone.localdate())] == [True]


def test_a_correction_is_another_version_and_what_is_taken_back_is_gone(as_person, client, bureau, goal):
    record = due()
    case = published(as_person(bureau.department), record, bureau.department)
    address = f"{SITE}budget/{goal.project.code}/"
    with pytest.raises(door.Refusal, match="请填写更正说明"):
        door.perform("disclosure_budget.correct", case, by=bureau.department)
    word = "指标值录入有误。有疑问请致电13812345678找教育局经办。"
    door.perform("disclosure_budget.correct", case, by=bureau.department, opinion=word)
    client.logout()
    assert "指标值录入有误。" not in words(client.get(address))  # the first version stands until the second
    door.perform("disclosure_budget.publish", case, by=bureau.department)
    page = words(client.get(address))
    assert "第 2 版" in page and "指标值录入有误。有疑问请致电（已隐去）找（已隐去）。" in page
    with pytest.raises(door.Refusal, match="请填写撤下原因"):
        door.perform("disclosure_budget.withdraw", case, by=bureau.department)
    door.perform("disclosure_budget.withdraw", case, by=bureau.department, opinion="格式不符合要求。")
    gone = client.get(address)
    assert gone.status_code == 404 and "格式不符合要求" not in words(gone)
    assert client.get(SITE).status_code == 404
    door.perform("disclosure_budget.again", case, by=bureau.department, opinion="按统一格式重新公开。")
    with pytest.raises(door.Refusal, match="公开站点上没有这一项的内容"):
        door.perform("disclosure_budget.withdraw", case, by=bureau.department, opinion="再撤。")
    door.perform("disclosure_budget.publish", case, by=bureau.department)
    assert "第 3 版" in words(client.get(address))


def test_personal_data_is_put_out_of_sight_or_explained(as_person, client, bureau):
    goal = in_force(bureau)
    type(goal).objects.filter(pk=goal.pk).update(
        text="联系人电话13812345678，身份证410781199001011234，由教育局经办负责。"
    )
    record = due()
    department = as_person(bureau.department)
    prepared(department, record)
    entry = Entry.objects.get(code=goal.project.code)
    assert {kind for kind, _ in entry.findings} == {"手机号", "身份证号", "人员姓名"}
    with pytest.raises(door.Refusal, match="含身份证号，不能公开"):
        door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    saved(department, record, **{f"masked-{entry.pk}": "1"})
    door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    client.logout()
    page = words(client.get(f"{SITE}budget/{goal.project.code}/"))
    assert "（已隐去）" in page
    assert not any(each in page for each in ("13812345678", "410781199001011234", "教育局经办"))
    assert not Published.objects.filter(search__contains="13812345678").exists()
    # a telephone that is meant for the public may stay, with a word
    door.perform("disclosure_budget.correct", record.case, by=bureau.department, opinion="公布咨询电话。")
    type(goal).objects.filter(pk=goal.pk).update(text="咨询电话13812345678。")
    prepared(as_person(bureau.department), record)
    with pytest.raises(door.Refusal, match="公开内容里有手机号"):
        door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    saved(as_person(bureau.department), record, note="是本局对外公布的咨询电话。")
    door.perform("disclosure_budget.publish", record.case, by=bureau.department)
    assert Published.objects.filter(search__contains="13812345678").exists()


def test_the_office_sees_who_is_late_and_urges_in_one_press(as_person, bureau, goal):
    receipts = issued(bureau, "disclosure")
    for key in ("department", "department2"):
        sign(bureau, receipts[key], key)
    record = due()
    client = as_person(bureau.expenditure)
    assert "督促逾期的" not in words(client.get("/disclosure/?year=2026"))
    Disclosure.objects.filter(pk=record.pk).update(due=timezone.localdate() - datetime.timedelta(days=1))
    page = client.get("/disclosure/?year=2026")
    assert "督促逾期的 1 个部门" in words(page) and "逾期没有公开 1" in words(page)
    book = load_workbook(io.BytesIO(b"".join(client.get("/disclosure/?year=2026&export=xlsx"))))
    assert [cell.value for cell in book.active[2]][1:6:4] == ["教育局", "逾期没有公开"]
    assert [each.in_time for each in owed(record.case.zone, 2026, timezone.localdate())] == [False]
    round_ = Round.objects.get()
    told = client.post(
        f"{round_.get_absolute_url()}urge/",
        {"receipt": [receipts["department"].pk], "opinion": "请抓紧公开。"},
    )
    assert told.status_code == 302
    assert "请抓紧公开。" in words(as_person(bureau.department).get("/"))
    published(as_person(bureau.department), record, bureau.department)
    assert "督促逾期的" not in words(as_person(bureau.expenditure).get("/disclosure/?year=2026"))
    assert "全部办结" in words(as_person(bureau.expenditure).get(round_.get_absolute_url()))
    assert [each.in_time for each in owed(record.case.zone, 2026, timezone.localdate())] == [
        False
    ]  # late is late
