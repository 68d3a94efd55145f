"""Article 26: on a serious problem expenditure and treasury together suspend or stop payment, and lift it together."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from jiheng.budget import allocation
from jiheng.budget.allocation import Wanted
from jiheng.monitoring import control
from jiheng.monitoring.models import Control
from jiheng.paper.execution_figures import ExecutionFigure as Line
from jiheng.paper.execution_figures import write_template
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from jiheng.project.models import ExecutionBatch
from tests.rooms import file, in_force, load_figures, words

pytestmark = pytest.mark.article(26)
REASON = "资金挪作他用，查实三笔。"


def on(moment: str):
    return door.clock.set(datetime.datetime.fromisoformat(f"{moment}T10:00:00+08:00"))


@pytest.fixture
def project(bureau):
    return in_force(bureau).project


@pytest.fixture
def at():
    """Lets the door's clock stand on a day: ``at("2026-06-10")``."""
    tokens = []
    yield lambda day: tokens.append(on(day))
    for token in reversed(tokens):
        door.clock.reset(token)


def propose(bureau, project, kind="suspend"):
    return control.propose(
        project, kind, REASON, by=bureau.expenditure, evidence=[file("核查记录.txt", b"seen")]
    )


def in_effect(bureau, project, **given):
    case = propose(bureau, project, **given)
    for person in (bureau.treasury, bureau.expenditure):
        door.perform("control.sign", case, by=person)
    return case


def draw_up(bureau, project, amount="100000") -> Case:
    return allocation.begin([Wanted(project, Decimal(amount))], 2026, by=bureau.expenditure)[0]


@pytest.mark.parametrize("order", [("treasury", "expenditure"), ("expenditure", "treasury")])
def test_it_takes_both_signatures_in_any_order_to_stop_and_to_lift(bureau, project, order):
    case, money = propose(bureau, project), draw_up(bureau, project)
    first, second = (bureau.people[key] for key in order)
    door.perform("control.sign", case, by=first)
    assert case.state == "proposed"
    assert door.may("allocation.issue", money, bureau.expenditure).allowed
    with pytest.raises(door.Refusal, match="已会签"):
        door.perform("control.sign", case, by=first)
    door.perform("control.sign", case, by=second)
    assert case.state == "in_effect"
    with pytest.raises(door.Refusal) as refused:
        door.perform("allocation.issue", money, by=bureau.expenditure)
    (reason,) = refused.value.reasons
    assert "起暂缓拨款，资金不能下达" in reason.text and reason.article == 26
    assert reason.link == case.get_absolute_url()

    door.perform(
        "control.report", case, by=bureau.department, opinion="已归还。", evidence=[file("凭证.txt", b"paid")]
    )
    door.perform("control.lift", case, by=first)
    assert not door.may("allocation.issue", money, bureau.expenditure).allowed
    door.perform("control.lift", case, by=second)
    record = Control.objects.get(case=case)
    assert (case.state, record.effective is not None, record.lifted is not None) == ("lifted", True, True)
    door.perform("allocation.issue", money, by=bureau.expenditure)


def test_each_step_is_its_own_offices_alone(bureau, project):
    with pytest.raises(door.Refusal, match="由支出管理科办理"):
        control.propose(project, "stop", REASON, by=bureau.treasury, evidence=[file("a.txt", b"a")])
    with pytest.raises(door.Refusal, match="请上传佐证材料"):
        control.propose(project, "stop", REASON, by=bureau.expenditure)
    case = propose(bureau, project, "stop")
    for key, person in bureau.people.items():
        assert door.may("control.sign", case, person).allowed == (key in ("expenditure", "treasury")), key
        assert door.may("control.refuse", case, person).allowed == (key == "treasury"), key
    with pytest.raises(door.Refusal, match="已有一件没有办结的停止拨款"):
        propose(bureau, project, "stop")
    door.perform("control.refuse", case, by=bureau.treasury, opinion="证据不足")
    assert case.state == "dropped" and not control.controlled(bureau.zone, [project.pk], datetime.date.max)
    propose(bureau, project, "stop")


def test_a_rectification_that_does_not_hold_goes_back_and_the_stop_stands(bureau, project):
    case = in_effect(bureau, project)
    door.perform(
        "control.report", case, by=bureau.department, opinion="已整改。", evidence=[file("a.txt", b"a")]
    )
    door.perform("control.return", case, by=bureau.treasury, opinion="没有归还凭证")
    assert case.state == "in_effect"
    assert [task.organization.name for task in Task.objects.filter(case=case)] == ["教育局"]
    assert not door.may("allocation.issue", draw_up(bureau, project), bureau.expenditure).allowed


def test_an_allocation_that_was_asked_before_the_last_signature_is_asked_again_after_it(
    bureau, project, monkeypatch
):
    """The two cases are held apart; the project is what they share, so the issue asks once more holding it."""
    case, money = propose(bureau, project), draw_up(bureau, project)
    door.perform("control.sign", case, by=bureau.treasury)
    take, signed = allocation._take_goal, []

    def between(matters):
        if not signed:
            signed.append(door.perform("control.sign", case, by=bureau.expenditure))
        take(matters)

    step = allocation.ALLOCATION.step("issue")
    monkeypatch.setitem(step.__dict__, "writes", (between,))
    with pytest.raises(door.Refusal, match="资金不能下达"):
        door.perform("allocation.issue", money, by=bureau.expenditure)


def test_payments_after_the_day_of_effect_are_flagged_wherever_one_looks(as_person, bureau, project, at):
    load_figures(bureau, project, 300_000, cutoff=datetime.date(2026, 5, 31))
    at("2026-06-10")
    case = in_effect(bureau, project)
    same = load_figures(bureau, project, 300_000, cutoff=datetime.date(2026, 6, 30))
    more = load_figures(bureau, project, 450_000, cutoff=datetime.date(2026, 7, 31))
    client = as_person(bureau.treasury)
    assert "停止拨款期间的支付" not in words(client.get(f"/case/{same.pk}/"))
    told = words(client.get(f"/case/{more.pk}/"))
    assert (
        "暂缓、停止拨款期间的支付和用款计划（1 笔）" in told
        and "2026-06-10 起暂缓拨款" in told
        and "15.00" in told
    )
    own = words(client.get(f"/case/{case.pk}/"))
    assert "停拨期间的支付" in own and "15.00" in own
    listed = words(client.get("/monitoring/control/"))
    assert project.name in listed and "15.00" in listed and "45.00" in listed
    sheet = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get("/monitoring/control/?export=xlsx").streaming_content))
    ).active
    heads, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
    told = dict(zip(heads, row, strict=True))
    assert (told["支付数（元）"], told["期间新增支付（元）"], told["方式"]) == (450_000, 150_000, "暂缓拨款")
    door.perform("execution.withdraw", more, by=bureau.treasury, opinion="导错了")
    assert control.payments_against([Control.objects.get(case=case)]) == {Control.objects.get().pk: []}


@pytest.mark.parametrize(
    ("cutoff", "flagged"),
    [("2026-06-10", 0), ("2026-06-11", 1), ("2026-06-20", 1)],
)
def test_the_day_of_effect_itself_is_still_free(bureau, project, at, cutoff, flagged):
    at("2026-06-10")
    case = in_effect(bureau, project)
    load_figures(bureau, project, 1, cutoff=datetime.date.fromisoformat(cutoff))
    assert len(control.payments_against([Control.objects.get(case=case)])[case.control.pk]) == flagged


def test_what_is_paid_after_lifting_is_in_order(bureau, project, at):
    at("2026-06-10")
    case = in_effect(bureau, project)
    load_figures(bureau, project, 10, cutoff=datetime.date(2026, 6, 30))
    at("2026-06-30")
    door.perform("control.ask_lift", case, by=bureau.expenditure, opinion="已查清")
    for person in (bureau.expenditure, bureau.treasury):
        door.perform("control.lift", case, by=person)
    load_figures(bureau, project, 50, cutoff=datetime.date(2026, 7, 31))
    (payment,) = control.payments_against([Control.objects.get(case=case)])[case.control.pk]
    assert payment.increase == 10
    assert set(control.controlled(bureau.zone, [project.pk], datetime.date(2026, 6, 29))) == {project.pk}
    assert control.controlled(bureau.zone, [project.pk], datetime.date(2026, 6, 30)) == {}


def test_a_file_is_checked_without_entering_it_and_warned_of_when_entered(as_person, bureau, project, at):
    at("2026-06-10")
    in_effect(bureau, project)
    client = as_person(bureau.treasury)
    line = Line(
        project.code,
        project.name,
        Decimal(1_000_000),
        Decimal(1_000_000),
        Decimal(1),
        datetime.date(2026, 6, 30),
        "",
    )
    content = write_template([line])
    seen = client.post("/project/execution/new/", {"file": file("六月.xlsx", content), "check": "1"})
    assert "没有入账" in words(seen) and "暂缓、停止拨款期间的支付和用款计划（1 笔）" in words(seen)
    assert not ExecutionBatch.objects.exists()
    entered = client.post("/project/execution/new/", {"file": file("六月.xlsx", content)}, follow=True)
    assert "有 1 笔支付或用款计划发生在项目暂缓、停止拨款期间" in words(entered)


def test_a_new_plan_is_flagged_like_a_payment(as_person, bureau, project, at):
    load_figures(bureau, project, 100, cutoff=datetime.date(2026, 5, 31), plan=200_000)
    at("2026-06-10")
    case = in_effect(bureau, project)
    batch = load_figures(bureau, project, 100, cutoff=datetime.date(2026, 6, 30), plan=350_000)
    (payment,) = control.payments_against([Control.objects.get(case=case)])[case.control.pk]
    assert (payment.planned, payment.increase) == (True, 150_000)
    client = as_person(bureau.treasury)
    assert "暂缓、停止拨款期间的支付和用款计划（1 笔）" in words(client.get(f"/case/{batch.pk}/"))
    assert "用款计划" in words(client.get(f"/case/{case.pk}/"))
    assert "新增用款计划 15.00" in words(client.get("/monitoring/control/"))


def test_expenditure_proposes_on_a_page_and_the_projects_page_says_it(as_person, bureau, project):
    refused = as_person(bureau.treasury).get("/monitoring/control/new/")
    assert refused.status_code == 409 and "暂缓、停止拨款由支出管理科提请" in words(refused)
    client = as_person(bureau.expenditure)
    assert project.name in words(client.get("/monitoring/control/new/"))
    wrong = client.post("/monitoring/control/new/", {"project": str(project.pk), "reason": REASON})
    assert wrong.status_code == 422 and "请选择暂缓还是停止" in words(wrong) and REASON in words(wrong)
    assert not Control.objects.exists()
    client.post(
        "/monitoring/control/new/",
        {"project": str(project.pk), "kind": "stop", "reason": REASON, "evidence": file("a.txt", b"a")},
    )
    case = Case.objects.get(procedure="control")
    assert "现在不能向这个项目拨款" not in words(client.get(project.get_absolute_url()))
    for person in (bureau.treasury, bureau.expenditure):
        as_person(person).post(f"/case/{case.pk}/do/sign/", {})
    said = words(as_person(bureau.unit).get(project.get_absolute_url()))
    assert "现在不能向这个项目拨款" in said and "起停止拨款，资金不能下达" in said
    assert as_person(bureau.unit3).get(f"/case/{case.pk}/").status_code == 404
    assert project.name not in words(as_person(bureau.department2).get("/monitoring/control/"))
