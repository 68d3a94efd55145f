"""The table of a monitoring report's steps (chapter 5, art. 23–24)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE, PERFORMANCE, UNIT, Role
from jiheng.monitoring import reporting, rules
from jiheng.monitoring.models import Report
from jiheng.procedure.table import OPINION, Guard, Matter, Procedure, Reason, State, Step, register, returning


def load(cases: Sequence[UUID]) -> dict[UUID, Report]:
    """Reports by case. One still being filled in is read with the newest execution figures, and lit by them."""
    found = Report.objects.filter(case_id__in=cases).select_related(
        "case", "goal__project", "goal__organization"
    )
    reports = list(found.prefetch_related("rows__indicator"))
    reporting.refresh([report for report in reports if report.case.state == "draft"])
    return {report.case_id: report for report in reports}


def snapshot(report: Report) -> dict[str, Any]:
    return {
        "cutoff": report.cutoff.isoformat(),
        "full_year": str(report.full_year),
        "paid": str(report.paid),
        "forecast": str(report.forecast),
        "summary": report.summary,
        "text": report.text,
        "lights": [report.execution_light, report.goal_light, report.light],
        "rows": [
            [row.indicator.name, row.actual, row.forecast, row.likelihood, row.cause, row.measure, row.light]
            for row in report.rows.all()
        ],
    }


def shown(report: Report) -> dict[str, Any]:
    """The lights with their working."""
    execution, rows = reporting.workings(report)
    passed = rules.time_progress(report.goal.year, report.cutoff)
    problems = report.problems.select_related("case").order_by("pk")
    return {"execution": execution, "rows": rows, "time_progress": passed, "problems": problems}


def _complete(matter: Matter) -> Iterable[Reason]:
    report: Report = matter.record
    for row in report.rows.all():
        place = f"第 {row.indicator.order} 行“{row.indicator.name}”"
        if not row.actual.strip():
            yield Reason(
                f"{place}没有填截止日完成值", next="没有进展的填 0 或写明情况。", field=f"actual-{row.pk}"
            )
        if not row.likelihood:
            yield Reason(f"{place}没有选完成目标可能性", field=f"likelihood-{row.pk}")
        elif row.likelihood != "certain" and not (row.cause and row.measure.strip()):
            yield Reason(f"{place}预计有偏差，须选原因并写措施", field=f"measure-{row.pk}")


def _executed(matter: Matter) -> Iterable[Reason]:
    if matter.record.full_year is None:
        yield Reason(
            "还没有截止日的执行数", next="请国库科载入执行数后再提交；执行数来自一体化系统，不用手填。"
        )


def _explained(matter: Matter) -> Iterable[Reason]:
    report: Report = matter.record
    if report.light in ("yellow", "red") and not report.summary.strip():
        yield Reason("亮了黄灯或红灯，须写存在的问题和措施", field="summary")


def _keep(matters: list[Matter]) -> None:
    """What is handed in is kept as it was read: with the figures and lights of this moment."""
    for matter in matters:
        reporting.keep(matter.record, list(matter.record.rows.all()))


COMPLETE = Guard("complete", "每个指标都有完成值、可能性，偏差有原因和措施", 23, _complete)
EXECUTED = Guard("executed", "已有执行数，且是最新的", 23, _executed)
EXPLAINED = Guard("explained", "黄灯、红灯有说明", 24, _explained)


def _procedure(key: str, label: str, owner: Role, *, confirm: bool) -> Procedure:
    """A report's table: its ``owner`` fills it in, a department confirms a unit's, expenditure reviews."""
    first = "submitted" if confirm else "confirmed"
    states = [State("draft", "填报中", editable=owner)]
    steps = [
        Step("open", "布置监控", (), "draft", PERFORMANCE, (5, 24), page="monitoring-round"),
        Step(
            "submit", "提交", ("draft",), first, owner, (23, 24), guards=(EXECUTED, COMPLETE, EXPLAINED),
            writes=(_keep,), days="monitoring_report",
        ),
        Step("withdraw", "撤回", (first,), "draft", owner, (24,), optional=True),
    ]  # fmt: skip
    if confirm:
        states.append(State("submitted", "待部门确认"))
        steps += [
            Step(
                "confirm", "确认", ("submitted",), "confirmed", DEPARTMENT, (24,), (OPINION,),
                days="monitoring_confirm",
            ),
            returning("department_return", "submitted", DEPARTMENT, (24,)),
        ]  # fmt: skip
    states += [State("confirmed", "待支出科审核"), State("accepted", "已认可", "done")]
    steps += [
        Step(
            "accept", "认可", ("confirmed",), "accepted", EXPENDITURE, (8, 24), (OPINION,),
            days="monitoring_review",
        ),
        returning("expenditure_return", "confirmed", EXPENDITURE, (24,)),
    ]  # fmt: skip
    return register(
        Procedure(
            key,
            label,
            "monitoring",
            states=tuple(states),
            steps=tuple(steps),
            load=load,
            snapshot=snapshot,
            template="monitoring/case.html",
            context=shown,
        )
    )


MONITORING = _procedure(reporting.PROJECT, "绩效监控", UNIT, confirm=True)
WHOLE_MONITORING = _procedure(reporting.WHOLE, "部门整体监控", DEPARTMENT, confirm=False)
PROCEDURES = (reporting.PROJECT, reporting.WHOLE)
