"""The year-end summary of goals passed on with money, filed with the performance office (art. 20).

Expenditure makes one for each department: what was approved, what was passed on when and under which document, and the
version of the goal that went with it. It is made from the allocations; nobody types a figure. Filed, it stays as it is.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from jiheng.budget import lines
from jiheng.budget.models import Allocation, Summary
from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import EXPENDITURE
from jiheng.filing.filing import filed
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import Guard, Matter, Procedure, Reason, State, Step, register
from jiheng.project.models import Project

HEAD = (
    "项目代码",
    "项目名称",
    "单位",
    "批复数（元）",
    "累计下达（元）",
    "笔数",
    "最近下达",
    "文号",
    "目标版本",
)
FIGURES = (3, 4, 5, 8)


def load(cases: Sequence[UUID]) -> dict[UUID, Summary]:
    rows = Summary.objects.filter(case_id__in=cases).select_related("case", "department")
    return {row.case_id: row for row in rows}


def snapshot(summary: Summary) -> dict[str, Any]:
    return {"year": summary.year, "rows": summary.rows}


def rows_of(department: Organization, year: int) -> list[list[Any]]:
    """A row for each project that has approved money in the year, as plain data in the order of ``HEAD``."""
    projects = {
        project.pk: project
        for project in Project.objects.filter(zone_id=department.zone_id, department=department).select_related("unit")
    }  # fmt: skip
    granted = lines.granted(department.zone_id, projects, year)
    out: dict[UUID, list[Allocation]] = {}
    issued = Allocation.objects.filter(
        zone_id=department.zone_id, project__in=projects, year=year, case__state__in=lines.OUT
    ).select_related("goal", "case")
    for each in issued.order_by("number"):
        out.setdefault(each.project_id, []).append(each)
    return [
        [
            projects[key].code,
            projects[key].name,
            projects[key].unit.name,
            f"{granted[key]:.2f}",
            f"{sum((each.amount for each in out.get(key, [])), Decimal(0)):.2f}",
            len(out.get(key, [])),
            f"{localtime(out[key][-1].case.moved_at):%Y-%m-%d}" if key in out else "",
            "、".join(dict.fromkeys(each.document for each in out.get(key, []) if each.document)),
            out[key][-1].goal.version if key in out and out[key][-1].goal else "",
        ]
        for key in sorted(granted, key=lambda key: projects[key].code)
    ]


def totals(rows: Sequence[Sequence[Any]]) -> tuple[Decimal, Decimal]:
    """Approved and passed on, in 元."""
    return sum((Decimal(row[3]) for row in rows), Decimal(0)), sum(
        (Decimal(row[4]) for row in rows), Decimal(0)
    )


def shown(summary: Summary) -> dict[str, Any]:
    granted, out = totals(summary.rows)
    now = rows_of(summary.department, summary.year) if summary.case.state == "draft" else summary.rows
    return {"granted": granted, "out": out, "left": granted - out, "stale": now != summary.rows}


def begin(department: Organization, year: int, *, by: Person) -> Act:
    """Makes the summary of one department (step 汇总)."""
    rows = rows_of(department, year)

    def make(cases: list[Case]) -> None:
        Summary.objects.create(
            zone_id=department.zone_id, case=cases[0], department=department, year=year, rows=rows
        )

    draft = Case(
        zone=department.zone, year=year, department=department, code=department.code,
        title=f"{department.name}{year}年绩效目标下达情况汇总", amount=totals(rows)[1],
    )  # fmt: skip
    return door.start("summary.open", [draft], by=by, make=make)[0]


def _something(matter: Matter) -> Iterable[Reason]:
    if not matter.record.rows:
        yield Reason("本年没有批复过预算的项目，没有可汇总的", next="请核对年度。")


def _fresh(matter: Matter) -> Iterable[Reason]:
    if rows_of(matter.record.department, matter.record.year) != matter.record.rows:
        yield Reason("汇总以后又有下达、签收或调剂", next="请先重新汇总，再报备。")


def _all_received(matter: Matter) -> Iterable[Reason]:
    summary: Summary = matter.record
    waiting = Allocation.objects.filter(
        zone_id=summary.zone_id,
        project__department=summary.department_id,
        year=summary.year,
        case__state="issued",
    ).select_related("project__unit", "case")
    for each in waiting:
        yield Reason(
            f"“{each.case.title}”{each.project.unit.name}还没有签收",
            next="请单位签收，或作废这笔下达。",
            link=each.case.get_absolute_url(),
        )


def _again(matters: list[Matter]) -> None:
    for matter in matters:
        summary: Summary = matter.record
        summary.rows = rows_of(summary.department, summary.year)
        summary.save(update_fields=["rows"])
        Case.objects.filter(pk=matter.case.pk).update(amount=totals(summary.rows)[1])


def paper(summary: Summary) -> list[dict[str, Any]]:
    """The summary as it is filed."""
    granted, out = totals(summary.rows)
    return [
        {
            "title": f"{summary}",
            "facts": [["批复合计（元）", f"{granted:,.2f}"], ["下达合计（元）", f"{out:,.2f}"]],
            "head": list(HEAD),
            "rows": [[str(cell) for cell in row] for row in summary.rows],
            "figures": list(FIGURES),
        }
    ]


SUMMARY = register(
    Procedure(
        "summary",
        "目标下达汇总",
        "goal",
        states=(State("draft", "待报备"), State("filed", "已备案", "done")),
        steps=(
            Step("open", "汇总目标下达情况", (), "draft", EXPENDITURE, (20,), page="summary-new"),
            Step(
                "again", "重新汇总", ("draft",), "draft", EXPENDITURE, (20,), writes=(_again,), optional=True
            ),
            Step(
                "file",
                "报绩效科备案",
                ("draft",),
                "filed",
                EXPENDITURE,
                (8, 20),
                guards=(
                    Guard("something", "有可汇总的项目", 20, _something),
                    Guard("fresh", "汇总与现在的下达一致", 20, _fresh),
                    Guard("all_received", "下达都已签收", 20, _all_received),
                ),
                follows=(filed(20, what=lambda matter: str(matter.record), paper=paper),),
                days="summary_file",
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="budget/summary_case.html",
        context=shown,
    )
)  # fmt: skip
