"""Article 4: leadership sees the whole at a glance, leaves an instruction on any record, and reads what came of it."""

import datetime

import pytest

from jiheng.consultation import asking
from jiheng.consultation.models import Instruction
from jiheng.procedure import chain, door
from jiheng.procedure.models import Case, Task
from tests.rooms import in_force, load_figures, words

pytestmark = pytest.mark.article(4)
TEXT = "请核实进度慢的原因。"


@pytest.fixture
def day():
    return door.now().date() + datetime.timedelta(days=7)


def test_an_instruction_goes_to_the_named_office_and_comes_back(as_person, bureau, goal_case, day):
    client = as_person(bureau.leadership)
    assert f"/consultation/{goal_case.pk}/instruct/" in client.get(f"/case/{goal_case.pk}/").content.decode()
    given = {"text": TEXT, "due": day.isoformat(), "office": str(bureau.organizations["budget"].pk)}
    client.post(f"/consultation/{goal_case.pk}/instruct/", given)
    record = Instruction.objects.get()
    (task,) = Task.objects.filter(case=record.case)
    assert (task.organization.name, task.due, task.step) == ("预算科", day, "answer")
    client = as_person(bureau.budget)
    assert "报办理情况" in words(client.get("/")) and TEXT in words(client.get(f"/case/{record.case_id}/"))
    assert TEXT in words(client.get(f"/case/{goal_case.pk}/"))
    client.post(f"/case/{record.case_id}/do/answer/", {"opinion": "正在核实。"})
    client = as_person(bureau.leadership)
    assert "阅毕办结" in words(client.get("/"))
    client.post(f"/case/{record.case_id}/do/again/", {"opinion": "请写明原因。"})
    assert Task.objects.get(case=record.case).organization.name == "预算科"
    as_person(bureau.budget).post(f"/case/{record.case_id}/do/answer/", {"opinion": "招标晚了两个月。"})
    as_person(bureau.leadership).post(f"/case/{record.case_id}/do/accept/", {})
    record.refresh_from_db()
    assert (record.case.state, record.answer, record.case.round) == ("done", "招标晚了两个月。", 1)
    assert "办理情况：招标晚了两个月。" in words(as_person(bureau.performance).get(f"/case/{goal_case.pk}/"))
    assert list(chain.verify(bureau.zone.pk)) == []


def test_only_leadership_instructs_and_only_the_named_office_answers(as_person, bureau, goal_case, day):
    for person in (bureau.budget, bureau.unit):
        refused = as_person(person).get(f"/consultation/{goal_case.pk}/instruct/")
        assert refused.status_code == 409 and "批示由局领导作出" in words(refused)
    case = asking.instruct(goal_case, TEXT, bureau.organizations["budget"], day, by=bureau.leadership)
    with pytest.raises(door.Refusal, match="“报办理情况”由预算科办理"):
        door.perform("instruction.answer", case, by=bureau.treasury, opinion="代办")
    with pytest.raises(door.Refusal, match="由局党组办理"):
        door.perform("instruction.withdraw", case, by=bureau.budget, opinion="不办")
    for person in (bureau.unit, bureau.department):
        client = as_person(person)
        assert client.get(f"/case/{case.pk}/").status_code == 404
        assert TEXT not in words(client.get(f"/case/{goal_case.pk}/"))
    door.perform("instruction.withdraw", case, by=bureau.leadership, opinion="不用办了")
    assert not Task.objects.filter(case=case).exists()


def test_what_is_missing_is_told(as_person, bureau, goal_case):
    wrong = as_person(bureau.leadership).post(f"/consultation/{goal_case.pk}/instruct/", {"due": ""})
    assert wrong.status_code == 422
    assert all(each in words(wrong) for each in ("请写明内容", "请选择由哪个科室办理", "请选择期限"))
    assert not Case.objects.filter(procedure="instruction").exists()


def test_leadership_sees_money_at_stake_who_is_late_and_its_instructions(as_person, bureau, day):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 250_000, cutoff=door.now().date())
    asking.instruct(goal.case, TEXT, bureau.organizations["budget"], day, by=bureau.leadership)
    Task.objects.filter(case__procedure="instruction").update(
        due=door.now().date() - datetime.timedelta(days=2)
    )
    said = words(as_person(bureau.leadership).get("/"))
    assert "全年预算数100.00 万元" in said and "支付数25.00 万元" in said and "25.00%" in said
    assert "批示 1 件，还没有报告的 1 件" in said and TEXT in said
    assert "预算科1" in said
    assert "全年预算数100.00 万元" not in words(as_person(bureau.budget).get("/"))
