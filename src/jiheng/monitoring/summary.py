"""A department's summary of one monitoring round (部门监控汇总, art. 24): figures from its reports, text drafted from them.

Expenditure sees which departments have sent theirs, reviews each, and urges the rest.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE
from jiheng.filing.filing import Section
from jiheng.monitoring import rules
from jiheng.monitoring.models import MonitoringSummary, Problem, Report
from jiheng.monitoring.outline import LIGHTS, rate
from jiheng.paper.money import wan
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import (
    OPINION,
    PROCEDURES,
    Guard,
    Matter,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
)

HEAD = ("类别", "代码", "名称", "单位", "全年预算数（元）", "执行数（元）", "目标实现", "执行进度", "报告")
FIGURES = (4, 5)
WHOLE = "整体"
"""In the kind of a whole unit’s or department’s goal."""
LONGEST = 20_000


def load(cases: Sequence[UUID]) -> dict[UUID, MonitoringSummary]:
    rows = MonitoringSummary.objects.filter(case_id__in=cases).select_related(
        "case__department", "case__zone"
    )
    return {row.case_id: row for row in rows}


def snapshot(summary: MonitoringSummary) -> dict[str, Any]:
    return {"cutoff": summary.cutoff.isoformat(), "rows": summary.rows, "text": summary.text}


def reports_of(department: Organization, cutoff: datetime.date) -> list[Report]:
    """The reports of a department's projects, units and itself for a cut-off day."""
    rows = Report.objects.filter(
        zone_id=department.zone_id, case__department=department, cutoff=cutoff
    ).select_related("case__unit", "goal__project", "goal__organization")
    return list(rows.order_by("case__code", "pk"))


def rows_of(department: Organization, cutoff: datetime.date) -> list[list[Any]]:
    """A row for each report, as plain data in the order of ``HEAD``."""
    return [
        [
            report.goal.get_kind_display().removesuffix("绩效目标"),
            report.goal.code,
            report.goal.name,
            report.case.unit.name if report.case.unit else department.name,
            f"{report.full_year or 0:.2f}",
            f"{report.paid or 0:.2f}",
            report.goal_light,
            report.execution_light,
            PROCEDURES[report.case.procedure].state(report.case.state).label,
        ]
        for report in reports_of(department, cutoff)
    ]


def _money(rows: Iterable[Sequence[Any]]) -> tuple[Decimal, Decimal]:
    """Budget and paid of the projects alone: those of wholes would count them twice."""
    projects = [row for row in rows if WHOLE not in row[0]]
    return (
        sum((Decimal(row[4]) for row in projects), Decimal(0)),
        sum((Decimal(row[5]) for row in projects), Decimal(0)),
    )


def drafted(department: Organization, cutoff: datetime.date, rows: Sequence[Sequence[Any]]) -> str:
    """The summary's text as the figures give it."""
    full, paid = _money(rows)
    passed = rules.time_progress(cutoff.year, cutoff)
    goals, spent = Counter(row[6] for row in rows), Counter(row[7] for row in rows)

    def told(counts: Mapping[str, int]) -> str:
        return "、".join(
            f"{LIGHTS[key]} {counts[key]} 个" for key in ("green", "yellow", "red", "") if counts.get(key)
        )

    wrong = [row for row in rows if "red" in row[6:8]]
    wrong += [row for row in rows if "yellow" in row[6:8] and "red" not in row[6:8]]
    lines = [
        f"一、总体情况。截至{cutoff:%Y年%m月%d日}，本部门共 {len(rows)} 个绩效目标纳入监控，项目全年预算 {wan(full)} 万元，"
        f"执行 {wan(paid)} 万元，执行率 {rate(paid, full)}，时间进度 {rules.percent(passed)}。",
        f"二、双监控结果。目标实现：{told(goals) or '—'}；执行进度：{told(spent) or '—'}。",
    ]
    if wrong:
        listed = "；".join(
            f"{row[2]}（{row[3]}，目标{LIGHTS[row[6]]}、执行{LIGHTS[row[7]]}）" for row in wrong[:20]
        )
        more = f"等 {len(wrong)} 个" if len(wrong) > 20 else ""
        lines.append(f"三、需要关注的项目。{listed}{more}。")
        measures = _measures(department, cutoff)
        lines.append(f"四、原因和措施。{measures or '各单位正在落实整改措施。'}")
    else:
        lines.append("三、需要关注的项目。没有亮黄灯、红灯的项目。")
    problems = Problem.objects.filter(report__cutoff=cutoff, case__department=department)
    states = Counter(problems.values_list("case__state", flat=True))
    if total := sum(states.values()):
        lines.append(
            f"五、监控问题整改。支出管理科列出问题 {total} 个，已整改到位 {states.get('closed', 0)} 个。"
        )
    return "\n".join(lines)


def _measures(department: Organization, cutoff: datetime.date) -> str:
    found = [
        f"{report.goal.name}：{report.summary.strip().rstrip('。')}"
        for report in reports_of(department, cutoff)
        if report.light in ("yellow", "red") and report.summary.strip()
    ]
    return "；".join(found[:20]) + ("。" if found else "")


def cutoffs(department: Organization) -> list[datetime.date]:
    """The cut-off days of which the department has reports but no summary yet, the newest first."""
    asked = Report.objects.filter(zone_id=department.zone_id, case__department=department)
    done = MonitoringSummary.objects.filter(zone_id=department.zone_id, case__department=department)
    days = set(asked.values_list("cutoff", flat=True)) - set(done.values_list("cutoff", flat=True))
    return sorted(days, reverse=True)


def begin(department: Organization, cutoff: datetime.date, *, by: Person) -> Act:
    """Draws up the summary of a cut-off day (step 汇总). Raises Refusal where there is one already."""
    rows = rows_of(department, cutoff)
    draft = Case(
        zone=department.zone, year=cutoff.year, department=department, code=department.code,
        title=f"{department.name}绩效监控汇总（截至{cutoff:%Y-%m-%d}）", amount=_money(rows)[0],
    )  # fmt: skip

    def make(cases: list[Case]) -> None:
        MonitoringSummary.objects.create(
            zone_id=department.zone_id, case=cases[0], year=cutoff.year, cutoff=cutoff, rows=rows
        )

    with transaction.atomic():
        list(Organization.objects.select_for_update().filter(pk=department.pk).values_list("pk"))
        there = MonitoringSummary.objects.filter(case__department=department, cutoff=cutoff).select_related(
            "case"
        )
        if (other := there.first()) is not None:
            reason = Reason(
                "这一期已经汇总过", 24, next="请在那一件里办理。", link=other.case.get_absolute_url()
            )
            raise door.Refusal(SUMMARY, SUMMARY.opening(), draft, [reason])
        return door.start("monitoring_summary.open", [draft], by=by, make=make)[0]


def write(case: Case, text: str, revision: int | None, *, by: Person) -> MonitoringSummary:
    """Keeps the text, and brings the figures up to the reports as they stand."""
    with door.editing(case, by) as held:
        record = load([held.pk])[held.pk]
        if revision is not None and revision != record.revision:
            raise door.Overtaken
        record.text = keepable(text).strip()[:LONGEST]
        record.rows = rows_of(record.case.department, record.cutoff)
        record.revision += 1
        record.save()
    return record


def waiting(summary: MonitoringSummary) -> list[Report]:
    """Reports of the department that are not accepted yet."""
    return [
        report
        for report in reports_of(summary.case.department, summary.cutoff)
        if report.case.state != "accepted"
    ]


def _all_in(matter: Matter) -> Iterable[Reason]:
    late = [report for report in waiting(matter.record) if report.case.state in ("draft", "submitted")]
    for report in late[:5]:
        yield Reason(
            f"“{report.case.title}”的监控报告还没有报到支出管理科",
            next="请先报送、确认，再报汇总。",
            link=report.case.get_absolute_url(),
        )
    if len(late) > 5:
        yield Reason(f"还有 {len(late) - 5} 份监控报告没有报到支出管理科", next="请先报送、确认。")


def _fresh(matters: list[Matter]) -> None:
    """What is handed in is as the reports stand at this moment, with a text."""
    for matter in matters:
        record: MonitoringSummary = matter.record
        record.rows = rows_of(record.case.department, record.cutoff)
        record.text = record.text or drafted(record.case.department, record.cutoff, record.rows)
        record.save(update_fields=["rows", "text"])


def paper(summary: MonitoringSummary) -> list[Section]:
    """The summary as it is printed."""
    return [
        {"title": "汇总报告", "text": summary.text or drafted(summary.case.department, summary.cutoff, summary.rows)},
        {
            "title": "各项目情况",
            "head": list(HEAD),
            "rows": [[*row[:6], LIGHTS[row[6]], LIGHTS[row[7]], row[8]] for row in summary.rows],
            "figures": list(FIGURES),
        },
    ]  # fmt: skip


def shown(summary: MonitoringSummary) -> dict[str, Any]:
    full, paid = _money(summary.rows)
    return {
        "full": full,
        "paid": paid,
        "text": summary.text or drafted(summary.case.department, summary.cutoff, summary.rows),
        "waiting": waiting(summary) if summary.case.state == "draft" else [],
    }


SUMMARY = register(
    Procedure(
        "monitoring_summary",
        "部门监控汇总",
        "monitoring",
        states=(
            State("draft", "部门汇总中", editable=DEPARTMENT),
            State("submitted", "待支出科审核汇总"),
            State("accepted", "汇总已认可", "done"),
        ),
        steps=(
            Step("open", "汇总本期监控", (), "draft", DEPARTMENT, (24,), page="monitoring_summary-new"),
            Step(
                "submit", "报送汇总", ("draft",), "submitted", DEPARTMENT, (24,), (OPINION,),
                guards=(Guard("all_in", "各项目的监控报告都已报到支出管理科", 24, _all_in),), writes=(_fresh,),
                days="monitoring_summary",
            ),
            Step(
                "accept", "认可汇总", ("submitted",), "accepted", EXPENDITURE, (8, 24), (OPINION,),
                days="monitoring_review",
            ),
            returning("return", "submitted", EXPENDITURE, (24,)),
        ),
        load=load,
        snapshot=snapshot,
        template="monitoring/summary_case.html",
        context=shown,
    )
)  # fmt: skip
