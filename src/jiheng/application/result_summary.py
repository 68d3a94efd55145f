"""The year-end summary of what results changed: projects adjusted, cut and cancelled, with amounts (art. 36).

Made from what the budget office decided within the year for the next one; nobody types a figure. The expenditure
office checks it and files it with the performance office; from then on the year's decisions stand.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from jiheng.application.models import Action, Application, ResultSummary
from jiheng.bureau.models import Person, Zone
from jiheng.bureau.roles import EXPENDITURE
from jiheng.filing.filing import filed
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import Guard, Matter, Procedure, Reason, State, Step, register

HEAD = (
    "部门",
    "项目代码",
    "项目名称",
    "单位",
    "结果",
    "处理",
    "基数（元）",
    "决定安排（元）",
    "增减（元）",
    "决定日期",
    "理由",
)
FIGURES = (6, 7, 8)
CHANGED = (Action.CUT, Action.CANCEL, Action.ADJUST)


def load(cases: Sequence[UUID]) -> dict[UUID, ResultSummary]:
    rows = ResultSummary.objects.filter(case_id__in=cases).select_related("case", "zone")
    return {row.case_id: row for row in rows}


def snapshot(summary: ResultSummary) -> dict[str, Any]:
    return {"year": summary.year, "rows": summary.rows}


def decided_in(zone_id: UUID, year: int) -> list[Application]:
    """What was decided in a year for the next: adjusted, cut, cancelled."""
    rows = Application.objects.filter(
        zone_id=zone_id, year=year + 1, case__state="decided", decided__in=CHANGED
    ).select_related("case__department", "case__unit", "evaluation", "result__evaluation")
    return sorted(rows, key=lambda row: (row.case.department.code, row.case.code, str(row.pk)))


def rows_of(zone_id: UUID, year: int) -> list[list[Any]]:
    """A row for each, as plain data in the order of ``HEAD``."""
    found = decided_in(zone_id, year)
    acts = {
        act.case_id: act
        for act in Act.objects.filter(
            zone_id=zone_id, case_id__in=[row.case_id for row in found], step="decide"
        ).order_by("seq")
    }
    rows = []
    for row in found:
        spoken = row.result.evaluation if row.result else row.evaluation
        amount, act = row.decided_amount or Decimal(0), acts.get(row.case_id)
        rows.append(
            [
                row.case.department.name, row.case.code, row.case.title,
                row.case.unit.name if row.case.unit else "",
                f"{spoken.grade} {spoken.total:.2f} 分", Action(row.decided).label,
                f"{row.base:.2f}", f"{amount:.2f}", f"{amount - row.base:.2f}",
                f"{localtime(act.at):%Y-%m-%d}" if act else "", act.opinion if act else "",
            ]
        )  # fmt: skip
    return rows


def totals(rows: Sequence[Sequence[Any]]) -> list[tuple[str, int, Decimal]]:
    """For each treatment: how many projects, and by how much their money changed (元)."""
    found = []
    for action in CHANGED:
        mine = [row for row in rows if row[5] == action.label]
        found.append((action.label, len(mine), sum((Decimal(row[8]) for row in mine), Decimal(0))))
    return found


def shown(summary: ResultSummary) -> dict[str, Any]:
    now = rows_of(summary.zone_id, summary.year) if summary.case.state == "draft" else summary.rows
    return {"totals": totals(summary.rows), "stale": now != summary.rows}


def begin(zone: Zone, year: int, *, by: Person) -> Act:
    """Makes the summary of a year (step 汇总结果应用)."""
    rows = rows_of(zone.pk, year)

    def make(cases: list[Case]) -> None:
        ResultSummary.objects.create(zone=zone, case=cases[0], year=year, rows=rows)

    draft = Case(zone=zone, year=year, title=f"{year}年绩效结果应用情况汇总")
    return door.start("result_summary.open", [draft], by=by, make=make)[0]


def _all_decided(matter: Matter) -> Iterable[Reason]:
    summary: ResultSummary = matter.record
    waiting = Application.objects.filter(zone_id=summary.zone_id, year=summary.year + 1)
    waiting = waiting.exclude(case__state="decided").select_related("case")
    number = waiting.count()
    for each in waiting.order_by("case__code")[:5]:
        yield Reason(
            f"“{each.case.title}”的结果应用还没有决定",
            next="请预算科决定后再报备。",
            link=each.case.get_absolute_url(),
        )
    if number > 5:
        yield Reason(f"还有 {number - 5} 个项目的结果应用没有决定", next="请预算科决定后再报备。")


def _fresh(matter: Matter) -> Iterable[Reason]:
    if rows_of(matter.record.zone_id, matter.record.year) != matter.record.rows:
        yield Reason("汇总以后又有新的决定", next="请先重新汇总，再报备。")


def _again(matters: list[Matter]) -> None:
    for matter in matters:
        summary: ResultSummary = matter.record
        summary.rows = rows_of(summary.zone_id, summary.year)
        summary.save(update_fields=["rows"])


def paper(summary: ResultSummary) -> list[dict[str, Any]]:
    """The summary as it is filed."""
    return [
        {
            "title": f"{summary}",
            "facts": [
                [label, f"{number} 个，{change:+,.2f} 元"] for label, number, change in totals(summary.rows)
            ],
            "head": list(HEAD),
            "rows": [[str(cell) for cell in row] for row in summary.rows],
            "figures": list(FIGURES),
        }
    ]


RESULT_SUMMARY = register(
    Procedure(
        "result_summary",
        "结果应用汇总",
        "application",
        states=(State("draft", "待核对报备"), State("filed", "已报备锁定", "done")),
        steps=(
            Step("open", "汇总结果应用情况", (), "draft", EXPENDITURE, (36,), page="result-summary-new"),
            Step(
                "again", "重新汇总", ("draft",), "draft", EXPENDITURE, (36,), writes=(_again,), optional=True
            ),
            Step(
                "file",
                "核对无误，报绩效科备案",
                ("draft",),
                "filed",
                EXPENDITURE,
                (8, 36),
                guards=(
                    Guard("all_decided", "各项目的结果应用都已决定", 36, _all_decided),
                    Guard("fresh", "汇总与现在的决定一致", 36, _fresh),
                ),
                follows=(filed(36, what=lambda matter: str(matter.record), paper=paper),),
                days="result_summary_file",
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="application/summary_case.html",
        context=shown,
    )
)
