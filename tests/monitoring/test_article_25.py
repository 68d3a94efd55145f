"""Article 25: three offices choose projects for key monitoring; what is found is notified, rectified and filed."""

import itertools

import pytest

from jiheng.filing.models import Filing
from jiheng.monitoring import key_monitoring
from jiheng.monitoring.models import KeyMonitoring
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import make_project
from tests.rooms import file, in_force, load_figures, words

pytestmark = pytest.mark.article(25)
SIGNERS = ("performance", "assets", "expenditure")
FOUND = {"opinion": "资金闲置三个月", "demand": "收回并倒排工期"}


@pytest.fixture
def project(bureau):
    return in_force(bureau).project


def propose(bureau, project) -> Case:
    return key_monitoring.propose([project], 2026, "执行落后", by=bureau.performance)[0]


def do(bureau, case, *steps, **given):
    for step, who in steps:
        door.perform(f"key_monitoring.{step}", case, by=bureau.people[who], **given)


def chosen(bureau, project) -> Case:
    case = propose(bureau, project)
    do(bureau, case, *(("sign", who) for who in SIGNERS))
    return case


def notified(bureau, project) -> Case:
    case = chosen(bureau, project)
    do(bureau, case, ("find", "expenditure"), evidence=[file("记录.txt", b"seen")], **FOUND)
    do(bureau, case, ("notify", "expenditure"))
    return case


def rectify(bureau, case):
    do(bureau, case, ("rectify", "department"), opinion="已收回", evidence=[file("凭证.txt", b"paid")])


@pytest.mark.parametrize("order", list(itertools.permutations(SIGNERS)), ids="-".join)
def test_three_offices_sign_in_any_order_and_only_the_last_chooses(bureau, project, order):
    case = propose(bureau, project)
    for who in order:
        assert case.state == "proposed"
        do(bureau, case, ("sign", who))
    assert case.state == "chosen"
    assert [task.organization.name for task in Task.objects.filter(case=case)] == ["支出管理科"]
    for key, person in bureau.people.items():
        assert door.may("key_monitoring.find", case, person).concerns == (key == "expenditure"), key


def test_projects_are_chosen_several_at_once_with_lights_and_amounts_in_view(as_person, bureau, project):
    other = make_project(bureau, name="水厂改造", stage="executing")
    project.refresh_from_db()
    load_figures(bureau, project, 123_400)
    refused = as_person(bureau.expenditure).get("/monitoring/key/new/")
    assert refused.status_code == 409 and "重点监控项目由预算绩效管理科提出" in words(refused)
    client = as_person(bureau.performance)
    page = words(client.get("/monitoring/key/new/"))
    assert project.name in page and "水厂改造" in page and "100.00" in page
    wrong = client.post("/monitoring/key/new/", {"project": [str(project.pk)], "reason": " "})
    assert wrong.status_code == 422 and "请写明选择理由" in words(wrong)
    assert not KeyMonitoring.objects.exists()
    client.post("/monitoring/key/new/", {"project": [str(project.pk), str(other.pk)], "reason": "金额大"})
    assert set(KeyMonitoring.objects.values_list("project", "reason")) == {
        (project.pk, "金额大"), (other.pk, "金额大"),
    }  # fmt: skip
    with pytest.raises(door.Refusal, match="已在 2026 年重点监控中"):
        propose(bureau, project)


def test_what_was_found_goes_to_the_department_in_writing(as_person, bureau, project):
    case = chosen(bureau, project)
    with pytest.raises(door.Refusal, match="请填写整改要求"):
        do(bureau, case, ("find", "expenditure"), opinion="闲置", evidence=[file("a.txt", b"a")])
    do(bureau, case, ("find", "expenditure"), evidence=[file("a.txt", b"a")], **FOUND)
    address = f"/monitoring/key/{case.pk}/notice/"
    assert as_person(bureau.department).get(address).status_code == 404
    do(bureau, case, ("notify", "expenditure"))
    said = words(as_person(bureau.department).get(address))
    assert "致教育局" in said.replace(" ", "") and "资金闲置三个月" in said and "收回并倒排工期" in said
    due = KeyMonitoring.objects.get(case=case).due
    assert list(Task.objects.filter(case=case).values_list("organization__name", "due")) == [("教育局", due)]
    assert f"{due:%Y年%m月%d日}" in said
    assert as_person(bureau.department2).get(address).status_code == 404


def test_what_was_rectified_is_verified_and_filed_when_both_have_signed_for_it(bureau, project):
    case = notified(bureau, project)
    rectify(bureau, case)
    do(bureau, case, ("return", "expenditure"), opinion="没有凭证")
    assert case.state == "notified"
    rectify(bureau, case)
    do(bureau, case, ("verify", "expenditure"))
    do(bureau, case, ("receive", "budget"))
    assert case.state == "verified" and not Filing.objects.filter(case=case).exists()
    do(bureau, case, ("receive", "performance"))
    assert case.state == "filed" and case.closed
    filing = Filing.objects.get(case=case)
    told = str(filing.frozen["paper"])
    assert filing.article == 25 and "资金闲置三个月" in told and "已收回" in told
    assert {each["name"] for each in filing.evidence} == {"记录.txt", "凭证.txt"}


def test_a_project_without_problems_is_filed_as_such(bureau, project):
    case = chosen(bureau, project)
    do(bureau, case, ("clear", "expenditure"), opinion="查三处", evidence=[file("a.txt", b"a")])
    do(bureau, case, ("receive", "performance"), ("receive", "budget"))
    assert "未发现问题。查三处" in str(Filing.objects.get(case=case).frozen["paper"])
