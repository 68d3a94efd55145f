"""Execution figures and monitoring of the demo: batches as treasury loads them, reports at every desk (ch. 5)."""

import datetime
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from jiheng.bureau.models import Person
from jiheng.demo.goals import AGREED, Desk, amount_in
from jiheng.demo.tables import ProjectText
from jiheng.demo.values import CAUSES, between, reached
from jiheng.goal.models import Goal
from jiheng.monitoring import reporting, summary
from jiheng.monitoring.models import Report
from jiheng.monitoring.rules import time_progress
from jiheng.procedure import door
from jiheng.project.execution import Entry, digest, load_batch
from jiheng.project.models import Project

RETURNED = (
    "偏差原因写得笼统，请写明哪项任务、差多少、何时补上。",
    "截止日完成值与执行进度对不上，请核对台账后重报。",
)
MOODS = ("green",) * 6 + ("yellow",) * 2 + ("red",)
STATES = (
    "accepted", "accepted", "confirmed", "accepted", "submitted", "untouched", "accepted", "filled",
    "department_returned", "expenditure_returned",
)  # fmt: skip
"""Where the reports of the running round stand, in turn."""


def mood(desk: Desk, project: Project, year: int) -> str:
    """How a project does in a year: always the same for the same project. Finished years are told by grade."""
    return Random(f"{project.code}{year}").choice(MOODS)


def pay(
    desk: Desk,
    texts: Sequence[ProjectText],
    year: int,
    cutoff: datetime.date,
    rates: dict[ProjectText, Decimal] | None = None,
    *,
    mistaken: bool = False,
) -> set[Project]:
    """Treasury loads a file of figures a few days after the cut-off day. Rates given, or by mood against time.

    A mistaken file counts a month too few, and is withdrawn as a whole the next day.
    """
    paces = {"green": ("0.86", "1.02"), "yellow": ("0.64", "0.76"), "red": ("0.3", "0.55")}
    passed = time_progress(year, cutoff)
    rows = []
    for text in texts:
        project = desk.projects[text]
        amount = amount_in(desk, text, year)
        pace = between(Random(f"{project.code}{cutoff}"), *paces[mood(desk, project, year)])
        rate = rates[text] if rates else min(pace * passed, Decimal(1))
        paid = (amount * rate * (Decimal("0.9") if mistaken else 1)).quantize(Decimal("0.01"))
        plan = max(paid, amount * passed).quantize(Decimal("0.01"))
        rows.append(
            Entry(project, Decimal(0) if text.plan == "add" else amount, amount, paid, min(plan, amount))
        )
    body = digest(cutoff, rows)
    source = f"项目支出执行情况-截至{cutoff:%Y%m%d}{'-口径有误' if mistaken else ''}（演示）.csv"
    treasury = desk.bureau.clerk("treasury")
    with desk.calendar.at(cutoff + datetime.timedelta(days=2 if mistaken else 4), 10):
        act = load_batch(
            by=treasury, zone=desk.bureau.zone, cutoff=cutoff, source=source,
            sha256=hashlib.sha256(body.encode()).hexdigest(), entries=rows,
        )  # fmt: skip
    if mistaken:
        with desk.calendar.at(cutoff + datetime.timedelta(days=3), 15):
            door.perform(
                "execution.withdraw",
                act.case,
                by=treasury,
                opinion="导出时少取了一个月，整批撤回后重新导出。",
            )
    return {row.project for row in rows}


def run_round(desk: Desk, year: int, cutoff: datetime.date, opened: datetime.date, *, finished: bool) -> None:
    """A monitoring round: performance asks, units report, departments confirm, expenditure accepts (art. 24)."""
    bureau, calendar = desk.bureau, desk.calendar
    goals = reporting.to_monitor(bureau.zone, year, cutoff)
    goals = [
        goal
        for goal in goals
        if goal.project and goal.project.figures.filter(cutoff__lte=cutoff, year=year).exists()
    ]
    with calendar.at(opened, 9):
        reporting.open_reports(goals, cutoff, by=bureau.clerk("performance"))
    reports = Report.objects.filter(zone=bureau.zone, cutoff=cutoff, goal__year=year).select_related(
        "case__unit", "case__department", "goal__project"
    )
    days = [opened + datetime.timedelta(days=n) for n in ((8, 13, 18) if finished else (3, 6, 8))]
    desks: dict[str, list[Report]] = {}
    for index, report in enumerate(reports.order_by("case__code")):
        state = "accepted" if finished else STATES[index % len(STATES)]
        if state == "untouched":
            continue
        with calendar.at(days[0] - datetime.timedelta(days=index % 3)):
            fill(desk, report)
            if state != "filled":
                door.perform("monitoring.submit", report.case, by=bureau.clerk(report.case.unit.code))
                desks.setdefault(state, []).append(report)
    for state, step in (("department_returned", "department_return"),):
        for report in desks.get(state, []):
            with calendar.at(days[1]):
                by = bureau.clerk(report.case.department.code)
                door.perform(f"monitoring.{step}", report.case, by=by, opinion=desk.random.choice(RETURNED))
    _confirm_and_accept(desk, desks, days)
    _wholes(desk, year, cutoff, opened, finished=finished)
    _sum_up(desk, cutoff, days[-1], finished=finished)


WHOLE_ENDS = ("accepted", "confirmed", "expenditure_return", "filled")
SUMMARY_ENDS = ("accepted", "submitted", "return", "draft")


def _wholes(desk: Desk, year: int, cutoff: datetime.date, opened: datetime.date, *, finished: bool) -> None:
    """Departments report on themselves as a whole: some of a finished round, all desks of the running one."""
    bureau, calendar = desk.bureau, desk.calendar
    goals = [each for each in reporting.to_monitor(bureau.zone, year, cutoff) if each.whole][:5]
    with calendar.at(opened, 10):
        acts = reporting.open_reports(goals, cutoff, by=bureau.clerk("performance"))
    for index, act in enumerate(acts):
        end = "accepted" if finished else (*WHOLE_ENDS, "untouched")[index]
        if end == "untouched":
            continue
        case, by = act.case, bureau.clerk(act.case.department.code)
        report = Report.objects.select_related("case__department", "goal__organization").get(case=case)
        with calendar.at(opened + datetime.timedelta(days=3)):
            fill(desk, report, by)
            if end != "filled":
                door.perform("whole_monitoring.submit", case, by=by)
        if end in ("accepted", "expenditure_return"):
            step, word = ("accept", "认可。") if end == "accepted" else (end, RETURNED[0])
            with calendar.at(opened + datetime.timedelta(days=6)):
                door.perform(f"whole_monitoring.{step}", case, by=bureau.clerk("expenditure"), opinion=word)


def _sum_up(desk: Desk, cutoff: datetime.date, day: datetime.date, *, finished: bool) -> None:
    """Departments whose reports are all in send their summaries."""
    bureau, calendar = desk.bureau, desk.calendar
    departments = sorted(
        {place for place in bureau.places.values() if place.kind == "department"},
        key=lambda place: place.code,
    )
    ends = iter(("accepted",) * 3 if finished else SUMMARY_ENDS)
    for place in departments:
        if cutoff not in summary.cutoffs(place):
            continue
        late = any(
            report.case.state in ("draft", "submitted") for report in summary.reports_of(place, cutoff)
        )
        end = "draft" if late else next(ends, "")
        if (late and finished) or not end or (late and place.code > "103"):
            continue
        by = bureau.clerk(place.code)
        with calendar.at(day + datetime.timedelta(days=1), 9):
            case = summary.begin(place, cutoff, by=by).case
        if end == "draft":
            continue
        with calendar.at(day + datetime.timedelta(days=1), 14):
            door.perform("monitoring_summary.submit", case, by=by)
        if end in ("accepted", "return"):
            step, word = ("accept", "认可。") if end == "accepted" else ("return", "请补充红灯项目的措施。")
            with calendar.at(day + datetime.timedelta(days=3)):
                door.perform(f"monitoring_summary.{step}", case, by=bureau.clerk("expenditure"), opinion=word)


def _confirm_and_accept(desk: Desk, desks: dict[str, list[Report]], days: list[datetime.date]) -> None:
    bureau, calendar = desk.bureau, desk.calendar
    confirmed = [r for s in ("accepted", "confirmed", "expenditure_returned") for r in desks.get(s, [])]
    by_department: dict[str, list[Report]] = {}
    for report in confirmed:
        by_department.setdefault(report.case.department.code, []).append(report)
    for department, some in by_department.items():
        with calendar.at(days[1]):
            door.perform_many(
                "monitoring.confirm", [r.case for r in some], by=bureau.clerk(department), all_or_none=True,
                given={"opinion": desk.random.choice(AGREED)},
            )  # fmt: skip
    for report in desks.get("expenditure_returned", []):
        with calendar.at(days[2]):
            door.perform(
                "monitoring.expenditure_return", report.case, by=bureau.clerk("expenditure"),
                opinion=desk.random.choice(RETURNED),
            )  # fmt: skip
    with calendar.at(days[2]):
        door.perform_many(
            "monitoring.accept", [r.case for r in desks.get("accepted", [])], by=bureau.chief("expenditure"),
            all_or_none=True, given={"opinion": "认可。黄灯、红灯项目按所列措施抓紧落实。"},
        )  # fmt: skip


def fill(desk: Desk, report: Report, by: Person | None = None) -> None:
    """Fills in a report as its unit would; the lights are lit by the room's own rules (art. 23)."""
    goal: Goal = report.goal
    feeling = mood(desk, goal.project, goal.year) if goal.project else "yellow"
    random = Random(f"{goal.code}{report.cutoff}report")
    passed = time_progress(goal.year, report.cutoff)
    wanting = {"green": 0, "yellow": 1, "red": 2}[feeling]
    given, troubles = {}, []
    for index, row in enumerate(report.rows.all()):
        wanted = row.indicator.target
        counted = wanted.startswith("≥") and not wanted.endswith(("%", "分"))
        weak = index in (1, 3) and wanting > index // 2
        share = between(random, "0.45", "0.6") if weak else between(random, "0.93", "1.05")
        actual = reached(wanted, share * passed if counted else share).text
        cause, measure = random.choice(CAUSES) if weak else ("", "")
        likelihood = ("impossible" if feeling == "red" and index == 1 else "possible") if weak else "certain"
        forecast = reached(wanted, between(random, "0.8", "0.95") if weak else Decimal(1)).text
        if weak:
            troubles.append(f"“{row.indicator.name}”进度偏慢：{measure}")
        given[str(row.pk)] = {
            "actual": actual, "forecast": forecast, "likelihood": likelihood, "cause": cause, "measure": measure,
        }  # fmt: skip
    summary = "；".join(troubles).replace("。；", "；") or "项目按计划推进，未发现影响目标实现的问题。"
    full = report.full_year or Decimal(0)
    rate = {"green": Decimal(1), "yellow": Decimal("0.93"), "red": Decimal("0.7")}[feeling]
    reporting.save(
        report.case, by=by or desk.bureau.clerk(report.case.unit.code), rows=given, summary=summary,
        forecast=max((full * rate).quantize(Decimal("0.01")), report.paid or Decimal(0)),
    )  # fmt: skip
