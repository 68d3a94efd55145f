"""Who may write where in an evaluation: the office that leads (or the department), the evaluated, or the engaged.

Offices and departments write by their role where the case stands (the door's ``editing``). Experts and institutions
write on their engagement's pages alone, while it is accepted and the evaluation is planned or scored (art. 31, 39).
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404

from jiheng.bureau.models import Person
from jiheng.bureau.scope import visible
from jiheng.evaluation.framework_models import Evaluation, Sheet
from jiheng.procedure import door, rows
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Reason
from jiheng.support.models import Engagement

WORKING = "accepted"
"""The state of an engagement in which its party works on the evaluation."""


@dataclass(frozen=True)
class Access:
    """An evaluation as one person works on it; ``engagement`` is the case by which an expert or institution came."""

    evaluation: Evaluation
    case: Case
    person: Person
    engagement: Case | None = None

    @property
    def author(self) -> str:
        """Whose name stands on what is written."""
        return self.engagement.unit.name if self.engagement and self.engagement.unit else self.person.name

    @property
    def base(self) -> Case:
        """The case whose page one comes from and goes back to."""
        return self.engagement or self.case

    def sheet(self) -> Sheet:
        """One's own scoring sheet; that of an engaged one is kept with its first points."""
        evaluation = self.evaluation
        if self.engagement is None:
            return evaluation.sheets.get(final=True)
        own = evaluation.sheets.filter(engagement=self.engagement).first()
        return own or Sheet(
            zone_id=evaluation.zone_id, evaluation=evaluation, engagement=self.engagement, name=self.author
        )


def of_case(person: Person, key: UUID, procedures: Sequence[str]) -> Access:
    """An evaluation that the person may see by its own case, or 404."""
    cases = visible(Case.objects.filter(procedure__in=procedures), person)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    return Access(_evaluation(case), case, person)


def of_engagement(person: Person, key: UUID) -> Access:
    """The evaluation that an engagement is on, for the party engaged; otherwise 404."""
    engagement = get_object_or_404(
        visible(Case.objects.filter(unit__kind__in=("expert", "institution")), person).select_related("unit"),
        pk=key,
    )
    found = get_object_or_404(
        Engagement.objects.select_related("subject__zone", "subject__department", "subject__unit"),
        case=engagement,
        subject__evaluation__isnull=False,
    )
    return Access(_evaluation(found.subject), found.subject, person, engagement)


def _evaluation(case: Case) -> Evaluation:
    evaluation = PROCEDURES[case.procedure].load([case.pk])[case.pk]
    evaluation.case = case
    return evaluation


def reasons_against(access: Access, case: Case, states: Sequence[str], doing: str) -> list[Reason]:
    """Why this can't be written now, besides the role."""
    procedure = PROCEDURES[case.procedure]
    article = procedure.opening().articles[-1]
    wanted = "、".join(f"“{procedure.state(key).label}”" for key in states if key in _keys(case))
    found = []
    if case.state not in states:
        told = f"现在是“{procedure.state(case.state).label}”，{doing}要在{wanted}时办理"
        found.append(Reason(told, article, kind="state", next="请看办理历史，等下一步。"))
    if access.engagement is not None:
        own = Case.objects.get(pk=access.engagement.pk)
        if own.state != WORKING:
            label = PROCEDURES[own.procedure].state(own.state).label
            told = f"委托现在是“{label}”，接受委托后、交成果前才能填写"
            found.append(Reason(told, 39, kind="state", next="如需修改，请委托科室退回成果。"))
    return found


def _keys(case: Case) -> set[str]:
    return {state.key for state in PROCEDURES[case.procedure].states}


def must_write(access: Access, states: Sequence[str], doing: str) -> None:
    """Raises Refusal unless this can be written now."""
    if access.engagement is None:
        door.must_edit(access.case, access.person)
    _refuse(access, access.case, states, doing)


def _refuse(access: Access, case: Case, states: Sequence[str], doing: str) -> None:
    if reasons := reasons_against(access, case, states, doing):
        procedure = PROCEDURES[case.procedure]
        steps = procedure.steps_from(case.state)
        raise door.Refusal(procedure, steps[0] if steps else procedure.opening(), case, reasons, doing)


@contextlib.contextmanager
def writing(access: Access, states: Sequence[str], doing: str) -> Iterator[Evaluation]:
    """Holds the evaluation while it is written; raises Refusal where it can't be."""
    if access.engagement is None:
        with door.editing(access.case, access.person) as held:
            _refuse(access, held, states, doing)
            yield _evaluation(held)
        return
    with transaction.atomic():
        held = rows.hold([access.case.pk])[0]
        _refuse(access, held, states, doing)
        yield _evaluation(held)
