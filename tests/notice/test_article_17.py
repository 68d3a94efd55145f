"""Article 17: the performance office's requirements go to the budget office and out with the yearly budget notice."""

import re

import pytest

from jiheng.notice.models import Notice, Receipt, Requirement, Round
from jiheng.procedure import chain, door
from jiheng.procedure.models import Case, Task
from tests.notice.sending import draft, issue, issued, later, requirement, sign
from tests.rooms import file, words

pytestmark = pytest.mark.article(17)


def ask(client, **changed):
    given = {"year": "2026", "title": "2026年目标管理要求", "text": "没有目标的不安排预算。"}
    return client.post("/notice/requirement/budget/new/", given | changed)


def write(client, **changed):
    given = {
        "year": "2026", "title": "关于编制2026年部门预算的通知", "text": "请按时报送。", "asks": "everybody",
        "deadline": later().isoformat(), "number": "",
    }  # fmt: skip
    return client.post("/notice/budget/new/", given | changed)


@pytest.mark.article(5, 6)
def test_from_the_requirement_to_everybodys_receipt_in_the_browser(as_person, bureau):
    client = as_person(bureau.performance)
    asked = ask(client)["Location"]
    enclosed = file("填报说明.txt", "指标要量化".encode())
    client.post(f"{asked}do/send/", {"files": enclosed})

    client = as_person(bureau.budget)
    assert "2026年目标管理要求" in words(client.get("/"))
    noticed = write(client)["Location"]
    said = words(client.get(noticed))
    assert "“2026年目标管理要求”还没有处理，通知不能印发" in said and "第17条" in said
    refused = client.post(f"{noticed}do/issue/")
    assert refused.status_code == 409
    assert f'href="{asked}"' in refused.content.decode()
    assert (Round.objects.count(), Receipt.objects.count()) == (0, 0)

    client.post(f"{asked}do/take/")
    assert "没有目标的不安排预算。" in words(client.get(noticed))
    assert client.post(f"{noticed}do/issue/").status_code == 302
    notice = Notice.objects.get()
    assert re.fullmatch(r"财预〔20\d\d〕1号", notice.number)
    assert Requirement.objects.get().case.state == "carried"
    assert Requirement.objects.get().notice == notice
    told = {
        receipt.organization.name: receipt
        for receipt in Receipt.objects.select_related("organization", "case")
    }
    assert set(told) == {"教育局", "农业农村局", "第一小学", "第二中学", "农技推广站"}

    client = as_person(bureau.unit)
    assert f"签收　{notice.title}" in words(client.get("/"))
    mine = told["第一小学"].case
    paper = client.get(f"/notice/{mine.pk}/")
    assert "没有目标的不安排预算。" in words(paper) and "填报说明.txt" in words(paper)
    address = re.search(r'href="(/notice/[^"]+/file/[^"]+)"', paper.content.decode())[1]
    assert b"".join(client.get(address).streaming_content).decode() == "指标要量化"
    client.post(f"/case/{mine.pk}/do/sign/")
    told["第一小学"].refresh_from_db()
    assert told["第一小学"].signed_at is not None
    assert Case.objects.get(pk=mine.pk).state == "signed"
    assert list(chain.verify(bureau.zone.pk)) == []


def test_all_is_done_in_the_act_of_issuing_or_nothing(bureau):
    taken = requirement(bureau, to="taken")
    receipts = issued(bureau)
    act = taken.case.acts.get(step="carry")
    issuing = receipts["unit"].round.notice.case.acts.get(step="issue")
    assert act.within == issuing.pk
    opened = [receipt.case.acts.get(step="open").within for receipt in receipts.values()]
    assert opened == [issuing.pk] * 5
    assert issuing.record["requirements"] == [[taken.title, taken.text]]
    with pytest.raises(door.Refusal, match="只随预算编制通知“印发”一并办理"):
        door.perform(
            "requirement_budget.carry", requirement(bureau, to="taken").case, by=bureau.budget, within=issuing
        )


def test_a_requirement_that_is_returned_bars_nothing_and_comes_again(bureau):
    asked = requirement(bureau)
    with pytest.raises(door.Refusal, match="请填写退回理由"):
        door.perform("requirement_budget.return", asked.case, by=bureau.budget)
    door.perform("requirement_budget.return", asked.case, by=bureau.budget, opinion="请写明权重。")
    assert [task.organization.name for task in Task.objects.filter(case=asked.case)] == ["预算绩效管理科"]
    door.perform("requirement_budget.send", asked.case, by=bureau.performance)
    notice = draft(bureau)
    answer = door.may("notice_budget.issue", notice.case, bureau.budget)
    assert [(reason.article, reason.link) for reason in answer.reasons] == [
        (17, asked.case.get_absolute_url())
    ]
    door.perform("requirement_budget.take", asked.case, by=bureau.budget)
    issue(bureau, notice)
    asked.case.refresh_from_db()
    assert asked.case.state == "carried"


def test_only_a_requirement_of_this_kind_and_year_bars(bureau):
    requirement(bureau, "disclosure")
    requirement(bureau, "budget", 2027)
    issue(bureau, draft(bureau))
    with pytest.raises(door.Refusal, match="还没有处理"):
        issue(bureau, draft(bureau, year=2027))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": " "}, "通知还没有正文"),
        ({"deadline": None}, "通知没有写报送时限"),
        ({"deadline": later(0)}, "不在今天"),
        ({"asks": Notice.Asks.CHOSEN}, "没有选发给哪些部门、单位"),
    ],
)
def test_a_notice_that_lacks_something_is_not_issued(bureau, given, said):
    notice = draft(bureau, **given)
    with pytest.raises(door.Refusal, match=said):
        issue(bureau, notice)
    notice.refresh_from_db()
    assert (notice.number, notice.issued_on, Round.objects.count()) == ("", None, 0)


def test_issuing_twice_is_refused_and_says_who_did_it(bureau):
    receipts = issued(bureau)
    with pytest.raises(door.Refusal, match=r"上一步“印发”由预算科（预算科经办）于"):
        issue(bureau, receipts["unit"].round.notice)
    assert Receipt.objects.count() == 5


def test_numbers_follow_each_other_and_a_number_stands_once(as_person, bureau):
    first, second = draft(bureau, number="财预〔2026〕7号"), draft(bureau, year=2027)
    issue(bureau, first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jiheng.notice.procedure.localdate", lambda *_: later(1).replace(year=2026, month=6))
        issue(bureau, second)
    second.refresh_from_db()
    assert second.number == "财预〔2026〕8号"
    response = write(as_person(bureau.budget), number="财预〔2026〕 7号")
    assert response.status_code == 422
    assert f"文号“财预〔2026〕7号”已用于“{first.title}”" in words(response)


@pytest.mark.parametrize(
    "person", ["unit", "department", "performance", "treasury", "expenditure", "leadership"]
)
def test_nobody_but_the_budget_office_writes_or_issues_it(as_person, bureau, person):
    notice = draft(bureau)
    client = as_person(bureau.people[person])
    response = write(client)
    assert response.status_code == 409 and "“起草预算编制通知”由预算科办理" in words(response)
    tried = client.post(f"/case/{notice.case_id}/do/issue/")
    assert tried.status_code == (404 if person in ("unit", "department") else 409)
    assert (Notice.objects.count(), Round.objects.count()) == (1, 0)


def test_another_departments_receipt_is_as_if_it_did_not_exist(as_person, bureau):
    receipts = issued(bureau)
    client = as_person(bureau.department)
    for key, status in (("department", 200), ("unit", 200), ("department2", 404), ("unit3", 404)):
        assert client.get(f"/case/{receipts[key].case_id}/").status_code == status
        assert client.get(f"/notice/{receipts[key].case_id}/").status_code == status
    assert client.get(f"/notice/{receipts['unit'].round.notice.case_id}/").status_code == 404
    with pytest.raises(door.Refusal, match="“签收”由第一小学办理"):
        sign(bureau, receipts["unit"], "department")


def test_only_those_chosen_are_asked(as_person, bureau):
    keys = [str(bureau.organizations[key].pk) for key in ("department2", "unit3", "budget")]
    response = write(as_person(bureau.budget), asks="chosen", chosen=keys[:2])
    assert response.status_code == 302
    notice = Notice.objects.get()
    issue(bureau, notice)
    assert {receipt.organization.name for receipt in Receipt.objects.all()} == {"农业农村局", "农技推广站"}
    assert write(as_person(bureau.budget), asks="chosen", chosen=keys, title="又一份").status_code == 422


def test_a_draft_saved_by_another_meanwhile_is_not_overwritten(as_person, bureau):
    notice = draft(bureau)
    address = f"/notice/budget/{notice.case_id}/edit/"
    given = {
        "year": "2026", "title": "改了的标题", "text": "请按时报送。", "asks": "departments",
        "deadline": later().isoformat(), "revision": "0",
    }  # fmt: skip
    client = as_person(bureau.budget)
    assert client.post(address, given).status_code == 302
    again = client.post(address, given | {"title": "另一个标题"})
    assert again.status_code == 422 and "刚被同科室的人在别处保存过" in words(again)
    notice.refresh_from_db()
    assert (notice.title, notice.case.title, notice.asks) == ("改了的标题", "改了的标题", "departments")


@pytest.mark.article(4)
def test_leadership_signs_where_the_profile_says_so(bureau):
    from jiheng.bureau import profile

    text = profile.DEFAULT.read_text(encoding="utf-8").replace(
        'signer = { value = "host"', 'signer = { value = "leadership"'
    )
    profile.load(bureau.zone, text)
    notice = draft(bureau)
    with pytest.raises(door.Refusal, match="按局情配置，通知须由局领导签发后印发"):
        issue(bureau, notice)
    door.perform("notice_budget.submit", notice.case, by=bureau.budget)
    assert [task.organization.name for task in Task.objects.filter(case=notice.case)] == ["局党组"]
    door.perform("notice_budget.leadership_return", notice.case, by=bureau.leadership, opinion="写明时限。")
    door.perform("notice_budget.submit", notice.case, by=bureau.budget)
    door.perform("notice_budget.sign", notice.case, by=bureau.leadership, opinion="同意。")
    issue(bureau, notice)
    assert notice.case.state == "issued"
