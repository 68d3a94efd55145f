"""Articles 22, 24, 28, 37: the other notices, their hosts and what each must say; urging those who are late (art. 8)."""

import pytest

from jiheng.bureau.models import Organization
from jiheng.bureau.standing import changed
from jiheng.notice.kinds import KINDS
from jiheng.notice.models import Receipt, Round
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Task
from tests.notice.sending import draft, issue, issued, requirement, sign
from tests.rooms import words


@pytest.mark.article(22)
def test_disclosure_requirements_go_out_with_the_budget_offices_notice(bureau):
    asked = requirement(bureau, "disclosure")
    notice = draft(bureau, "disclosure")
    with pytest.raises(door.Refusal, match=r"还没有处理，通知不能印发（规程第22条）"):
        issue(bureau, notice)
    door.perform("requirement_disclosure.take", asked.case, by=bureau.budget)
    issue(bureau, notice)
    asked.case.refresh_from_db()
    assert asked.case.state == "carried"
    assert Round.objects.get().is_a.label == "预算公开通知"


@pytest.mark.article(37)
def test_result_requirements_go_out_with_the_treasurys_notice(bureau):
    asked = requirement(bureau, "accounts")
    with pytest.raises(door.Refusal, match="由国库科办理"):
        door.perform("requirement_accounts.take", asked.case, by=bureau.budget)
    notice = draft(bureau, "accounts")
    with pytest.raises(door.Refusal, match=r"规程第37条"):
        issue(bureau, notice)
    door.perform("requirement_accounts.take", asked.case, by=bureau.treasury)
    act = issue(bureau, notice)
    assert (act.organization_name, act.articles) == ("国库科", [37])


@pytest.mark.parametrize(
    ("kind", "lacking", "said"),
    [
        pytest.param(
            "monitoring", {"cutoff": None}, "没有写监控截止日（规程第24条）", marks=pytest.mark.article(24)
        ),
        pytest.param(
            "evaluation", {"scope": ""}, "没有写评价种类和项目（规程第28条）", marks=pytest.mark.article(28)
        ),
    ],
)
def test_the_performance_offices_notices_say_what_their_kind_needs(bureau, kind, lacking, said):
    with pytest.raises(door.Refusal, match=said):
        issue(bureau, draft(bureau, kind, **lacking))
    notice = draft(bureau, kind)
    with pytest.raises(door.Refusal, match="“印发”由预算绩效管理科办理"):
        door.perform(f"{notice.case.procedure}.issue", notice.case, by=bureau.budget)
    act = issue(bureau, notice)
    assert act.organization_name == "预算绩效管理科"
    assert Receipt.objects.count() == 5


@pytest.mark.article(3)
def test_every_kind_is_hosted_by_the_office_the_regulation_names():
    assert {kind.key: (kind.host.key, kind.article) for kind in KINDS.values()} == {
        "budget": ("budget", 17),
        "disclosure": ("budget", 22),
        "monitoring": ("performance", 24),
        "evaluation": ("performance", 28),
        "accounts": ("treasury", 37),
    }


@pytest.mark.article(8, 22)
def test_who_is_late_is_urged_and_finds_it_among_the_tasks_and_answers(as_person, bureau):
    receipts = issued(bureau, "disclosure")
    sign(bureau, receipts["unit"], "unit")
    case = receipts["unit2"].case
    round_ = receipts["unit2"].round
    client = as_person(bureau.expenditure)
    page = client.post(
        f"{round_.get_absolute_url()}urge/",
        {"receipt": [receipts["unit2"].pk, receipts["department"].pk], "opinion": "请三日内公开并报网址。"},
        follow=True,
    )
    assert "已督促 2 个部门、单位" in words(page)
    act = Act.objects.get(case=case, step="urge")
    assert (act.opinion, act.organization_name, act.articles) == (
        "请三日内公开并报网址。",
        "支出管理科",
        [8, 22],
    )
    home = words(as_person(bureau.unit2).get("/"))
    assert "回复督促" in home and "请三日内公开并报网址。" in home
    with pytest.raises(door.Refusal, match="请填写回复"):
        door.perform(f"{case.procedure}.answer", case, by=bureau.unit2)
    door.perform(f"{case.procedure}.answer", case, by=bureau.unit2, opinion="明日公开。")
    receipts["unit2"].refresh_from_db()
    assert receipts["unit2"].signed_at is not None and receipts["unit2"].urged == 1
    assert not Task.objects.filter(case=case).exists()
    assert list(chain.verify(bureau.zone.pk)) == []


@pytest.mark.article(8, 41)
def test_all_who_are_behind_are_urged_at_once_and_every_urging_counts(as_person, bureau):
    receipts = issued(bureau)
    sign(bureau, receipts["department2"], "department2")
    address = f"{receipts['unit'].round.get_absolute_url()}urge/"
    client = as_person(bureau.expenditure)
    for _ in range(2):
        client.post(address, {"all": "1", "opinion": "请抓紧。"})
    assert Act.objects.filter(step="urge").count() == 5
    assert Act.objects.filter(step="urge_again").count() == 5
    assert set(Receipt.objects.values_list("urged", flat=True)) == {2}


@pytest.mark.article(8)
def test_an_office_urges_only_departments_in_its_charge(as_person, bureau):
    other = Organization.objects.create(
        zone=bureau.zone, kind="office", code="099", name="农业科", roles=["expenditure"], order=99
    )
    Organization.objects.filter(pk=bureau.organizations["department2"].pk).update(charge=other)
    changed(bureau.zone)
    receipts = issued(bureau)
    round_ = receipts["unit"].round
    client = as_person(bureau.expenditure)
    page = words(client.get(round_.get_absolute_url()))
    assert "第一小学" in page and "农技推广站" not in page
    client.post(f"{round_.get_absolute_url()}urge/", {"all": "1", "opinion": "请抓紧。"})
    assert set(Act.objects.filter(step="urge").values_list("case__department__name", flat=True)) == {"教育局"}
    case = receipts["unit3"].case
    with pytest.raises(door.Refusal, match="“督促”由农业科办理"):
        door.perform(f"{case.procedure}.urge", case, by=bureau.expenditure, opinion="请抓紧。")


@pytest.mark.article(8)
def test_an_urging_needs_a_word_and_the_right_office(as_person, bureau):
    receipts = issued(bureau)
    address = f"{receipts['unit'].round.get_absolute_url()}urge/"
    page = as_person(bureau.expenditure).post(address, {"all": "1", "opinion": " "}, follow=True)
    assert "请填写督促的话" in words(page) and "另有 2 个因同样原因没有督促" in words(page)
    for person in ("performance", "budget", "department"):
        as_person(bureau.people[person]).post(address, {"all": "1", "opinion": "请抓紧。"})
    assert not Act.objects.filter(step="urge").exists()
