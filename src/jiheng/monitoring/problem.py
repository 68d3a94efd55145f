"""Problems found in monitoring reports (art. 24): listed with a demand and a day, corrected, and seen corrected."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jiheng.bureau.models import Person
from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE, UNIT, Role
from jiheng.goal.models import Indicator
from jiheng.monitoring import reporting
from jiheng.monitoring.models import Problem, Report
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import OPINION, WORD, Need, Procedure, State, Step, register, returning

REVIEWED = ("submitted", "confirmed", "accepted")
"""The states of a report in which problems may be listed."""
EVIDENCE = Need("evidence", "佐证材料", "files")


@dataclass(frozen=True)
class Found:
    """A problem as it was found: at an indicator, or of the project as a whole."""

    text: str
    demand: str
    indicator: Indicator | None = None


def load(cases: Sequence[UUID]) -> dict[UUID, Problem]:
    rows = Problem.objects.filter(case_id__in=cases).select_related(
        "case", "report__goal__project", "report__goal__organization", "report__case", "indicator"
    )
    return {row.case_id: row for row in rows}


def snapshot(problem: Problem) -> dict[str, Any]:
    return {
        "report": str(problem.report.case_id),
        "indicator": problem.indicator.name if problem.indicator else "",
        "text": problem.text,
        "demand": problem.demand,
        "due": problem.due.isoformat(),
    }


def list_problems(report: Report, found: Sequence[Found], due: datetime.date, *, by: Person) -> list[Case]:
    """Lists the problems of one report (step 列出问题), all or none; who reported has a task for each until ``due``."""
    goal = report.goal
    whole = report.case.procedure == reporting.WHOLE
    drafts = [
        Case(
            zone=by.zone,
            year=report.goal.year,
            department=report.case.department,
            unit=report.case.unit,
            subject=goal.project_id,
            code=goal.code,
            title=f"{goal.name}：{each.text}"[:200],
        )
        for each in found
    ]

    def make(cases: list[Case]) -> None:
        Problem.objects.bulk_create(
            Problem(
                zone_id=by.zone_id, case=case, report=report, indicator=each.indicator, text=each.text,
                demand=each.demand, due=due,
            )
            for case, each in zip(cases, found, strict=True)
        )  # fmt: skip

    key = WHOLE_PROBLEM.key if whole else PROBLEM.key
    return [act.case for act in door.start(f"{key}.open", drafts, by=by, make=make)]


def _procedure(key: str, label: str, owner: Role, *, confirm: bool) -> Procedure:
    """A problem's table: its ``owner`` corrects, a department confirms a unit's, expenditure verifies."""
    first = "reported" if confirm else "confirmed"
    states = [State("rectifying", "待整改", editable=owner)]
    steps = [
        Step("open", "列出问题", (), "rectifying", EXPENDITURE, (8, 24), page="problem-new"),
        Step(
            "report", "报告整改", ("rectifying",), first, owner, (24,), (Need("opinion", "整改情况"), EVIDENCE),
            due=lambda problem: problem.due,
        ),
        Step("drop", "撤销问题", ("rectifying",), "dropped", EXPENDITURE, (24,), (WORD,), optional=True),
    ]  # fmt: skip
    if confirm:
        states.append(State("reported", "待部门确认整改"))
        steps += [
            Step(
                "confirm", "确认整改", ("reported",), "confirmed", DEPARTMENT, (24,), (OPINION,),
                days="problem_confirm",
            ),
            returning("department_return", "reported", DEPARTMENT, (24,)),
        ]  # fmt: skip
    states += [
        State("confirmed", "待支出科核实整改"),
        State("closed", "已整改到位", "done"),
        State("dropped", "已撤销问题", "void"),
    ]
    steps += [
        Step(
            "verify", "核实并销号", ("confirmed",), "closed", EXPENDITURE, (8, 24), (OPINION,),
            days="problem_verify",
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
            template="monitoring/problem_case.html",
        )
    )


PROBLEM = _procedure("problem", "监控问题", UNIT, confirm=True)
WHOLE_PROBLEM = _procedure("whole_problem", "部门整体监控问题", DEPARTMENT, confirm=False)
