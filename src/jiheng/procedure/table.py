"""The words in which a procedure is written down: states, steps, needs, guards.

A room's ``procedure.py`` is a table made of these. Permission checks, buttons, task lists, the responsibility matrix,
the picture, the BPMN export and the coverage tests are all drawn from it, so what is shown can't differ from what is
enforced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import Role, Signers
from jiheng.procedure.models import Act, Case


@dataclass(frozen=True)
class Reason:
    """Why an act can't be done: what fails, by which article, who may or must act, what to do next."""

    text: str
    article: int | None = None
    next: str = ""
    link: str = ""
    kind: str = "guard"
    field: str = ""

    def __str__(self) -> str:
        basis = f"（规程第{self.article}条）" if self.article else ""
        return f"{self.text}{basis}{self.next}"


@dataclass(frozen=True)
class State:
    """Where a case can stand. ``tone``: open, done or void. ``editable``: the role that may change the record then."""

    key: str
    label: str
    tone: str = "open"
    editable: Role | None = None


@dataclass(frozen=True)
class Need:
    """Something to be given with an act: an opinion, a reason, a choice, a figure, a day or files.

    Needs of one ``group`` (its name) stand folded together on the page, and are left as they are for a selection.
    """

    key: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    group: str = ""


OPINION = Need("opinion", "意见", required=False)
REASON = Need("opinion", "退回理由", help="写明哪里要改、怎么改，对方才能一次改对")
WORD = Need("opinion", "说明")


@dataclass
class Matter:
    """A case with its room's record and what was given: what guards look at and writes change.

    ``came`` are the desks it came through, where the step asks for them (a return); ``act`` the act, once there is one.
    """

    case: Case
    record: Any
    given: Mapping[str, Any] = field(default_factory=dict)
    act: Act | None = None
    came: Sequence[tuple[str, Act]] = ()


@dataclass(frozen=True)
class Guard:
    """A condition of a step. ``check`` yields a Reason for each failing point, or nothing."""

    key: str
    label: str
    article: int
    check: Callable[[Matter], Iterable[Reason]]


class _Giver:
    """The target of a return: back to the desk that gave (or an earlier one, if chosen)."""

    key = "*giver"

    def __repr__(self) -> str:
        return "GIVER"


GIVER = _Giver()


@dataclass(frozen=True)
class Step:
    """One row of a procedure: from where, to where, by whom, under which articles, on which conditions.

    ``writes`` change the room's record before the act is kept (in a countersign: with every signature), ``follows`` are
    consequences after it (in a countersign: after the last), both inside the same transaction and for all cases of a
    selection at once. ``only_with`` names the step (``procedure.step``) of
    another case that this one goes with and never without. ``days`` names the profile's time limit for this desk;
    ``due`` tells the day that the record itself sets for it.
    ``optional`` steps are possible but nobody owes them. ``page`` says where it is done if not on the case's page.
    """

    key: str
    label: str
    source: tuple[str, ...]
    target: str | _Giver
    by: Role | Signers
    articles: tuple[int, ...]
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    writes: tuple[Callable[[list[Matter]], None], ...] = ()
    follows: tuple[Callable[[list[Matter], Any], None], ...] = ()
    only_with: str | None = None
    days: str = ""
    due: Callable[[Any], date | None] | None = None
    optional: bool = False
    page: str = "case"

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(self.by)

    @property
    def countersigned(self) -> bool:
        return len(self.roles) > 1 and not self.returns

    @property
    def returns(self) -> bool:
        return self.target is GIVER

    @property
    def opens(self) -> bool:
        return not self.source

    @property
    def owed(self) -> bool:
        """Whether somebody has a task for it while the case stands before it."""
        return not (self.optional or self.returns or self.opens or self.only_with)


def returning(key: str, source: str, by: Role | Signers, articles: tuple[int, ...]) -> Step:
    """The step that sends a case back from ``source`` with a reason, as every review has one."""
    return Step(key, "退回", (source,), GIVER, by, articles, needs=(REASON,))


@dataclass(frozen=True)
class Procedure:
    """The table of one kind of case (art. 3: clear duties).

    ``load`` reads the room's records of many cases at once; ``snapshot`` tells a record as plain data for the act;
    ``template`` shows a record on its case's page, with what ``context`` adds to it. ``page`` names the page that lists
    its cases, where that is not the list of its kind of work.
    """

    key: str
    label: str
    work: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    load: Callable[[Sequence[UUID]], dict[UUID, Any]]
    snapshot: Callable[[Any], dict[str, Any]]
    template: str = ""
    context: Callable[[Any], dict[str, Any]] = lambda record: {}
    page: str = ""

    def __post_init__(self) -> None:
        known = {state.key for state in self.states}
        for step in self.steps:
            named = {*step.source, *([step.target] if isinstance(step.target, str) else [])}
            if unknown := named - known:
                raise ValueError(f"{self.key}.{step.key} names unknown states {sorted(unknown)}")
        if len({step.key for step in self.steps}) != len(self.steps):
            raise ValueError(f"{self.key} has two steps of one key")
        if len({state.key for state in self.states}) != len(self.states):
            raise ValueError(f"{self.key} has two states of one key")

    def step(self, key: str) -> Step:
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(f"{self.key} has no step {key}")

    def state(self, key: str) -> State:
        for state in self.states:
            if state.key == key:
                return state
        raise KeyError(f"{self.key} has no state {key}")

    def steps_from(self, state: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if state in step.source)

    @property
    def open_states(self) -> tuple[str, ...]:
        """The states in which a case is not closed."""
        return tuple(state.key for state in self.states if state.tone == "open")

    def opening(self) -> Step:
        return next(step for step in self.steps if step.opens)

    def name_of(self, step: Step) -> str:
        return f"{self.key}.{step.key}"


WORKS: tuple[tuple[str, str], ...] = (
    ("exante", "事前绩效评估"),
    ("goal", "绩效目标"),
    ("monitoring", "绩效监控"),
    ("evaluation", "绩效评价"),
    ("application", "结果应用"),
    ("support", "支撑保障"),
)
"""The six kinds of work of art. 2, in its order: the rooms of the screen."""

PROCEDURES: dict[str, Procedure] = {}


def register(procedure: Procedure) -> Procedure:
    """Makes a procedure known; each room does so once when the application starts."""
    if procedure.key in PROCEDURES:
        raise ValueError(f"procedure {procedure.key} is registered twice")
    if procedure.work not in dict(WORKS):
        raise ValueError(f"procedure {procedure.key} belongs to none of the six kinds of work")
    PROCEDURES[procedure.key] = procedure
    return procedure


def step_named(name: str) -> tuple[Procedure, Step]:
    """``goal.review`` → the goal procedure and its step."""
    procedure, _, step = name.partition(".")
    return PROCEDURES[procedure], PROCEDURES[procedure].step(step)
