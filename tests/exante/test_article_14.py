"""Article 14: some go to key evaluation; the rest are put in order, with amounts, and sent to the budget office at once."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from jiheng.exante import ceiling, ordering, results
from jiheng.exante.models import Ceiling, ExanteEvaluation, PriorityList
from jiheng.procedure import door
from jiheng.procedure.models import Act
from tests.exante.stories import FAIR, key_result, make_new, reach, reasons, save_key, save_review, stands
from tests.rooms import file, words

pytestmark = pytest.mark.article(14)


def test_a_key_evaluation_from_choice_to_result(as_person, bureau):
    evaluation = reach(bureau, "reviewed")
    with pytest.raises(door.Refusal, match="请填写选择理由"):
        door.perform("exante.choose", evaluation.case, by=bureau.budget)
    client, address = as_person(bureau.budget), f"/exante/{evaluation.case_id}/edit/"
    client.post(f"/case/{evaluation.case_id}/do/choose/", {"opinion": "金额大，专业性强"})
    assert stands(evaluation) == "key"
    refused = client.post(f"/case/{evaluation.case_id}/do/conclude/")
    assert refused.status_code == 409 and "还没有专家或第三方机构的评估结果和报告" in words(refused)
    client.post(address, key_result(evidence=[file("评估报告.pdf", b"%PDF")]))
    page = words(client.get(f"/case/{evaluation.case_id}/"))
    assert "某会计师事务所" in page and "评估报告.pdf" in page and "金额大，专业性强" in page
    assert "某会计师事务所" not in words(as_person(bureau.department).get(f"/case/{evaluation.case_id}/"))
    as_person(bureau.budget).post(f"/case/{evaluation.case_id}/do/conclude/")
    result = results.results_of([evaluation.project_id], 2026)[evaluation.project_id]
    assert (result.key, result.score, result.amount, result.label) == (
        True,
        Decimal(82),
        Decimal(5_000_000),
        "予以支持",
    )
    assert "某会计师事务所" in words(as_person(bureau.department).get(f"/case/{evaluation.case_id}/"))


def test_a_key_result_must_agree_with_itself(bureau):
    evaluation = reach(bureau, "key")
    save_key(evaluation, bureau.budget, files=False, score="55", amount="601", kind="")
    assert reasons(door.may("exante.conclude", evaluation.case, bureau.budget)) == [
        "还没有专家或第三方机构的评估结果和报告",
        "还没有选是专家还是第三方机构做的",
        "总分 55 分，不到“予以支持”的 80 分",
        "建议安排 6,010,000.00 元，超过申请的 6,000,000.00 元",
    ]
    door.perform("exante.cancel_key", evaluation.case, by=bureau.budget, opinion="机构无法按期完成")
    evaluation.refresh_from_db()
    assert stands(evaluation) == "reviewed" and not evaluation.is_key and evaluation.key_score is None
    door.perform("exante.accept", evaluation.case, by=bureau.budget)
    evaluation.refresh_from_db()
    assert evaluation.final_amount == Decimal(5_500_000)


@pytest.fixture
def three(bureau):
    """Three supported evaluations of one department, one that isn't, and one of another department."""
    first = reach(bureau, "concluded", make_new(bureau, name="甲"), priority="second")
    second = reach(
        bureau, "reviewed", make_new(bureau, name="乙"), scores=FAIR, conclusion="part", amount="300"
    )
    third = reach(bureau, "reviewed", make_new(bureau, "unit2", name="=丙"), amount="400")
    low = dict.fromkeys(FAIR, "0")
    refused = reach(
        bureau, "reviewed", make_new(bureau, name="丁"), scores=low, conclusion="refuse", amount="0",
        **{f"comment-{key}": "不具备条件" for key in FAIR},
    )  # fmt: skip
    other = reach(bureau, "reviewed", make_new(bureau, "unit3", name="戊"), amount="200")
    return first, second, third, refused, other


def names(listing):
    return [row.evaluation.project.name for row in listing.rows.select_related("evaluation__project")]


def ordered(listing, *order, **changed):
    """The page's fields for these evaluations in this order; the amount each stands at, in 万元."""
    form = {"revision": str(PriorityList.objects.get(pk=listing.pk).revision)}
    for rank, each in enumerate(order, 1):
        form |= {f"rank-{each.pk}": str(rank), f"amount-{each.pk}": str(ordering.suggested(each) / 10000)}
    return form | {f"{name}-{order[int(place)].pk}": value for key, value in changed.items()
                   for name, _, place in [key.partition("_")]}  # fmt: skip


def test_a_list_comes_in_order_of_urgency_and_score_and_is_put_in_another(as_person, bureau, three):
    first, second, third, _, _ = three
    listing = ordering.begin(bureau.organizations["department"], 2026, by=bureau.expenditure)
    assert names(listing) == ["=丙", "乙", "甲"]  # 优先 with 88 points, with 70 points, then 一般
    client, address = as_person(bureau.expenditure), f"/exante/list/{listing.case_id}/edit/"
    assert "另有 1 个不予支持的没有列入" in words(client.get(address))
    form = ordered(listing, first, third, second, rank_0="２", rank_1="3", rank_2="1", amount_2="280.5")
    assert client.post(address, form)["Location"] == f"/case/{listing.case_id}/"
    assert names(listing) == ["乙", "甲", "=丙"]
    assert listing.rows.get(rank=1).amount == Decimal(2_805_000)
    wrong = client.post(address, ordered(listing, first, second, third, rank_0="一", amount_1="三百"))
    assert (
        wrong.status_code == 422
        and "的次序“一”不是数" in words(wrong)
        and "“三百”不是不小于 0 的数" in words(wrong)
    )
    late = client.post(address, form)
    assert late.status_code == 422 and "刚被别人在别处保存过" in words(late)
    client.post(address, ordered(listing, first, second, third) | {f"out-{third.pk}": "on"})
    assert names(listing) == ["甲", "乙"]
    assert "还有 1 个已审核、支持的评估没有列入" in words(client.get(f"/case/{listing.case_id}/"))


def test_what_can_not_be_sent_says_why(bureau, three):
    first, second, third, _, _ = three
    ceiling.enter({bureau.organizations["department"]: Decimal(9_000_000)}, 2026, by=bureau.budget)
    listing = ordering.begin(bureau.organizations["department"], 2026, by=bureau.expenditure)
    listing.rows.filter(evaluation=second).update(amount=Decimal("3000000.01"))
    listing.rows.filter(evaluation=first).update(amount=0)
    door.perform("exante.budget_return", third.case, by=bureau.budget, opinion="再审")
    told = reasons(door.may("priority_list.send", listing.case, bureau.expenditure))
    assert told == [
        "“=丙”的评估已退回或不再申报",
        "“乙”的建议安排 3,000,000.01 元，超过评估建议的 3,000,000.00 元",
        "“甲”的建议安排是 0",
    ]
    listing.rows.filter(evaluation=first).update(amount=Decimal(5_500_000))
    told = reasons(door.may("priority_list.send", listing.case, bureau.expenditure))
    assert told[-1] == "建议安排合计 12,500,000.01 元，超过控制数 9,000,000.00 元"


def test_it_goes_in_one_act_and_stays_as_it_was_sent(as_person, bureau, three):
    first, _, third, _, _ = three
    listing = ordering.begin(bureau.organizations["department"], 2026, by=bureau.expenditure)
    before = Act.objects.count()
    as_person(bureau.expenditure).post(f"/case/{listing.case_id}/do/send/")
    assert Act.objects.count() == before + 1
    # What it tells of goes on changing: an amount is cut, a project gets another name.
    door.perform("exante.budget_return", third.case, by=bureau.budget, opinion="再审")
    save_review(third, bureau.expenditure, amount="100")
    type(first.project).objects.filter(pk=first.project_id).update(name="甲改名")
    client = as_person(bureau.budget)
    page = words(client.get(f"/case/{listing.case_id}/"))
    assert "送出时的内容" in page and "甲改名" not in page and "400.00" in page and "1,250.00" in page
    book = load_workbook(
        io.BytesIO(b"".join(client.get(f"/exante/list/{listing.case_id}/list.xlsx").streaming_content))
    )
    rows = list(book.active.iter_rows(values_only=True))
    assert [(row[0], row[2], row[10], row[11]) for row in rows[3:6]] == [
        (1, "=丙", 4_000_000, 4_000_000), (2, "乙", 3_000_000, 7_000_000), (3, "甲", 5_500_000, 12_500_000),
    ]  # fmt: skip
    assert rows[6][2] == "合计" and rows[6][10] == 12_500_000
    assert as_person(bureau.expenditure).get(f"/exante/list/{listing.case_id}/edit/").status_code == 409
    client = as_person(bureau.budget)
    client.post(f"/case/{listing.case_id}/do/return/", {"opinion": "请再压减"})
    assert PriorityList.objects.get(pk=listing.pk).case.state == "draft"
    assert "甲改名" in words(as_person(bureau.expenditure).get(f"/case/{listing.case_id}/"))
    third.refresh_from_db()
    listing.rows.filter(evaluation=third).delete()
    door.perform("priority_list.send", listing.case, by=bureau.expenditure)
    door.perform("priority_list.receive", listing.case, by=bureau.budget)
    assert PriorityList.objects.get(pk=listing.pk).case.closed


def test_the_districts_list_has_every_department_and_a_later_one_what_came_later(as_person, bureau, three):
    district = ordering.begin(None, 2026, by=bureau.expenditure)
    assert sorted(names(district)) == ["=丙", "乙", "戊", "甲"]
    reach(bureau, "reviewed", make_new(bureau, name="己"))
    assert names(ordering.begin(None, 2026, by=bureau.expenditure)) == ["己"]
    assert as_person(bureau.department).get(f"/case/{district.case_id}/").status_code == 404
    with pytest.raises(door.Refusal):
        ordering.begin(None, 2026, by=bureau.budget)


def test_the_page_that_begins_a_list_offers_what_waits(as_person, bureau, three):
    from django.utils import timezone

    year = timezone.localdate().year
    ExanteEvaluation.objects.update(year=year)
    client = as_person(bureau.expenditure)
    page = words(client.get("/exante/list/new/"))
    assert "教育局 3 个已审核" in page.replace("　", " ") and "全区 4 个已审核" in page.replace("　", " ")
    assert client.post("/exante/list/new/", {"list": "nothing"}).status_code == 422
    client.post("/exante/list/new/", {"list": f"all:{year}"})
    assert PriorityList.objects.get().department is None
    assert "现在没有可以编制的清单" in words(as_person(bureau.budget).get("/exante/list/new/"))


def test_ceilings_are_entered_and_changed_by_the_budget_office_alone(as_person, bureau):
    place = bureau.organizations["department"]
    client = as_person(bureau.budget)
    year = int(client.get("/exante/ceilings/").context["year"])
    wrong = client.post("/exante/ceilings/", {"year": year, f"amount-{place.pk}": "很多"})
    assert wrong.status_code == 422 and "教育局的控制数“很多”" in words(wrong)
    client.post("/exante/ceilings/", {"year": year, f"amount-{place.pk}": "１，２００", "amount-all": "3000"})
    assert ceiling.of(bureau.zone.pk, place.pk, year) == Decimal(12_000_000)
    assert ceiling.of(bureau.zone.pk, None, year) == Decimal(30_000_000)
    again = {"year": year, f"amount-{place.pk}": "1000", "amount-all": "3000"}
    assert "请写明理由" in words(client.post("/exante/ceilings/", again))
    client.post("/exante/ceilings/", again | {"word": "财力减少"})
    row = Ceiling.objects.get(department=place)
    assert row.amount == Decimal(10_000_000)
    assert [(act.step, act.opinion) for act in row.case.acts.order_by("seq")] == [
        ("open", ""),
        ("change", "财力减少"),
    ]
    for person in ("expenditure", "performance", "department"):
        assert as_person(bureau.people[person]).get("/exante/ceilings/").status_code == 409
        with pytest.raises(door.Refusal):
            ceiling.enter({None: Decimal(1)}, year, by=bureau.people[person])
