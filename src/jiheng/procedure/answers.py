"""A "no" is an answer: who may do a step, which condition fails, by which article, and what to do next."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import DEPARTMENT, ENGAGED, EXPENDITURE, NAMED, UNIT, Role
from jiheng.bureau.scope import posts_of
from jiheng.bureau.standing import standing
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.rows import Duty
from jiheng.procedure.table import PROCEDURES, Matter, Procedure, Reason, Step, step_named


@dataclass(frozen=True)
class Desk:
    """The place from which somebody acts on a case: a role, and the organization that fills it."""

    role: Role
    organization: Organization


@dataclass(frozen=True)
class Answer:
    """Whether a step can be done: by which desk, or for which reasons not."""

    procedure: Procedure
    step: Step
    desk: Desk | None
    reasons: list[Reason]

    @property
    def allowed(self) -> bool:
        return not self.reasons

    @property
    def concerns(self) -> bool:
        """Whether it is this person's business at all (somebody else's step is shown, but lower)."""
        return self.desk is not None


def desks(roles: Sequence[Role], case: Case, person: Person) -> list[Desk]:
    """From which desks the person may act on the case in one of these roles; never across zones."""
    if person.zone_id != case.zone_id or not person.is_active:
        return []
    found = []
    for post in posts_of(person):
        organization = post.organization
        filled = organization.fills
        for role in roles:
            if role.key not in filled or organization.zone_id != case.zone_id:
                continue
            if role in (UNIT, ENGAGED, NAMED) and organization.pk != case.unit_id:
                continue
            if role == DEPARTMENT and organization.pk != case.department_id:
                continue
            charge = case.department.charge_id if case.department else None
            if role == EXPENDITURE and charge and organization.pk != charge:
                continue
            found.append(Desk(role, organization))
    return found


def who(role: Role, case: Case) -> str:
    """Who fills a role for this case, in words."""
    if role in (UNIT, ENGAGED, NAMED) and case.unit:
        return case.unit.name
    if role == DEPARTMENT and case.department:
        return case.department.name
    key = standing(case.zone).holder(role, unit_id=case.unit_id, department=case.department)
    for office in standing(case.zone).offices.get(role.key, ()):
        if office.pk == key:
            return office.name
    return role.label


def examine(
    procedure: Procedure,
    step: Step,
    matter: Matter,
    person: Person,
    *,
    tasks: Sequence[Task | Duty],
    within: Act | None = None,
    complete: bool = False,
) -> Answer:
    """Asks every question of a step and gathers every reason. ``complete``: also look at what was given."""
    case = matter.case
    if person.zone_id != case.zone_id:
        # What is out of scope answers as if it did not exist: not even its state is told.
        return Answer(procedure, step, None, [Reason("没有这一事项", step.articles[0], kind="role")])
    if case.procedure != procedure.key:
        return Answer(procedure, step, None, [_other_procedure(procedure, step, case)])
    reasons: list[Reason] = []
    in_place = case.state in step.source or (step.opens and not case.state)
    mine = desks(step.roles, case, person)
    desk = mine[0] if mine else None
    if not in_place:
        reasons.append(_not_here(procedure, step, case))
    if desk is None:
        names = "、".join(who(role, case) for role in step.roles)
        reasons.append(
            Reason(
                f"“{step.label}”由{names}办理", step.articles[0], kind="role", next=_awaited(procedure, case)
            )
        )
    elif in_place and step.countersigned:
        owed = {task.role for task in tasks if task.step == step.key}
        waiting = [each for each in mine if each.role.key in owed]
        desk = waiting[0] if waiting else desk
        if waiting and (told := _signed_already(step, case, person, desk)):
            reasons.append(told)
        if not waiting:
            others = "、".join(who(role, case) for role in step.roles if role.key in owed)
            reasons.append(
                Reason(
                    f"{desk.organization.name}已会签",
                    step.articles[0],
                    kind="signed",
                    next=f"尚待{others}会签。",
                )
            )
    if step.only_with and not _within(step, case, within):
        outer, outer_step = step_named(step.only_with)
        reasons.append(
            Reason(
                f"“{step.label}”只随{outer.label}“{outer_step.label}”一并办理",
                step.articles[0],
                kind="only_with",
                next=f"请由{'、'.join(r.label for r in outer_step.roles)}在{outer.label}中办理。",
            )
        )
    if in_place:
        for guard in step.guards:
            for reason in guard.check(matter):
                reasons.append(reason if reason.article else replace(reason, article=guard.article))
        if complete and desk:
            reasons += _missing(step, matter)
    return Answer(procedure, step, desk, reasons)


def _signed_already(step: Step, case: Case, person: Person, desk: Desk) -> Reason | None:
    """One who stands in for somebody signs for one office alone: two signatures are of two people (art. 40)."""
    if not any(post.person_id != person.pk for post in posts_of(person)):
        return None
    signed = Act.objects.filter(
        zone_id=case.zone_id, case=case, step=step.key, from_state=case.state, round=case.round, person=person
    )
    act = signed.order_by("-seq").first()
    if act is None:
        return None
    return Reason(
        f"您已代表{act.organization_name}会签，同一个人不能再代表{desk.organization.name}会签",
        40,
        kind="signed",
        next=f"请{desk.organization.name}的其他人会签。",
    )


def _awaited(procedure: Procedure, case: Case) -> str:
    """Who has to act on the case where it stands, in words; nothing when nobody owes anything."""
    owed = [step for step in procedure.steps_from(case.state) if step.owed]
    told = (f"{'、'.join(who(role, case) for role in step.roles)}办理“{step.label}”" for step in owed)
    return f"现在待{'，或'.join(told)}。" if owed else ""


def next_owed(case: Case) -> str:
    """What has to be done on the case next and by whom, as a request; nothing when nobody owes anything."""
    owed = [step for step in PROCEDURES[case.procedure].steps_from(case.state) if step.owed]
    told = (f"{'、'.join(who(role, case) for role in step.roles)}先办理“{step.label}”" for step in owed)
    return f"请{'，或'.join(told)}。" if owed else ""


following: ContextVar[frozenset[UUID]] = ContextVar("following", default=frozenset())
"""The acts whose consequences are being carried out: only with one of these can a step go that goes with another."""


def _within(step: Step, case: Case, within: Act | None) -> bool:
    if within is None or step.only_with is None or within.pk not in following.get():
        return False
    procedure, outer = step_named(step.only_with)
    return (within.zone_id, within.case.procedure, within.step) == (case.zone_id, procedure.key, outer.key)


def _other_procedure(procedure: Procedure, step: Step, case: Case) -> Reason:
    label = PROCEDURES[case.procedure].label
    return Reason(f"“{step.label}”是{procedure.label}的步骤，本事项是{label}", step.articles[0], kind="state")


def _not_here(procedure: Procedure, step: Step, case: Case) -> Reason:
    stands = procedure.state(case.state).label if case.state else "尚未开始"
    wanted = "、".join(f"“{procedure.state(key).label}”" for key in step.source) or "尚未建立"
    return Reason(f"现在是“{stands}”，“{step.label}”要在{wanted}时办理", step.articles[0], kind="state")


def _missing(step: Step, matter: Matter) -> list[Reason]:
    """What should have been given and wasn't, or isn't one of the choices."""
    reasons = []
    for need in step.needs:
        value = matter.given.get(need.key)
        empty = not value.strip() if isinstance(value, str) else value in (None, [], ())
        if need.required and empty:
            verb = "请选择" if need.choices else "请上传" if need.kind == "files" else "请填写"
            reasons.append(Reason(f"{verb}{need.label}", step.articles[0], kind="given", field=need.key))
        elif not empty and need.choices and value not in dict(need.choices):
            reasons.append(
                Reason(f"{need.label}不在可选范围内", step.articles[0], kind="given", field=need.key)
            )
    if step.returns and not matter.came:
        reasons.append(Reason("本事项没有经手的上一环节，无处可退", step.articles[0], kind="state"))
    elif step.returns and (matter.given.get("desk") or matter.came[-1][0]) not in dict(matter.came):
        reasons.append(
            Reason("退回的去处不在本事项经手的环节中", step.articles[0], kind="given", field="desk")
        )
    return reasons


def may_edit(procedure: Procedure, case: Case, person: Person) -> list[Reason]:
    """Why the person can't change the record now; empty when they can."""
    state = procedure.state(case.state)
    if state.editable is None:
        reason = Reason(f"现在是“{state.label}”，内容不能修改", _article(procedure, case), kind="state")
        returns = [step for step in procedure.steps_from(case.state) if step.returns]
        if returns:
            names = "、".join(dict.fromkeys(who(role, case) for step in returns for role in step.roles))
            reason = replace(reason, next=f"如需修改，请{names}退回。")
        return [reason]
    if not desks([state.editable], case, person):
        return [Reason(f"内容由{who(state.editable, case)}填写", _article(procedure, case), kind="role")]
    return []


def _article(procedure: Procedure, case: Case) -> int:
    steps = procedure.steps_from(case.state) or procedure.steps
    return steps[0].articles[0]


def path(case: Case) -> list[tuple[str, Act]]:
    """The desks through which the case came to where it stands: each state left by a forward act still valid.

    Going back (a return, a withdrawal) takes out all that came after, so each desk stands here once.
    """
    return paths([case])[case.pk]


def paths(cases: Sequence[Case]) -> dict[UUID, list[tuple[str, Act]]]:
    """``path`` of many cases in one query. The acts come without what they keep of the record."""
    came: dict[UUID, list[tuple[str, Act]]] = {case.pk: [] for case in cases}
    zones = {case.zone_id for case in cases}
    acts = Act.objects.filter(zone_id__in=zones, case_id__in=came).defer("given", "record", "articles")
    for act in acts.order_by("seq"):
        if act.from_state == act.to_state:
            continue
        through = came[act.case_id]
        been = [state for state, _ in through]
        if act.to_state in been:
            del through[been.index(act.to_state) :]
        elif act.from_state:
            through.append((act.from_state, act))
    return came


def target(step: Step, matter: Matter) -> str:
    """Where the step leads the case; a return leads to the desk that gave, or the earlier one chosen."""
    return step.target if isinstance(step.target, str) else matter.given.get("desk") or matter.came[-1][0]


def name_last_acts(refused: Sequence[tuple[Case, Answer]]) -> None:
    """Adds who acted and when to each "not here" or "already signed", so that the loser of a race reads why."""
    wanted = [case for case, answer in refused if any(r.kind in ("state", "signed") for r in answer.reasons)]
    if not wanted:
        return
    acts = Act.objects.filter(
        zone_id__in={case.zone_id for case in wanted}, case_id__in=[c.pk for c in wanted]
    )
    of_interest = acts.filter(Q(hash__in=[case.head for case in wanted]) | Q(step=refused[0][1].step.key))
    last: dict[UUID, str] = {}
    signed: dict[tuple[UUID, UUID], str] = {}
    for act in of_interest.defer("given", "record", "articles").order_by("seq"):
        by = f"{act.organization_name}（{act.person_name}）"
        told = f"“{act.label}”由{by}于{localtime(act.at):%Y-%m-%d %H:%M}办理。"
        last[act.case_id] = f"上一步{told}"
        if act.step == refused[0][1].step.key:
            signed[act.case_id, act.organization_id] = told
    for case, answer in refused:
        for index, reason in enumerate(answer.reasons):
            if reason.kind == "state":
                answer.reasons[index] = replace(reason, next=last.get(case.pk, reason.next))
            elif reason.kind == "signed" and answer.desk:
                own = signed.get((case.pk, answer.desk.organization.pk), "")
                answer.reasons[index] = replace(reason, next=own + reason.next)
