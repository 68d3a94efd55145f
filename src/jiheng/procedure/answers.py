"""A "no" is an answer: who may do a step, which condition fails, by which article, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.timezone import localtime

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE, UNIT, Role
from jiheng.bureau.scope import posts_of
from jiheng.bureau.standing import standing
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import Matter, Procedure, Reason, Step, step_named


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
    """From which desks the person may act on the case in one of these roles."""
    found = []
    for post in posts_of(person):
        organization = post.organization
        for role in roles:
            if role.key not in organization.role_keys or organization.zone_id != case.zone_id:
                continue
            if role == UNIT and organization.pk != case.unit_id:
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
    if role == UNIT and case.unit:
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
    tasks: Sequence[Task],
    within: Act | None = None,
    complete: bool = False,
) -> Answer:
    """Asks every question of a step and gathers every reason. ``complete``: also look at what was given."""
    case = matter.case
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
                f"“{step.label}”由{names}办理",
                step.articles[0],
                kind="role",
                next="可在办理记录中看到现由谁办理。",
            )
        )
    elif in_place and step.countersigned:
        owed = {task.role for task in tasks if task.step == step.key}
        waiting = [each for each in mine if each.role.key in owed]
        desk = waiting[0] if waiting else desk
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
    if step.only_with and not _within(step, within):
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


def _within(step: Step, within: Act | None) -> bool:
    if within is None or step.only_with is None:
        return False
    procedure, outer = step_named(step.only_with)
    return within.case.procedure == procedure.key and within.step == outer.key


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
    if (
        step.returns
        and matter.given.get("desk")
        and matter.given["desk"] not in {state for state, _ in path(matter.case)}
    ):
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
    came: list[tuple[str, Act]] = []
    for act in Act.objects.filter(zone_id=case.zone_id, case=case).order_by("seq"):
        if act.from_state == act.to_state:
            continue
        been = [state for state, _ in came]
        if act.to_state in been:
            del came[been.index(act.to_state) :]
        elif act.from_state:
            came.append((act.from_state, act))
    return came


def targets(step: Step, matters: Sequence[Matter]) -> dict[UUID, str]:
    """Where the step leads each case; a return leads to the desk that gave, or the earlier one chosen."""
    if isinstance(step.target, str):
        return {matter.case.pk: step.target for matter in matters}
    return {matter.case.pk: matter.given.get("desk") or path(matter.case)[-1][0] for matter in matters}


def name_last_acts(refused: Sequence[tuple[Case, list[Reason]]]) -> None:
    """Adds to each "not here" reason who did the last step and when, so that the loser of a race reads why."""
    wanted = {case.pk: case for case, reasons in refused if any(reason.kind == "state" for reason in reasons)}
    if not wanted:
        return
    heads = [case.head for case in wanted.values()]
    told = {
        act.case_id: f"上一步“{act.label}”由{act.organization_name}于{localtime(act.at):%Y-%m-%d %H:%M}办理。"
        for act in Act.objects.filter(case_id__in=wanted, hash__in=heads)
    }
    for case, reasons in refused:
        for index, reason in enumerate(reasons):
            if reason.kind == "state" and case.pk in told:
                reasons[index] = replace(reason, next=told[case.pk])
