"""What a person can do on a case, as the page shows it: a form for each step, or why not (art. 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from jiheng.bureau.models import Person
from jiheng.procedure import answers
from jiheng.procedure.answers import Answer, who
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import PROCEDURES, Need, Procedure, Reason, Step, step_named

REASONS_OFFERED = 5
ACTS_LOOKED_AT = 200


@dataclass(frozen=True)
class Given:
    """A need of a step as a field: what is asked, what was typed or is known, what is wrong with it."""

    need: Need
    id: str
    value: Any = ""
    error: str = ""


@dataclass(frozen=True)
class Form:
    """A step that this person may do now, or has to see why not."""

    answer: Answer
    fields: list[Given]
    button: str
    desks: list[tuple[str, str]] = field(default_factory=list)
    desk: str = ""
    said_before: list[str] = field(default_factory=list)

    @property
    def step(self) -> Step:
        return self.answer.step

    @property
    def plain(self) -> list[Given]:
        """The fields that stand in the open."""
        return [each for each in self.fields if not each.need.group]

    @property
    def folded(self) -> dict[str, list[Given]]:
        """The fields that stand folded together, by the group's name."""
        groups: dict[str, list[Given]] = {}
        for each in self.fields:
            if each.need.group:
                groups.setdefault(each.need.group, []).append(each)
        return groups

    @property
    def wrong(self) -> bool:
        return any(each.error for each in self.fields)

    @property
    def hints(self) -> list[Reason]:
        """What bars the step as things stand, and can be put right in the form itself."""
        return [reason for reason in self.answer.reasons if reason.kind == "given"]

    @property
    def reasons(self) -> list[Reason]:
        return self.answer.reasons


@dataclass(frozen=True)
class Desk:
    """The forms of a case page: what is mainly to be done, what else, returns, and what is others' business."""

    main: list[Form]
    also: list[Form]
    returns: list[Form]
    blocked: list[Form]
    others: list[Form]
    together: list[Form]


def lay_out(
    case: Case,
    person: Person,
    offered: Sequence[Answer],
    *,
    known: Mapping[str, Any] | None = None,
    typed: Mapping[str, Any] | None = None,
    tried: str = "",
    errors: Mapping[str, str] | None = None,
    edit_url: str = "",
) -> Desk:
    """Sorts a case's offers for the page. ``known`` fills fields, ``typed`` is what was given to step ``tried``."""
    path = answers.path(case) if any(each.step.returns and each.desk for each in offered) else []
    desk = Desk([], [], [], [], [], [])
    for answer in offered:
        step = answer.step
        values = (typed if tried == step.key else known) or {}
        faults = (errors or {}) if tried == step.key else {}
        fields = [
            Given(need, field_id(step, need.key), values.get(need.key, ""), faults.get(need.key, ""))
            for need in step.needs
        ]
        form = Form(_linked(answer, edit_url), fields, button(case, answer.procedure, step))
        if step.only_with:
            desk.together.append(form)
        elif answer.desk is None or any(reason.kind == "signed" for reason in answer.reasons):
            desk.others.append(form)
        elif any(reason.kind != "given" for reason in answer.reasons):
            desk.blocked.append(form)
        elif step.returns:
            labels = [
                (state, f"{act.organization_name}（{answer.procedure.state(state).label}）")
                for state, act in reversed(path)
            ]
            chosen = values.get("desk") or (labels[0][0] if labels else "")
            desk.returns.append(
                Form(answer, fields, "退回", labels, str(chosen), said_before(answer, person))
            )
        elif step.optional:
            desk.also.append(form)
        else:
            desk.main.append(form)
    return desk


def field_id(step: Step, key: str) -> str:
    return f"{step.key}-{key}"


def _linked(answer: Answer, edit_url: str) -> Answer:
    """Lets reasons that concern a field of the record lead to it on the page where it is filled in."""
    if not edit_url:
        return answer
    reasons = [
        reason
        if reason.link or not reason.field or reason.kind == "given"
        else Reason(**{**vars(reason), "link": urljoin(edit_url, f"#{reason.field}")})
        for reason in answer.reasons
    ]
    return Answer(answer.procedure, answer.step, answer.desk, reasons)


def button(case: Case, procedure: Procedure, step: Step) -> str:
    """The button names the act and who gets it next: 提交，送教育局确认."""
    if not isinstance(step.target, str) or step.optional:
        return step.label
    state = procedure.state(step.target)
    for after in procedure.steps_from(step.target):
        if after.only_with and not after.returns:
            _, outer_step = step_named(after.only_with)
            return f"{step.label}，待{'、'.join(who(role, case) for role in outer_step.roles)}{after.label}"
        if after.owed:
            return f"{step.label}，送{'、'.join(who(role, case) for role in after.roles)}{after.label}"
    return f"{step.label}，办结" if state.tone == "done" else step.label


def said_before(answer: Answer, person: Person) -> list[str]:
    """Reasons my organization gave for earlier returns at this step, the newest first."""
    assert answer.desk is not None
    acts = Act.objects.filter(zone_id=person.zone_id, organization=answer.desk.organization).order_by("-at")
    said: dict[str, None] = {}
    for key, opinion in acts.values_list("step", "opinion")[:ACTS_LOOKED_AT]:
        if key == answer.step.key and opinion:
            said.setdefault(opinion)
    return list(said)[:REASONS_OFFERED]


def together(case: Case) -> str:
    """Who moves a case that nobody owes a step on, because it goes with another case's act."""
    for step in PROCEDURES[case.procedure].steps_from(case.state):
        if step.only_with and not step.returns:
            outer, outer_step = step_named(step.only_with)
            names = "、".join(who(role, case) for role in outer_step.roles)
            return f"由{names}随{outer.label}“{outer_step.label}”一并办理。"
    return ""


def holders(tasks: Sequence[Task]) -> str:
    """Who has to act now, in words: 教育局“确认”."""
    names: dict[str, list[str]] = {}
    for task in tasks:
        label = PROCEDURES[task.case.procedure].step(task.step).label
        names.setdefault(label, []).append(task.organization.name if task.organization else "尚无科室承担")
    return "；".join(f"{'、'.join(found)}“{label}”" for label, found in names.items())
