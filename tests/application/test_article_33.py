"""Article 33: results are applied. The rule says, performance proposes, budget decides; who departs says why."""

from decimal import Decimal

import pytest

from jiheng.application.models import Application
from jiheng.application.procedure import amount_of
from jiheng.procedure import chain, door
from jiheng.procedure.models import Case, Task
from tests.application.results import accepted
from tests.rooms import words

pytestmark = pytest.mark.article(33)


@pytest.fixture
def fair(as_person, bureau):
    """Graded 中 (79.5), so that the rule cuts a tenth of 1,000,000."""
    return accepted(as_person, bureau, actual_1="0平方米", reason_1="征地未完成")


def do(client, application, step, action, amount, opinion=""):
    given = {"action": action, "amount": amount, "opinion": opinion}
    return client.post(f"/case/{application.case_id}/do/{step}/", given)


@pytest.mark.parametrize(
    ("paid", "filled", "action", "amount"),
    [
        (950_000, {}, "keep", "1000000"),
        (950_000, {"actual_1": "0平方米", "reason_1": "征地未完成"}, "cut", "900000"),
        (700_000, {}, "cut", "700000"),
        (
            0,
            {"actual_1": "0", "actual_4": "0", "reason_1": "未开工", "reason_4": "未开工"},
            "cancel",
            "0",
        ),
    ],
)
def test_the_rule_speaks_first_from_the_accepted_result(as_person, bureau, paid, filled, action, amount):
    application = accepted(as_person, bureau, paid, **filled)
    assert (application.ruled, application.ruled_amount) == (action, Decimal(amount))
    said = words(as_person(bureau.performance).get(f"/case/{application.case_id}/"))
    assert "按规则怎么得出" in said and application.working[0] in said


@pytest.mark.article(5)
@pytest.mark.article(6)
def test_performance_proposes_and_budget_decides(as_person, bureau, fair):
    page = as_person(bureau.performance).get(f"/case/{fair.case_id}/").content.decode()
    assert '<option value="cut" selected>' in page and 'value="90"' in page  # filled in as the rule says
    assert do(as_person(bureau.performance), fair, "propose", "cut", "90").status_code == 302
    assert [task.organization.name for task in Task.objects.filter(case=fair.case)] == ["预算科"]
    assert do(as_person(bureau.budget), fair, "decide", "cut", "90").status_code == 302
    fair.refresh_from_db()
    assert (fair.proposed, fair.proposed_amount) == ("cut", 900_000)
    assert (fair.decided, fair.decided_amount) == ("cut", 900_000)
    case = Case.objects.get(pk=fair.case_id)
    assert (case.state, case.closed) == ("decided", True)
    record = case.acts.get(step="decide").record
    assert (record["decided"], record["proposed"]) == (["cut", "900000.00"], ["cut", "900000.00"])
    said = words(as_person(bureau.unit).get(f"/case/{fair.case_id}/"))
    assert "预算科决定" in said and "90.00" in said and "-10.00" in said
    assert list(chain.verify(bureau.zone.pk)) == []


def test_who_departs_from_the_rule_says_why(as_person, bureau, fair):
    client = as_person(bureau.performance)
    refused = do(client, fair, "propose", "cut", "70")
    said = words(refused)
    assert refused.status_code == 422
    assert "与规则（压减，800,000.00 至 900,000.00 元）不同，须写明理由" in said and "第33条" in said
    assert do(client, fair, "propose", "cut", "70", "项目二期尚未立项").status_code == 302
    fair.refresh_from_db()
    assert fair.proposed_amount == 700_000


def test_who_departs_from_the_proposal_says_why(as_person, bureau, fair):
    do(as_person(bureau.performance), fair, "propose", "cut", "70", "项目二期尚未立项")
    client = as_person(bureau.budget)
    refused = do(client, fair, "decide", "cut", "90")  # as the rule says, but not as proposed
    assert refused.status_code == 422
    assert "与建议（压减，700,000.00 元）不同，须写明理由" in words(refused)
    assert do(client, fair, "decide", "cut", "90", "按规则执行").status_code == 302
    assert Case.objects.get(pk=fair.case_id).acts.get(step="decide").opinion == "按规则执行"


FAULTS = [
    ("cut", "100", "选“压减”时安排金额要大于 0、小于基数 1,000,000.00 元"),
    ("cut", "0", "选“压减”时安排金额要大于 0、小于基数 1,000,000.00 元"),
    ("cancel", "1", "选“取消”时安排金额为 0"),
    ("keep", "99.99", "选“继续安排”时安排金额不低于基数 1,000,000.00 元；要减少请选“压减”"),
    ("cut", "-5", "安排金额要填不小于 0 的数（万元）"),
    ("cut", "九十", "安排金额要填不小于 0 的数（万元）"),
    ("adjust", "1e30", "安排金额要填不小于 0 的数（万元）"),
    ("adjust", "1e999999", "安排金额要填不小于 0 的数（万元）"),
    ("adjust", "NaN", "安排金额要填不小于 0 的数（万元）"),
    ("cut", "", "请填写下一年安排（万元）"),
    ("", "90", "请选择处理"),
    ("suspend", "90", "处理不在可选范围内"),
]


def test_the_amount_fits_the_action(as_person, bureau, fair):
    for action, amount, message in FAULTS:
        response = do(as_person(bureau.performance), fair, "propose", action, amount, "有理由")
        assert response.status_code == 422 and message in words(response)
        fair.refresh_from_db()
        assert (fair.proposed, fair.proposed_amount) == ("", None)
        assert Case.objects.get(pk=fair.case_id).state == "opened"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("90", "900000"),
        ("1,234.56", "12345600"),
        ("0.0000005", "0.01"),  # half a cent, half up
        ("0.0000015", "0.02"),
        ("12.3456784", "123456.78"),
        ("x", None),
        ("-0.01", None),
        ("Infinity", None),
    ],
)
def test_amounts_are_typed_in_ten_thousand_and_kept_to_the_cent(text, amount):
    assert amount_of({"amount": text}) == (None if amount is None else Decimal(amount))


def test_full_width_digits_are_read_on_the_page(as_person, bureau, fair):
    assert do(as_person(bureau.performance), fair, "propose", "cut", "９０．０").status_code == 302


def test_budget_returns_a_proposal_with_its_reason(as_person, bureau, fair):
    do(as_person(bureau.performance), fair, "propose", "cut", "70", "项目二期尚未立项")
    client = as_person(bureau.budget)
    without = client.post(f"/case/{fair.case_id}/do/return/", {"opinion": ""})
    assert without.status_code == 422 and "请填写退回理由" in words(without)
    client.post(f"/case/{fair.case_id}/do/return/", {"opinion": "二期已立项，请重提"})
    case = Case.objects.get(pk=fair.case_id)
    assert (case.state, case.round) == ("opened", 1)
    again = do(as_person(bureau.performance), fair, "propose", "cut", "70")
    assert "与规则（压减，800,000.00 至 900,000.00 元）不同" in words(again)
    assert do(as_person(bureau.performance), fair, "propose", "cut", "90").status_code == 302
    proposed = [act.record["proposed"] for act in case.acts.filter(step="propose").order_by("seq")]
    assert proposed == [["cut", "700000.00"], ["cut", "900000.00"]]


def test_only_performance_proposes(bureau, fair):
    for person in ("budget", "expenditure", "leadership", "department", "unit"):
        with pytest.raises(door.Refusal, match="“提出建议”由预算绩效管理科办理"):
            door.perform(
                "application.propose", fair.case, by=bureau.people[person], action="cut", amount="90"
            )


def test_only_budget_decides(as_person, bureau, fair):
    do(as_person(bureau.performance), fair, "propose", "cut", "90")
    for person in ("performance", "expenditure", "treasury", "leadership", "department"):
        with pytest.raises(door.Refusal, match="“决定”由预算科办理"):
            door.perform("application.decide", fair.case, by=bureau.people[person], action="cut", amount="90")


def test_nobody_opens_an_application_by_hand(bureau, fair):
    draft = Case(
        zone=bureau.zone, year=2027, department=fair.case.department, unit=fair.case.unit, title="甲"
    )
    with pytest.raises(door.Refusal, match="只随单位自评“认可”一并办理"):
        door.start("application.open", [draft], by=bureau.expenditure, make=lambda cases: None)
    assert Application.objects.count() == 1


def test_what_is_decided_is_decided(as_person, bureau, fair):
    do(as_person(bureau.performance), fair, "propose", "cut", "90")
    do(as_person(bureau.budget), fair, "decide", "cut", "90")
    again = do(as_person(bureau.budget), fair, "decide", "cancel", "0", "改主意")
    assert again.status_code == 409 and "现在是“已决定”" in words(again)
    fair.refresh_from_db()
    assert fair.decided_amount == 900_000
