"""Accepted results, from real figures and the unit's own page."""

from jiheng.application.models import Application
from tests.bureau_fixture import advance
from tests.evaluation.filled import save
from tests.rooms import ask_evaluation, in_force, load_figures


def accepted(as_person, bureau, paid=950_000, goal=None, **filled) -> Application:
    """The application of an accepted self-evaluation."""
    if goal is None:
        goal = in_force(bureau)
        load_figures(bureau, goal.project, paid)
    evaluation = ask_evaluation(bureau, goal)
    save(as_person(bureau.unit), evaluation, note="已说明", **filled)
    advance(bureau, evaluation.case, ("submit", "unit"), ("confirm", "department"), ("accept", "expenditure"))
    return Application.objects.select_related("case").get(evaluation=evaluation)
