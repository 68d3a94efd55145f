"""What a page of an evaluation asks about who reads it: before the draft goes out, points are the offices' alone."""

from django import template

from jiheng.bureau.models import Person
from jiheng.bureau.roles import OFFICE_ROLES
from jiheng.bureau.scope import holds
from jiheng.evaluation.department_evaluation import KEY
from jiheng.evaluation.finance_evaluation import labels_of
from jiheng.evaluation.framework_views import DRAFT_OPEN
from jiheng.procedure.models import Case

register = template.Library()


@register.filter
def reads_points(person: Person, case: Case) -> bool:
    """Whether the person may read an evaluation's points and draft: offices, the evaluating department, later all."""
    return case.procedure == KEY or case.state in DRAFT_OPEN or holds(person, OFFICE_ROLES)


@register.filter
def reads_sheets(person: Person, case: Case) -> bool:
    """Whether the person may read what each engaged one gave: offices alone."""
    return holds(person, OFFICE_ROLES)


@register.filter
def reason_labels(reasons: list[str]) -> str:
    """Why something was chosen, in words."""
    return labels_of(reasons)
