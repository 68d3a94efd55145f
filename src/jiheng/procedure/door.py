"""The one door: the only place that changes the state of a case.

``perform`` does one step on one case, ``perform_many`` the same step on a selection in a few set-based statements,
``start`` begins cases; ``may`` and ``offers`` answer without acting. All of them ask the same questions and give all
their reasons at once. What an act changes, the act itself and the next tasks are written in one transaction.
"""

import contextlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Person
from jiheng.bureau.profile import in_force, values_of
from jiheng.bureau.scope import acting_name
from jiheng.bureau.standing import standing
from jiheng.procedure import answers, chain, files, rows
from jiheng.procedure.answers import Answer, Desk
from jiheng.procedure.models import Act, Attachment, Case
from jiheng.procedure.table import PROCEDURES, Matter, Procedure, Reason, Step, step_named

NAME = 60
"""So much of a name is kept with an act."""
CHUNK = 1000
request_id: ContextVar[uuid.UUID | None] = ContextVar("request_id", default=None)
clock: ContextVar[datetime | None] = ContextVar("clock", default=None)
"""Set by the demo loader and by tests alone, so that a made-up year's acts lie in their own year."""


def now() -> datetime:
    """The time an act is kept with."""
    return clock.get() or timezone.now()


class Refusal(Exception):
    """A step that can't be done now. ``reasons`` has all of them; ``str()`` reads as one text."""

    def __init__(
        self, procedure: Procedure, step: Step, case: Case, reasons: Sequence[Reason], doing: str = ""
    ):
        self.procedure, self.step, self.case, self.reasons = procedure, step, case, list(reasons)
        self.doing = doing or step.label
        super().__init__("；".join(str(reason) for reason in reasons))


class Overtaken(Exception):
    """A draft that somebody else saved since it was opened; saving now would undo their work."""


@dataclass
class Outcome:
    """What became of a selection: the acts done, and for each refused case its reasons."""

    acts: list[Act] = field(default_factory=list)
    refused: list[tuple[Case, list[Reason]]] = field(default_factory=list)


def may(name: str, case: Case, person: Person) -> Answer:
    """Whether ``person`` may do the step on the case now, and if not, all reasons. Writes nothing."""
    procedure, step = step_named(name)
    matter = Matter(case, procedure.load([case.pk]).get(case.pk) if step.guards else None)
    return answers.examine(procedure, step, matter, person, tasks=list(case.tasks.all()))


def offers(case: Case, person: Person) -> list[Answer]:
    """Every step that leads on from where the case stands, each with the answer for this person."""
    procedure = PROCEDURES[case.procedure]
    steps = procedure.steps_from(case.state)
    loaded = procedure.load([case.pk]) if any(step.guards for step in steps) else {}
    matter, tasks = Matter(case, loaded.get(case.pk)), list(case.tasks.all())
    return [answers.examine(procedure, step, matter, person, tasks=tasks) for step in steps]


def must_edit(case: Case, person: Person) -> None:
    """Raises Refusal unless the person may change the case's record as it stands."""
    procedure = PROCEDURES[case.procedure]
    if reasons := answers.may_edit(procedure, case, person):
        steps = procedure.steps_from(case.state)
        raise Refusal(procedure, steps[0] if steps else procedure.opening(), case, reasons, "填写")


@contextlib.contextmanager
def editing(case: Case, person: Person) -> Iterator[Case]:
    """Holds the case while its record is changed in a state that allows it; raises Refusal otherwise."""
    with transaction.atomic():
        held = rows.hold([case.pk])[0]
        must_edit(held, person)
        yield held


def perform(name: str, case: Case, *, by: Person, within: Act | None = None, **given: Any) -> Act:
    """Does one step on one case. Returns the act, or raises Refusal with every reason.

    What ``case`` says doesn't matter, only which case it is; afterwards it says how the case stands.
    """
    outcome = perform_many(name, [case], by=by, within=within, given=given, all_or_none=True)
    act = outcome.acts[0]
    if step_named(name)[1].follows:  # which may have moved the case on
        case.refresh_from_db()
    elif case is not act.case:
        case.__dict__.pop("_prefetched_objects_cache", None)
        case.__dict__.update(act.case.__dict__, _state=case._state)
        case._state.fields_cache = dict(act.case._state.fields_cache)
    return act


def perform_many(
    name: str,
    cases: Sequence[Case],
    *,
    by: Person,
    given: Mapping[str, Any] | None = None,
    within: Act | None = None,
    all_or_none: bool = False,
) -> Outcome:
    """Does one step on many cases in one transaction, telling which were refused and why, in the selection's order.

    With ``all_or_none`` the first refusal raises and nothing is done.
    """
    procedure, step = step_named(name)
    work = _Work(procedure, step, by, dict(given or {}), within)
    order = {case.pk: place for place, case in reversed(list(enumerate(cases)))}
    keys = sorted(order)  # everybody locks in this order
    outcome = Outcome()
    with _one_request(), transaction.atomic():
        for first in range(0, len(keys), CHUNK):
            _part(work, keys[first : first + CHUNK], outcome, all_or_none)
    outcome.acts.sort(key=lambda act: order[act.case_id])
    outcome.refused.sort(key=lambda told: order[told[0].pk])
    return outcome


def start(
    name: str,
    drafts: Sequence[Case],
    *,
    by: Person,
    make: Callable[[list[Case]], Any],
    within: Act | None = None,
    **given: Any,
) -> list[Act]:
    """Begins cases by their procedure's opening step ``name``; ``make`` creates the room's records for them.

    All or none: raises Refusal for the first draft that can't be begun.
    """
    procedure, step = step_named(name)
    work = _Work(procedure, step, by, given, within)
    if not drafts:
        return []
    with _one_request(), transaction.atomic():
        passed: list[tuple[Matter, Desk]] = []
        profile = in_force(by.zone_id, timezone.localdate(now()))
        if profile is None:
            nothing = Reason("本局还没有载入局情配置", 43, next="请综合科先载入局情配置。")
            raise Refusal(procedure, step, drafts[0], [nothing])
        for case in drafts:
            case.profile = profile
            case.procedure, case.state, case.moved_at = procedure.key, "", now()
            matter = Matter(case, None, work.given)
            answer = answers.examine(procedure, step, matter, by, tasks=[], within=within, complete=True)
            if answer.reasons or not answer.desk:
                raise Refusal(procedure, step, case, answer.reasons)
            passed.append((matter, answer.desk))
        assert isinstance(step.target, str)
        for case in drafts:
            case.state = step.target
        Case.objects.bulk_create(drafts, batch_size=CHUNK)
        make(list(drafts))
        records = procedure.load([case.pk for case in drafts])
        for matter, _ in passed:
            matter.record = records.get(matter.case.pk)
        return _carry_out(work, passed, {})


class _Work:
    """One pressing of one button: the step, who presses it, and what is given, for one case or for many.

    ``kept`` tells of the given files; they are stored once, when the first case is found fit.
    """

    def __init__(
        self, procedure: Procedure, step: Step, by: Person, given: dict[str, Any], within: Act | None
    ) -> None:
        self.procedure, self.step, self.by, self.given, self.within = procedure, step, by, given, within
        self.articles = list(step.articles)
        self.opinion = chain.text(str(given.get("opinion") or "").strip())
        self.keeps = bool(
            step.opens or step.writes or any(procedure.state(state).editable for state in step.source)
        )
        """Whether the record may have changed since the last act, so that this act must keep it."""
        self._kept: dict[str, list[dict[str, Any]]] | None = None

    @property
    def kept(self) -> dict[str, list[dict[str, Any]]]:
        if self._kept is None:
            self._kept = {
                need.key: [files.keep(self.by.zone_id, file) for file in self.given[need.key]]
                for need in self.step.needs
                if need.kind == "files" and self.given.get(need.key)
            }
        return self._kept

    def told(self) -> dict[str, Any]:
        """What came besides the opinion, as plain data."""
        given = {key: value for key, value in {**self.given, **self.kept}.items() if key != "opinion"}
        plain: dict[str, Any] = chain.plain(given)
        return plain


@contextlib.contextmanager
def _one_request() -> Iterator[None]:
    """All acts that one request leads to carry its id, consequences included."""
    token = None if request_id.get() else request_id.set(new_key())
    try:
        yield
    finally:
        if token:
            request_id.reset(token)


def _part(work: _Work, keys: Sequence[uuid.UUID], outcome: Outcome, all_or_none: bool) -> None:
    """Holds some cases, examines them, and carries the step out on those found fit."""
    procedure, step = work.procedure, work.step
    held, duties = rows.hold_with_duties(keys)
    asked = step.guards or step.follows or work.keeps or any(each.due for each in procedure.steps)
    loaded = procedure.load(keys) if asked else {}
    came = answers.paths(held) if step.returns else {}
    passed: list[tuple[Matter, Desk]] = []
    refused: list[tuple[Case, Answer]] = []
    for case in held:
        matter = Matter(case, loaded.get(case.pk), work.given, came=came.get(case.pk, ()))
        answer = answers.examine(
            procedure, step, matter, work.by, tasks=duties[case.pk], within=work.within, complete=True
        )
        if answer.desk and not answer.reasons:
            passed.append((matter, answer.desk))
        else:
            refused.append((case, answer))
    if refused:
        answers.name_last_acts(refused)
        if all_or_none:
            raise Refusal(procedure, step, refused[0][0], refused[0][1].reasons)
    outcome.refused += ((case, answer.reasons) for case, answer in refused)
    if not passed:
        return
    if all_or_none or not step.follows:
        outcome.acts += _carry_out(work, passed, duties)
        return
    try:
        with transaction.atomic():
            outcome.acts += _carry_out(work, passed, duties)
    except Refusal as refusal:
        # A consequence was refused. It must not take the other cases with it, so each goes alone.
        if len(passed) == 1:
            outcome.refused.append((passed[0][0].case, refusal.reasons))
            return
        for matter, _ in passed:
            _part(work, [matter.case.pk], outcome, all_or_none)


def _carry_out(
    work: _Work, passed: Sequence[tuple[Matter, Desk]], duties: Mapping[uuid.UUID, Sequence[rows.Duty]]
) -> list[Act]:
    """Writes record, act, case and tasks for cases that were examined and found fit."""
    procedure, step = work.procedure, work.step
    matters = [matter for matter, _ in passed]
    for write in step.writes:
        write(matters)
    moment, told = now(), work.told()
    dues: dict[tuple[uuid.UUID, str], date | None] = {}
    acts: list[Act] = []
    done: list[uuid.UUID] = []
    opened: list[rows.NewTask] = []
    moved: list[Matter] = []
    for matter, desk in passed:
        case, owed = matter.case, duties.get(matter.case.pk, ())
        others_sign = any(duty.step == step.key and duty.role != desk.role.key for duty in owed)
        waits = step.countersigned and others_sign
        act = matter.act = _act(work, matter, desk, moment, told)
        act.to_state = case.state if waits else answers.target(step, matter)
        act.due = min((duty.due for duty in owed if duty.due and duty.role == desk.role.key), default=None)
        act.hash = chain.digest(act)
        acts.append(act)
        if waits:
            done += (duty.id for duty in owed if duty.step == step.key and duty.role == desk.role.key)
        else:
            done += (duty.id for duty in owed)
            opened += _open(procedure, matter, act, dues)
            moved.append(matter)
    rows.write(acts, done, opened, procedure.open_states)
    for act in acts:
        case = act.case
        case.state, case.closed, case.moved_at = (
            act.to_state,
            act.to_state not in procedure.open_states,
            moment,
        )
        case.seq, case.head, case.round = act.seq, act.hash, act.round
    _attach(acts, work.kept)
    if step.follows and moved:
        token = answers.following.set(answers.following.get() | {act.pk for act in acts})
        try:
            for follow in step.follows:
                follow(moved, work.by)
        finally:
            answers.following.reset(token)
    return acts


def _act(work: _Work, matter: Matter, desk: Desk, moment: datetime, told: dict[str, Any]) -> Act:
    """The act as far as it doesn't depend on where the case goes."""
    step, case, by, record = work.step, matter.case, work.by, None
    if work.keeps and matter.record is not None:
        record = chain.plain(work.procedure.snapshot(matter.record))
    values = {
        "id": new_key(),
        "zone_id": case.zone_id,
        "case_id": case.pk,
        "seq": case.seq + 1,
        "step": step.key,
        "label": step.label,
        "articles": work.articles,
        "from_state": "" if step.opens else case.state,
        "person_id": by.pk,
        "person_name": acting_name(by, desk.organization)[:NAME],
        "role": desk.role.key,
        "organization_id": desk.organization.pk,
        "organization_name": desk.organization.name,
        "opinion": work.opinion,
        "given": told,
        "record": record,
        "round": case.round + step.returns,
        "at": moment,
        "request": request_id.get() or new_key(),
        "within": work.within.pk if work.within else None,
        "previous": case.head,
        "to_state": "",
        "due": None,
        "hash": "",
    }
    act = rows.instance(Act, values)
    act._state.fields_cache.update(case=case, person=by, organization=desk.organization)
    return act


def _attach(acts: Iterable[Act], kept: Mapping[str, list[dict[str, Any]]]) -> None:
    if kept:
        Attachment.objects.bulk_create(
            (
                Attachment(zone_id=act.zone_id, case_id=act.case_id, act=act, need=key, **file)
                for act in acts
                for key, kept_files in kept.items()
                for file in kept_files
            ),
            batch_size=CHUNK,
        )


def _open(
    procedure: Procedure, matter: Matter, act: Act, dues: dict[tuple[uuid.UUID, str], date | None]
) -> Iterator[rows.NewTask]:
    """The tasks owed where the act led: one for every role of every step owed there. ``dues`` are those known."""
    case = matter.case
    stands = standing(case.zone)
    for step in procedure.steps_from(act.to_state):
        if not step.owed:
            continue
        due = step.due(matter.record) if step.due else dues.get((case.profile_id, step.key))
        if step.days and due is None:
            days = values_of(case.profile_id)("days", step.days)
            due = dues[case.profile_id, step.key] = stands.workday_after(timezone.localdate(act.at), days)
        for role in step.roles:
            yield rows.NewTask(
                id=new_key(),
                zone_id=case.zone_id,
                case_id=case.pk,
                step=step.key,
                role=role.key,
                organization_id=stands.holder(role, unit_id=case.unit_id, department=case.department),
                due=due,
                opened_at=act.at,
                opened_by_id=act.pk,
            )
