"""Monitoring reports: opening them for goals in force, filling in what the system knows, lighting the lights."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction

from jiheng.bureau.models import Person, Zone
from jiheng.bureau.profile import values_of
from jiheng.goal.figures import figures_of
from jiheng.goal.models import Goal
from jiheng.monitoring import rules
from jiheng.monitoring.models import Light, Report, Row
from jiheng.monitoring.shares import share_done
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.project.known import Known
from jiheng.project.models import Project

PROJECT, WHOLE = "monitoring", "whole_monitoring"
"""The procedures of monitoring: of a unit's goals, and of a department as a whole."""


def to_monitor(zone: Zone, year: int, cutoff: datetime.date) -> list[Goal]:
    """Goals in force of a year that have no report for this cut-off day yet: of projects, units and departments."""
    goals = Goal.objects.filter(zone=zone, year=year, case__state="in_force").exclude(reports__cutoff=cutoff)
    joined = goals.select_related("project", "organization", "case__department", "case__unit", "case__zone")
    return sorted(joined.prefetch_related("indicators"), key=lambda goal: (goal.whole, goal.code))


def open_reports(goals: Sequence[Goal], cutoff: datetime.date, *, by: Person) -> list[Act]:
    """Asks a report for each goal (step 布置监控, art. 24); execution figures are filled in from their source."""
    figures = figures_of(goals, goals[0].year, cutoff) if goals else {}

    def make(goals: Sequence[Goal], cases: list[Case]) -> None:
        reports = []
        for goal, case in zip(goals, cases, strict=True):
            figure = figures.get(goal.pk)
            reports.append(
                Report(
                    zone_id=goal.zone_id,
                    case=case,
                    goal=goal,
                    cutoff=cutoff,
                    full_year=figure.full_year if figure else None,
                    paid=figure.paid if figure else None,
                )
            )
        Report.objects.bulk_create(reports, batch_size=500)
        Row.objects.bulk_create(
            (
                Row(zone_id=report.zone_id, report=report, indicator=indicator)
                for report in reports
                for indicator in report.goal.indicators.all()
            ),
            batch_size=500,
        )

    acts: list[Act] = []
    of_procedure: dict[str, list[Goal]] = {}
    for goal in goals:
        key = WHOLE if goal.kind == Goal.Kind.DEPARTMENT_WHOLE else PROJECT
        of_procedure.setdefault(key, []).append(goal)
    with transaction.atomic():
        for procedure, some in of_procedure.items():
            drafts = [
                Case(
                    zone=goal.case.zone, year=goal.year, department=goal.case.department, unit=goal.case.unit,
                    subject=goal.project_id, code=goal.code, title=goal.name, amount=goal.money,
                )
                for goal in some
            ]  # fmt: skip
            acts += door.start(f"{procedure}.open", drafts, by=by, make=partial(make, some))
    return acts


def told_last(goal: Goal, before: datetime.date | None = None) -> tuple[datetime.date | None, dict[str, Row]]:
    """The cut-off day of the newest report handed in on a goal, and its rows by the indicator's name."""
    reports = Report.objects.filter(zone_id=goal.zone_id, goal=goal).exclude(case__state="draft")
    if before:
        reports = reports.filter(cutoff__lt=before)
    last = reports.order_by("-cutoff").prefetch_related("rows__indicator").first()
    return (last.cutoff, {row.indicator.name: row for row in last.rows.all()}) if last else (None, {})


def refresh(reports: Sequence[Report]) -> None:
    """Brings reports still being filled in up to the newest execution figures, and lights them (not saved)."""
    alike: dict[tuple[int, datetime.date], list[Report]] = defaultdict(list)
    for report in reports:
        alike[report.goal.year, report.cutoff].append(report)
    for (year, cutoff), group in alike.items():
        figures = figures_of([report.goal for report in group], year, cutoff)
        for report in group:
            figure = figures.get(report.goal.pk)
            report.full_year, report.paid = (figure.full_year, figure.paid) if figure else (None, None)
            light(report)


def workings(report: Report) -> tuple[rules.Lit, list[tuple[Row, rules.Lit]]]:
    """The light of execution and of every indicator, each with its working."""
    values = values_of(report.case.profile_id)
    passed = rules.time_progress(report.goal.year, report.cutoff)
    execution = rules.execution_light(
        report.full_year,
        report.paid,
        passed,
        green=values.decimal("lights", "green"),
        yellow=values.decimal("lights", "yellow"),
    )
    rows = [
        (
            row,
            rules.indicator_light(
                row.likelihood,
                share_done(*row.texts),
                passed,
                green=values.decimal("lights", "goal_green"),
                yellow=values.decimal("lights", "goal_yellow"),
            ),
        )
        for row in report.rows.all()
    ]
    return execution, rows


def light(report: Report) -> None:
    """Sets the lights of a report and its rows from their rules (art. 23)."""
    execution, rows = workings(report)
    report.execution_light = execution.light
    for row, lit in rows:
        row.light = lit.light
    report.goal_light = rules.worst(lit.light for _, lit in rows)
    report.light = rules.worst((report.execution_light, report.goal_light))


ROW_FIELDS = ("actual", "forecast", "likelihood", "cause", "measure")


def save(
    case: Case,
    *,
    by: Person,
    rows: Mapping[str, Mapping[str, str]],
    summary: str,
    forecast: Decimal | None,
    text: str = "",
    revision: int | None = None,
) -> Report:
    """Saves a draft: what was typed for each row (by the row's key), the summary, the forecast in 元."""
    with door.editing(case, by) as held:
        report = (
            Report.objects.select_for_update(of=("self",))
            .select_related("goal__project", "goal__organization")
            .get(case=held)
        )
        if revision is not None and revision != report.revision:
            raise door.Overtaken
        report.case = held
        report.summary, report.forecast, report.text = summary, forecast, text
        report.revision += 1
        mine = list(report.rows.select_related("indicator"))
        for row in mine:
            for name in ROW_FIELDS:
                setattr(row, name, rows.get(str(row.pk), {}).get(name, getattr(row, name)).strip())
        report._prefetched_objects_cache = {"rows": mine}
        refresh([report])
        keep(report, mine)
    return report


def keep(report: Report, rows: list[Row]) -> None:
    """Saves a report with its rows."""
    report.save()
    Row.objects.bulk_update(rows, [*ROW_FIELDS, "light"], batch_size=200)


def known(projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    """The light of the last report accepted for each project, to stand beside its budget line (art. 6)."""
    rows = Report.objects.filter(
        goal__project__in=[project.pk for project in projects], goal__year__lte=year, case__state="accepted"
    ).select_related("goal", "case")
    return {
        row.goal.project_id: Known(
            f"{row.goal.year}年 {row.get_light_display()}灯",
            link=row.case.get_absolute_url(),
            wrong=row.light == Light.RED,
        )
        for row in rows.order_by("cutoff")
        if row.goal.project_id
    }


def newest(projects: Sequence[UUID], year: int) -> dict[UUID, Report]:
    """The newest report handed in for each project's goal of the year; projects without one are not there."""
    rows = Report.objects.filter(goal__project__in=projects, goal__year=year).exclude(case__state="draft")
    joined = rows.select_related("goal", "case").order_by("cutoff", "id")
    return {row.goal.project_id: row for row in joined if row.goal.project_id}
