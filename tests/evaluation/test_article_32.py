"""Article 32: assets evaluates state capital and investment funds, expenditure the insurance funds, by own frameworks."""

import pytest
from django.urls import reverse

from jiheng.evaluation import frameworks
from jiheng.evaluation.framework_models import Evaluation
from jiheng.procedure import door
from jiheng.procedure.table import PROCEDURES
from tests.evaluation.framework import do, plan_fields
from tests.rooms import words
from tests.support.engaged import register

pytestmark = pytest.mark.article(32)


def proposed(client, bureau, kind, **given):
    department = bureau.organizations["department2"]
    usual = {
        "year": "2026", "name": "产业发展引导基金", "name_department": str(department.pk), "name_kind": "fund",
        "name_amount": "5000", "reason": ["development"], "word": "运行满三年。",
    }  # fmt: skip
    return client.post(f"/evaluation/{kind}/new/", {**usual, **given})


def test_assets_evaluates_an_investment_fund_by_its_own_framework(as_person, bureau):
    refused = proposed(as_person(bureau.performance), bureau, "capital")
    assert refused.status_code == 409 and "国有资本和投资基金评价由国资金融管理科提出" in words(refused)
    client = as_person(bureau.assets)
    assert "请选主管部门" in words(proposed(client, bureau, "capital", name_department=""))
    assert proposed(client, bureau, "capital").status_code == 302
    evaluation = Evaluation.objects.select_related("case").get()
    case = evaluation.case
    assert (evaluation.kind, evaluation.framework[0], case.amount) == (
        "fund", "政府投资基金绩效评价框架", 50_000_000,
    )  # fmt: skip
    assert {item.name for item in evaluation.items.all()} >= {"返投完成率", "社会资本带动完成率", "投资回报"}
    do(case, "sign", bureau.assets)
    do(case, "sign", bureau.performance)
    assert client.post(f"/evaluation/framework/{case.pk}/plan/", plan_fields(evaluation)).status_code == 302
    do(case, "plan", bureau.assets)
    with pytest.raises(door.Refusal, match="由预算绩效管理科办理"):
        do(case, "approve", bureau.assets)
    do(case, "approve", bureau.performance)
    party = register(bureau, "机构一", "institution")
    form = {
        "kind": "institution",
        "party": [str(party.pk)],
        "task": "评价基金绩效。",
        "way": "公开采购",
        "due": "2030-01-01",
    }
    page = client.post(reverse("engagement-invite", args=[case.pk]), form)
    assert page.status_code == 302, words(page)
    assert case.engagements.get().case.procedure == "engagement_capital"


def test_expenditure_evaluates_an_insurance_fund(as_person, bureau):
    client = as_person(bureau.expenditure)
    given = {"name": "城乡居民基本养老保险基金", "name_kind": "insurance"}
    assert proposed(client, bureau, "insurance", **given).status_code == 302
    evaluation = Evaluation.objects.select_related("case").get()
    assert evaluation.case.procedure == "insurance_evaluation"
    assert {item.name for item in evaluation.items.all()} >= {
        "保费征缴率",
        "待遇按时足额发放率",
        "收支平衡和支付能力",
    }
    assert [role.key for role in PROCEDURES["insurance_evaluation"].step("sign").roles] == [
        "expenditure", "performance",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", frameworks.KINDS)
def test_every_framework_is_whole(kind):
    chosen = frameworks.framework(kind)
    rows = [(item.part, item.weight) for item in chosen.items]
    assert frameworks.faults(rows, frameworks.Decimal(0)) == []
    if kind in ("project", "policy"):
        assert frameworks.faults(rows, frameworks.Decimal(60)) == []
    assert len({item.name for item in chosen.items}) == len(chosen.items)
    taken = [item.takes for item in chosen.items if item.takes]
    assert len(set(taken)) == len(taken) and set(taken) <= set(frameworks.TAKES)
    for item in chosen.items:
        assert item.standard and item.evidence and item.method in frameworks.METHODS
        assert bool(item.points) == (item.method == "points")
        assert not item.figure or (item.figure in frameworks.FIGURES and item.method == "rate")
