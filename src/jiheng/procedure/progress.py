"""How far a case has come along its procedure: what the picture marks (art. 4: progress can be seen)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.timezone import localtime

from jiheng.procedure.answers import who
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import PROCEDURES, Procedure

Place = tuple[str, str]
"""A step at a desk: step key and role key."""


@dataclass(frozen=True)
class Done:
    """Who did a step, and on which day."""

    who: str
    day: date


@dataclass(frozen=True)
class Progress:
    """A case's place: steps done and still valid, steps owed now with their day, returns counted."""

    title: str
    state: str
    closed: bool
    round: int
    done: dict[Place, Done] = field(default_factory=dict)
    owed: dict[Place, date | None] = field(default_factory=dict)
    backs: dict[Place, int] = field(default_factory=dict)
    ended: date | None = None
    names: dict[str, str] = field(default_factory=dict)


def progress_of(case: Case) -> Progress:
    """Reads a case's acts and tasks. ``case`` should come with zone, department and unit."""
    procedure = PROCEDURES[case.procedure]
    acts = list(Act.objects.filter(zone_id=case.zone_id, case=case).order_by("seq"))
    roles = dict.fromkeys(role for step in procedure.steps for role in step.roles)
    return Progress(
        case.title,
        case.state,
        case.closed,
        case.round,
        done=_done(acts),
        owed=_owed(procedure, case, acts),
        backs=dict(
            Counter((act.step, act.role) for act in acts if _goes_back(procedure, act)),
        ),
        ended=localtime(acts[-1].at).date() if case.closed and acts else None,
        names={role.key: who(role, case) for role in roles},
    )


def _goes_back(procedure: Procedure, act: Act) -> bool:
    """Whether the act led to where the case had been before."""
    order = [state.key for state in procedure.states]
    return bool(act.from_state) and order.index(act.to_state) < order.index(act.from_state)


def _done(acts: Iterable[Act]) -> dict[Place, Done]:
    """The acts still valid: going back takes out all that came after the desk gone back to."""
    stack: list[tuple[str, Place, Done]] = []
    for act in acts:
        left = [state for state, _, _ in stack]
        if act.from_state != act.to_state and act.to_state in left:
            del stack[left.index(act.to_state) :]
            continue
        told = Done(act.organization_name, localtime(act.at).date())
        stack.append((act.from_state, (act.step, act.role), told))
    return {place: done for _, place, done in stack}


def _owed(procedure: Procedure, case: Case, acts: Iterable[Act]) -> dict[Place, date | None]:
    """Who is to act now, with the day by which; what goes only with another case's step counts too."""
    tasks = Task.objects.filter(case=case).values_list("step", "role", "due")
    owed: dict[Place, date | None] = {(step, role): due for step, role, due in tasks}
    if not owed and not case.closed:
        steps = [step for step in procedure.steps_from(case.state) if not step.returns]
        owed = {(step.key, role.key): None for step in steps if not step.optional for role in step.roles}
    return owed
