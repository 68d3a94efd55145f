"""Self-evaluations: opening them for goals in force, saving what is typed, scoring by rule.

Targets and weights are those of the approved goal, execution figures those of the integrated system.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from uuid import UUID

from django.db import transaction

from jiheng.bureau.models import Person, Zone
from jiheng.evaluation.models import Row, SelfEvaluation
from jiheng.evaluation.score import ScoredForm, score_form
from jiheng.goal.checking import execution_weight, rules_of
from jiheng.goal.figures import figures_of
from jiheng.goal.models import Goal
from jiheng.indicator.form import Budget, Form, IndicatorRow
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.project.execution import Sums
from jiheng.project.known import Known
from jiheng.project.models import ExecutionFigure, Project

PROJECT, WHOLE = "evaluation", "whole_evaluation"
"""The procedures of self-evaluation: of a unit's goals, and of a department as a whole."""


def to_evaluate(zone: Zone, year: int) -> list[Goal]:
    """Goals in force of a year that have no self-evaluation yet: of projects, of units and departments as a whole."""
    goals = Goal.objects.filter(zone=zone, year=year, case__state="in_force", self_evaluations__isnull=True)
    joined = goals.select_related("project", "organization", "case__department", "case__unit", "case__zone")
    return sorted(joined.prefetch_related("indicators", "tasks"), key=lambda goal: (goal.whole, goal.code))


def open_evaluations(goals: Sequence[Goal], *, by: Person) -> list[Act]:
    """Asks a self-evaluation for each goal (step 布置自评, art. 28), with its indicators laid out."""

    def make(goals: Sequence[Goal], cases: list[Case]) -> None:
        evaluations = [
            SelfEvaluation(
                zone_id=goal.zone_id,
                case=case,
                goal=goal,
                execution_weight=execution_weight(goal.scheme),
                tasks=[[task.name, str(task.money), "", ""] for task in goal.tasks.all()],
            )
            for goal, case in zip(goals, cases, strict=True)
        ]
        take_execution(evaluations)
        SelfEvaluation.objects.bulk_create(evaluations, batch_size=500)
        Row.objects.bulk_create(
            (
                Row(
                    zone_id=evaluation.zone_id,
                    evaluation=evaluation,
                    order=i.order,
                    level1=i.level1,
                    level2=i.level2,
                    name=i.name,
                    target=i.target,
                    weight=i.weight,
                )
                for evaluation in evaluations
                for i in evaluation.goal.indicators.all()
            ),
            batch_size=500,
        )

    acts: list[Act] = []
    of_procedure: dict[str, list[Goal]] = {}
    for goal in goals:
        of_procedure.setdefault(procedure_for(goal), []).append(goal)
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


def procedure_for(goal: Goal) -> str:
    """A department as a whole evaluates itself; everything else a unit does, and its department confirms."""
    return WHOLE if goal.kind == Goal.Kind.DEPARTMENT_WHOLE else PROJECT


def take_execution(evaluations: Sequence[SelfEvaluation]) -> None:
    """Fills in the year's execution figures from their source; without any, those of an uploaded form stay."""
    for year in {evaluation.goal.year for evaluation in evaluations}:
        alike = [evaluation for evaluation in evaluations if evaluation.goal.year == year]
        figures = figures_of([evaluation.goal for evaluation in alike], year)
        for evaluation in alike:
            if figure := figures.get(evaluation.goal.pk):
                evaluation.initial, evaluation.full_year = figure.initial, figure.full_year
                evaluation.executed = figure.paid
            elif not evaluation.form:
                evaluation.initial = evaluation.full_year = evaluation.executed = None


def refresh(evaluations: Sequence[SelfEvaluation]) -> None:
    """Brings those still being filled in up to the newest execution figures, and scores them by these (not saved)."""
    before = [(evaluation.full_year, evaluation.executed) for evaluation in evaluations]
    take_execution(evaluations)
    for evaluation, (full_year, executed) in zip(evaluations, before, strict=True):
        if evaluation.revision and (full_year, executed) != (evaluation.full_year, evaluation.executed):
            score(evaluation, list(evaluation.rows.all()))


def figure_of(evaluation: SelfEvaluation) -> ExecutionFigure | Sums | None:
    """The year's newest execution figures of what is evaluated, as the integrated system has them now."""
    return figures_of([evaluation.goal], evaluation.goal.year).get(evaluation.goal.pk)


def form_of(evaluation: SelfEvaluation, rows: Sequence[Row], given: Form | None = None) -> Form:
    """The record as the form that is scored and checked. A row's place is its number on the page.

    ``given`` is the form just uploaded: what only a form says (its rate, its parts, its formulas) is checked with it.
    """
    case, goal = evaluation.case, evaluation.goal
    said = given.budget if given else Budget()
    same = (said.full_year, said.executed) == (evaluation.full_year, evaluation.executed)
    return Form(
        kind="whole" if goal.whole else "self_evaluation",
        project=goal.name,
        department=case.department.name if case.department else None,
        unit=case.unit.name if case.unit else None,
        project_code=goal.code,
        budget=Budget(
            initial=evaluation.initial,
            full_year=evaluation.full_year,
            executed=evaluation.executed,
            weight=evaluation.execution_weight,
            published_rate=said.published_rate if same else None,
            published_score=said.published_score if same else None,
            parts=said.parts if same else (),
            from_parts=said.from_parts and same,
            step=said.step,
            reason=evaluation.note or said.reason,
            cells=dict.fromkeys(("full_year", "executed", "weight", "rate", "score"), "资金"),
        ),
        goal_expected=goal.text,
        goal_actual=evaluation.achieved,
        rows=tuple(
            IndicatorRow(
                level1=row.level1,
                level2=row.level2,
                name=row.name,
                target=row.target or None,
                weight=row.weight,
                actual=row.actual or None,
                published_score=row.claimed,
                reason=row.reason or None,
                cells={
                    "name": f"第{row.order}行",
                    "target": f"第{row.order}行指标值",
                    "actual": f"第{row.order}行完成值",
                    "score": f"第{row.order}行得分",
                    "published_score": f"第{row.order}行得分",
                    "reason": f"第{row.order}行原因",
                    "weight": f"第{row.order}行分值",
                },
            )
            for row in rows
        ),
        published_total=evaluation.claimed_total,
        cells={"total": "总分", "published_total": "总分"},
        texts=(
            ("实际完成情况", evaluation.achieved),
            *((f"第{row.order}行原因", row.reason) for row in rows),
        ),
        findings=given.findings if given else (),
    )


def scored_form(evaluation: SelfEvaluation, rows: Sequence[Row], given: Form | None = None) -> ScoredForm:
    """The record's points with their working and its checks (norms 1.3, 1.4, 15); changes nothing."""
    form = form_of(evaluation, rows, given)
    return score_form(form, rules_of(evaluation.case.profile_id), evaluation.goal.scheme)


def score(evaluation: SelfEvaluation, rows: Sequence[Row], given: Form | None = None) -> ScoredForm:
    """Recomputes points, total, grade and checks, and puts them into the record and its rows (not saved)."""
    scored = scored_form(evaluation, rows, given)
    for row, told in zip(rows, scored.rows, strict=True):
        row.score, row.working = told.score, list(told.working)
    evaluation.execution_score = scored.execution.value
    evaluation.total, evaluation.grade = scored.total, scored.grade or ""
    evaluation.warning, evaluation.warning_working = scored.warning.light, list(scored.warning.working)
    evaluation.checks = [
        {"code": c.code, "level": c.level, "cell": c.cell, "message": c.message, "remedy": c.remedy}
        for c in scored.checks
    ]
    return scored


ROW_FIELDS = ("actual", "reason")
"""What is typed as text in each row; the claimed points are typed as a number."""


def save(
    case: Case,
    *,
    by: Person,
    rows: Mapping[str, Mapping[str, str]],
    claimed: Mapping[str, Decimal | None],
    achieved: str,
    note: str,
    tasks: Sequence[tuple[str, str]] = (),
    revision: int | None = None,
) -> SelfEvaluation:
    """Saves what was typed on the page (by the row's key), and scores it. The total is the system's own then."""
    with door.editing(case, by) as held:
        evaluation, mine = held_for(held, revision)
        evaluation.achieved, evaluation.note = achieved, note
        evaluation.tasks = [
            [*task[:2], *(done or task[2:])]
            for task, done in zip_longest(evaluation.tasks, tasks[: len(evaluation.tasks)])
        ]
        evaluation.claimed_total = None
        take_execution([evaluation])
        for row in mine:
            row.claimed = claimed.get(str(row.pk))
            for name in ROW_FIELDS:
                setattr(row, name, rows.get(str(row.pk), {}).get(name, getattr(row, name)).strip())
        score(evaluation, mine)
        evaluation.revision += 1
        keep(evaluation, mine)
    return evaluation


def held_for(case: Case, revision: int | None) -> tuple[SelfEvaluation, list[Row]]:
    """The self-evaluation of a case being edited, locked, with its rows. Raises Overtaken when ``revision`` is old."""
    evaluation = (
        SelfEvaluation.objects.select_for_update(of=("self",))
        .select_related("goal__project", "goal__organization")
        .get(case=case)
    )
    if revision is not None and revision != evaluation.revision:
        raise door.Overtaken
    evaluation.case = case
    return evaluation, list(evaluation.rows.all())


def keep(evaluation: SelfEvaluation, rows: list[Row]) -> None:
    """Saves a self-evaluation with its rows."""
    evaluation.save()
    Row.objects.bulk_update(rows, ["actual", "reason", "claimed", "score", "working"], batch_size=200)


def unspent(evaluation: SelfEvaluation) -> Decimal | None:
    """Money of the year that was not spent, in 元."""
    if evaluation.full_year is None or evaluation.executed is None:
        return None
    return evaluation.full_year - evaluation.executed


def known(projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    """The last self-evaluation accepted for each project, to stand beside its budget line (art. 6)."""
    rows = SelfEvaluation.objects.filter(
        goal__project__in=[project.pk for project in projects], goal__year__lte=year, case__state="accepted"
    ).select_related("goal", "case")
    return {
        row.goal.project_id: Known(
            f"{row.goal.year}年 {row.grade} {row.total:f} 分",
            link=row.case.get_absolute_url(),
            wrong=row.grade in ("中", "差"),
        )
        for row in rows.order_by("goal__year")
        if row.goal.project_id and row.total is not None
    }
