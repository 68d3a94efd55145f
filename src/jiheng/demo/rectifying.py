"""What evaluations found is put right, and what results changed is summed up, at every desk (art. 34-36)."""

import datetime

from django.utils import timezone

from jiheng.application import rectification, result_summary
from jiheng.application.models import Application, Rectification
from jiheng.bureau.models import Person
from jiheng.demo.goals import AGREED, Desk
from jiheng.evaluation.models import SelfEvaluation
from jiheng.procedure import door
from jiheng.procedure.models import Case

OWN_ENDS = ("closed", "notified", "verified", "return")
FINANCE_ENDS = ("notified", "receive_return")
"""How far each has gone, the rest waiting for their notice."""
ANSWER = "已查明原因，明确了责任人和完成时限，台账同步更新。"
REPORT = "问题已逐条整改，结果用于下年预算编制。"


def rectify_some(desk: Desk, year: int) -> None:
    """Of the poorly graded self-evaluations and the final finance evaluations, some at each desk."""
    expenditure = desk.bureau.clerk("expenditure")
    poor = SelfEvaluation.objects.filter(
        zone=desk.bureau.zone, goal__year=year, grade__in=("中", "差"), case__state="accepted"
    ).select_related("case__zone", "case__department", "case__unit")
    for found, end in zip(poor.order_by("case__code"), OWN_ENDS, strict=False):
        problems = [
            (f"“{row.name}”目标 {row.target}，完成 {row.actual}", "查明原因，限期补上进度，佐证材料归档。")
            for row in found.rows.order_by("score")[:2]
        ]
        due = _due(desk, 24)
        result = f"{year}年自评 {found.total:.2f} 分，{found.grade}"
        with desk.calendar.at(desk.calendar.ago(24)):
            case = rectification.begin(found.case, result, problems, due, by=expenditure).case
        _go_on(desk, case, end, 16)
    waiting = Rectification.objects.filter(zone=desk.bureau.zone, case__state="opened").select_related("case")
    for record, end in zip(
        waiting.filter(case__procedure="rectification_finance").order_by("pk"), FINANCE_ENDS, strict=False
    ):
        case = record.case
        with desk.calendar.at(desk.calendar.ago(10)):
            door.perform(
                f"{case.procedure}.notify", case, by=expenditure, due=_due(desk, 10).isoformat(),
                document="平财绩〔2026〕8号", opinion="整改情况随下年预算一并报送。",
            )  # fmt: skip
        _go_on(desk, case, end, 7)


def _due(desk: Desk, ago: int) -> datetime.date:
    return max(desk.calendar.ago(ago), timezone.localdate(desk.calendar.now)) + datetime.timedelta(days=12)


def _go_on(desk: Desk, case: Case, end: str, ago: int) -> None:
    if end == "notified":
        return
    case = Case.objects.select_related("department").get(pk=case.pk)
    bureau, key = desk.bureau, case.procedure

    def act(step: str, day: int, by: Person, hour: int, opinion: str = "") -> None:
        with desk.calendar.at(desk.calendar.ago(day), hour):
            word = opinion or desk.random.choice(AGREED)
            door.perform(f"{key}.{step}", case, by=by, opinion=word)

    department, expenditure = bureau.clerk(case.department.code), bureau.clerk("expenditure")
    given = {
        f"{name}-{item.pk}": value
        for item in rectification.load([case.pk])[case.pk].items.all()
        for name, value in (("done", "yes" if item.order == 1 else "no"), ("answer", ANSWER))
    }
    with desk.calendar.at(desk.calendar.ago(ago), 9):
        rectification.write(case, given, None, by=department)
    act("report", ago, department, 10, REPORT)
    if end == "return":
        act("return", ago - 2, expenditure, 10, "请附整改佐证材料。")
        return
    act("verify", ago - 3, expenditure, 10)
    if end == "receive_return":
        act("receive_return", ago - 5, bureau.clerk("budget"), 11, "请写明下年压减金额。")
    elif end == "closed":
        act("receive", ago - 5, bureau.clerk("budget"), 10)
        act("receive", ago - 5, bureau.clerk("performance"), 11)


def sum_up(desk: Desk, year: int) -> None:
    """This year's summary is drawn up; the one before is filed, unless something of it is still undecided."""
    zone, by = desk.bureau.zone, desk.bureau.clerk("expenditure")
    with desk.calendar.at(desk.workday(year - 1, 12, 20), 10):
        case = result_summary.begin(zone, year - 1, by=by).case
    if not Application.objects.filter(zone=zone, year=year).exclude(case__state="decided").exists():
        with desk.calendar.at(desk.workday(year - 1, 12, 21), 15):
            door.perform("result_summary.file", case, by=by)
    if Application.objects.filter(zone=zone, year=year + 1, case__state="decided").exists():
        with desk.calendar.at(desk.calendar.ago(1)):
            result_summary.begin(zone, year, by=by)
