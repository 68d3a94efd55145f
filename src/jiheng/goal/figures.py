"""The money of goals: of a project, or of all projects of a unit or department together. All in 元."""

import datetime
from collections.abc import Sequence
from uuid import UUID

from jiheng.goal.models import Goal
from jiheng.project.execution import Sums, latest, summed
from jiheng.project.models import ExecutionFigure


def figures_of(
    goals: Sequence[Goal], year: int, until: datetime.date | None = None
) -> dict[UUID, ExecutionFigure | Sums]:
    """The newest execution figures of a year by goal, not later than ``until``; a goal without any is not there."""
    projects = latest([goal.project_id for goal in goals if goal.project_id], year, until)
    wholes = [goal.organization for goal in goals if goal.organization]
    sums = summed(wholes, year, until) if wholes else {}
    found: dict[UUID, ExecutionFigure | Sums] = {}
    for goal in goals:
        if figure := projects.get(goal.project_id) if goal.project_id else sums.get(goal.organization_id):
            found[goal.pk] = figure
    return found
