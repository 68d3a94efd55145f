"""Consultations and instructions of the demo, at every desk (art. 4, 42)."""

import datetime

from django.utils import timezone

from jiheng.bureau.models import Organization
from jiheng.consultation import asking
from jiheng.consultation.models import Consultation
from jiheng.demo.goals import Desk
from jiheng.procedure import door
from jiheng.procedure.models import Case

QUESTIONS = (
    "项目跨两个年度支付，规程没有写结余怎样计算执行率。本科室意见：按当年预算数计算，结余不计入分母。",
    "两个部门共同使用这笔资金，绩效目标由谁牵头申报，规程没有规定。",
    "佐证材料涉及个人信息，报送前要不要脱敏，请各科室提出意见。",
)
INSTRUCTIONS = (
    "请核实资金使用进度慢的原因，提出加快支付的办法。",
    "请了解群众对这个项目的意见，评价时一并反映。",
    "请与部门商定整改时间，按期报告。",
    "请说明目标与上年相比调低的理由。",
)


def ask_around(desk: Desk) -> None:
    """One consultation settled, one withdrawn, one waiting; instructions given, answered, sent back, closed, withdrawn."""
    subjects = _subjects(desk)
    settled = _consult(desk, subjects[0], "expenditure", ("budget", "performance"), 12, 0)
    for office, ago in (("budget", 11), ("performance", 10)):
        _answer(desk, settled, office, ago, "同意按当年预算数计算。")
    with desk.calendar.at(desk.calendar.ago(9), 15):
        door.perform(
            "consultation.settle",
            settled,
            by=desk.bureau.clerk("expenditure"),
            opinion="经与预算科、预算绩效管理科商定，按当年预算数计算，结余不计入分母。",
        )
    dropped = _consult(desk, subjects[1], "performance", ("budget", "treasury"), 8, 1)
    with desk.calendar.at(desk.calendar.ago(6), 10):
        door.perform(
            "consultation.withdraw",
            dropped,
            by=desk.bureau.clerk("performance"),
            opinion="两个部门已自行商定，不再协商。",
        )
    waiting = _consult(desk, subjects[2], "performance", ("expenditure", "treasury", "general"), 3, 2)
    _answer(desk, waiting, "general", 1, "建议报送前遮去姓名、证件号码和电话。")
    offices = ("expenditure", "performance", "budget", "expenditure")
    given = [
        _instruct(desk, subject, office, ago, text)
        for subject, office, ago, text in zip(subjects[:4], offices, (14, 9, 4, 2), INSTRUCTIONS, strict=True)
    ]
    _do(desk, given[0], "answer", "expenditure", 13, "已约谈单位。进度慢是因为招标晚，本月底前支付到八成。")
    _do(desk, given[0], "again", "leadership", 12, "请写明每月支付多少。")
    _do(desk, given[0], "answer", "expenditure", 11, "本月支付三成，下月支付两成，已列入督促。")
    _do(desk, given[0], "accept", "leadership", 10, "")
    _do(desk, given[1], "answer", "performance", 3, "已在评价方案里增加满意度访谈。")
    _do(desk, given[2], "withdraw", "leadership", 3, "部门已报送，不用再办。")


def _subjects(desk: Desk) -> list[Case]:
    """Cases that had been at rest for some weeks: goals in force, the newest first, of as many projects."""
    before = timezone.make_aware(datetime.datetime.combine(desk.calendar.ago(15), datetime.time(0)))
    cases = Case.objects.filter(
        zone=desk.bureau.zone, procedure="goal", state="in_force", moved_at__lt=before
    )
    return list(cases.select_related("zone", "department", "unit").order_by("-moved_at", "id")[:4])


def _office(desk: Desk, role: str) -> Organization:
    return desk.bureau.clerk(role).posts.select_related("organization").get().organization


def _consult(desk: Desk, about: Case, by: str, asked: tuple[str, ...], ago: int, question: int) -> Case:
    with desk.calendar.at(desk.calendar.ago(ago), 9):
        due = asking.usual_day(desk.bureau.zone, "consultation_answer")
        offices = [_office(desk, role) for role in asked]
        return asking.consult(about, QUESTIONS[question], offices, due, by=desk.bureau.clerk(by))


def _answer(desk: Desk, case: Case, role: str, ago: int, text: str) -> None:
    office = _office(desk, role)
    consultation = Consultation.objects.get(case=case)
    (answer,) = consultation.answers.filter(case__unit=office).select_related("case")
    with desk.calendar.at(desk.calendar.ago(ago), 14):
        door.perform("consultation_answer.answer", answer.case, by=desk.bureau.clerk(role), opinion=text)


def _instruct(desk: Desk, about: Case, role: str, ago: int, text: str) -> Case:
    with desk.calendar.at(desk.calendar.ago(ago), 9):
        due = asking.usual_day(desk.bureau.zone, "instruction_answer")
        return asking.instruct(about, text, _office(desk, role), due, by=desk.bureau.clerk("leadership"))


def _do(desk: Desk, case: Case, step: str, role: str, ago: int, opinion: str) -> None:
    with desk.calendar.at(desk.calendar.ago(ago), 14):
        door.perform(f"instruction.{step}", case, by=desk.bureau.clerk(role), opinion=opinion)
