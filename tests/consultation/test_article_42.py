"""Article 42: what the regulation does not settle, offices settle with each other, and the outcome stays with the record."""

import datetime

import pytest

from jiheng.bureau.models import Organization
from jiheng.consultation import asking
from jiheng.consultation.models import Answer, Consultation
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Attachment, Case, Task
from tests.rooms import file, words

pytestmark = pytest.mark.article(42)
QUESTION = "结余怎样计算执行率，规程没有写。"


def offices(bureau, *roles):
    return [bureau.organizations[role] for role in roles]


@pytest.fixture
def day():
    return door.now().date() + datetime.timedelta(days=7)


@pytest.fixture
def opened(bureau, goal_case, day):
    return asking.consult(
        goal_case, QUESTION, offices(bureau, "budget", "treasury"), day, by=bureau.expenditure
    )


def test_from_a_cases_page_to_the_outcome_kept_on_it(as_person, bureau, goal_case, day):
    client = as_person(bureau.expenditure)
    page = client.get(f"/case/{goal_case.pk}/")
    assert f"/consultation/{goal_case.pk}/new/" in page.content.decode()
    form = words(client.get(f"/consultation/{goal_case.pk}/new/"))
    assert "第42条" in form and "预算科" in form and "局党组" not in form
    given = {
        "text": QUESTION, "due": day.isoformat(), "evidence": file("测算.txt", b"1"),
        "office": [str(office.pk) for office in offices(bureau, "budget", "treasury")],
    }  # fmt: skip
    client.post(f"/consultation/{goal_case.pk}/new/", given)
    record = Consultation.objects.get()
    assert (record.case.state, record.about_id, record.case.unit) == (
        "open",
        goal_case.pk,
        offices(bureau, "expenditure")[0],
    )
    assert Attachment.objects.get().name == "测算.txt"
    assert {(task.organization.name, task.due) for task in Task.objects.filter(case__procedure="consultation_answer")} == {
        ("预算科", day), ("国库科", day),
    }  # fmt: skip
    assert len({act.request for act in Act.objects.filter(case__procedure__startswith="consultation")}) == 1
    for role in ("budget", "treasury"):
        client = as_person(bureau.people[role])
        assert "答复意见" in words(client.get("/"))
        answer = Answer.objects.get(case__unit=bureau.organizations[role])
        assert QUESTION in words(client.get(f"/case/{answer.case_id}/"))
        client.post(f"/case/{answer.case_id}/do/answer/", {"opinion": f"{role}同意"})
    client = as_person(bureau.expenditure)
    assert "budget同意" in words(client.get(f"/case/{record.case_id}/"))
    client.post(f"/case/{record.case_id}/do/settle/", {"opinion": "按当年预算数计算。"})
    record.refresh_from_db()
    assert (record.case.state, record.outcome) == ("settled", "按当年预算数计算。")
    for role in ("performance", "leadership"):
        told = words(as_person(bureau.people[role]).get(f"/case/{goal_case.pk}/"))
        assert "按当年预算数计算。" in told
    assert list(chain.verify(bureau.zone.pk)) == []


def test_it_is_not_settled_while_an_office_is_silent(bureau, opened):
    answer = Answer.objects.get(case__unit=bureau.organizations["budget"])
    door.perform("consultation_answer.answer", answer.case, by=bureau.budget, opinion="同意")
    with pytest.raises(door.Refusal, match="国库科还没有答复") as refused:
        door.perform("consultation.settle", opened, by=bureau.expenditure, opinion="就这样")
    (reason,) = refused.value.reasons
    assert (reason.article, "不再协商的，撤回并写明原因" in reason.next) == (42, True)


def test_only_the_office_asked_answers_and_only_the_one_that_asked_settles(bureau, opened):
    answer = Answer.objects.get(case__unit=bureau.organizations["budget"])
    with pytest.raises(door.Refusal, match="“答复意见”由预算科办理"):
        door.perform("consultation_answer.answer", answer.case, by=bureau.treasury, opinion="替答")
    with pytest.raises(door.Refusal, match="“答复意见”由预算科办理"):
        door.perform("consultation_answer.answer", answer.case, by=bureau.leadership, opinion="替答")
    with pytest.raises(door.Refusal, match="“撤回”由支出管理科办理"):
        door.perform("consultation.withdraw", opened, by=bureau.budget, opinion="不要了")
    with pytest.raises(door.Refusal, match="请填写意见"):
        door.perform("consultation_answer.answer", answer.case, by=bureau.budget, opinion=" ")


def test_withdrawing_takes_the_open_questions_back(bureau, opened):
    told = Answer.objects.get(case__unit=bureau.organizations["budget"]).case
    door.perform("consultation_answer.answer", told, by=bureau.budget, opinion="同意")
    door.perform("consultation.withdraw", opened, by=bureau.expenditure, opinion="已另行商定")
    states = dict(Answer.objects.values_list("case__unit__name", "case__state"))
    assert states == {"预算科": "answered", "国库科": "dropped"}
    assert not Task.objects.filter(case__procedure__startswith="consultation").exists()
    with pytest.raises(door.Refusal, match="只随协商“撤回”一并办理"):
        door.perform("consultation_answer.drop", told, by=bureau.expenditure)


def test_departments_and_units_neither_ask_nor_see(as_person, bureau, goal_case, opened):
    for person in (bureau.unit, bureau.department):
        client = as_person(person)
        assert "协商" not in words(client.get(f"/case/{goal_case.pk}/")).split("键盘操作")[0].replace(
            "协商和批示", "协商"
        )
        assert client.get(f"/case/{opened.pk}/").status_code == 404
        refused = client.get(f"/consultation/{goal_case.pk}/new/")
        assert refused.status_code == 409 and "协商由财政局各科室发起" in words(refused)
        assert QUESTION not in words(client.get(f"/search/?q={goal_case.title[:4]}"))
    assert as_person(bureau.unit3).get(f"/consultation/{goal_case.pk}/new/").status_code == 404


def test_what_is_missing_is_told_and_nothing_is_opened(as_person, bureau, goal_case):
    client = as_person(bureau.budget)
    wrong = client.post(f"/consultation/{goal_case.pk}/new/", {"text": " ", "due": "2020-01-01"})
    said = words(wrong)
    assert wrong.status_code == 422
    assert all(each in said for each in ("请写明内容", "请至少选一个科室", "期限不能早于今天"))
    late = client.post(
        f"/consultation/{goal_case.pk}/new/", {"text": "字" * 2001, "due": "七月", "office": ["x"]}
    )
    assert "写了 2001 个字，最多 2000 个字" in words(late) and "请选择期限" in words(late)
    assert not Case.objects.filter(procedure="consultation").exists()


def test_an_office_not_in_charge_reads_what_is_asked_but_not_the_case(
    as_person, bureau, opened, goal_case, day
):
    other = Organization.objects.create(
        zone=bureau.zone, kind="office", code="099", name="支出二科", roles=["expenditure"], order=99
    )
    case = asking.consult(goal_case, "请支出二科答复。", [other], day, by=bureau.budget)
    answer = Answer.objects.get(consultation__case=case)
    bureau.general.posts.update(organization=other)
    client = as_person(bureau.general)
    page = client.get(f"/case/{answer.case_id}/")
    assert page.status_code == 200 and "请支出二科答复。" in words(page)
    assert f'href="/case/{goal_case.pk}/"' not in page.content.decode()
    assert client.get(f"/case/{goal_case.pk}/").status_code == 404


def test_nothing_is_asked_about_an_asking(as_person, bureau, opened):
    client = as_person(bureau.budget)
    assert client.get(f"/consultation/{opened.pk}/new/").status_code == 404
    assert (
        "/new/"
        not in client.get(f"/case/{opened.pk}/").content.decode().split("协商和批示")[0].split("<main")[1]
    )
