"""The one door: the only place that changes the state of a case.

``perform`` does one step on one case, ``perform_many`` the same step on a selection in a few set-based statements,
``start`` begins cases; ``may`` and ``offers`` answer without acting. All of them ask the same questions and give all
their reasons at once. What an act changes, the act itself and the next tasks are written in one transaction.
"""

import contextlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from jiheng.bureau.models import Person
from jiheng.bureau.profile import in_force, values_of
from jiheng.bureau.standing import standing
from jiheng.procedure import answers, chain, files
from jiheng.procedure.answers import Answer, Desk
from jiheng.procedure.models import Act, Attachment, Case, Task
from jiheng.procedure.table import PROCEDURES, Matter, Procedure, Reason, Step, step_named

CHUNK = 1000
request_id: ContextVar[uuid.UUID | None] = ContextVar("request_id", default=None)
clock: ContextVar[datetime | None] = ContextVar("clock", default=None)
"""Set by the demo loader and by tests alone, so that a made-up year's acts lie in their own year."""


def now() -> datetime:
    """The time an act is kept with."""
    return clock.get() or timezone.now()


class Refusal(Exception):
    """A step that can't be done now. ``reasons`` has all of them; ``str()`` reads as one text."""

    def __init__(self, procedure: Procedure, step: Step, case: Case, reasons: Sequence[Reason]):
        self.procedure, self.step, self.case, self.reasons = procedure, step, case, list(reasons)
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
        raise Refusal(procedure, steps[0] if steps else procedure.opening(), case, reasons)


@contextlib.contextmanager
def editing(case: Case, person: Person) -> Iterator[Case]:
    """Holds the case while its record is changed in a state that allows it; raises Refusal otherwise."""
    with transaction.atomic():
        held = _hold([case.pk])[0]
        must_edit(held, person)
        yield held


def perform(name: str, case: Case, *, by: Person, within: Act | None = None, **given: Any) -> Act:
    """Does one step on one case. Returns the act, or raises Refusal with every reason."""
    outcome = perform_many(name, [case], by=by, within=within, given=given)
    if outcome.refused:
        held, reasons = outcome.refused[0]
        raise Refusal(*step_named(name), held, reasons)
    act = outcome.acts[0]
    case.refresh_from_db()
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
    """Does one step on many cases in one transaction, telling which were refused and why.

    With ``all_or_none`` the first refusal raises and nothing is done.
    """
    procedure, step = step_named(name)
    given = dict(given or {})
    outcome = Outcome()
    with transaction.atomic():
        keys = [case.pk for case in cases]
        for first in range(0, len(keys), CHUNK):
            part = keys[first : first + CHUNK]
            held = _hold(part)
            loads = step.guards or step.writes or step.follows or _keeps(procedure, step)
            loaded = procedure.load(part) if loads else {}
            tasks: dict[uuid.UUID, list[Task]] = defaultdict(list)
            for task in Task.objects.filter(case_id__in=part):
                tasks[task.case_id].append(task)
            passed: list[tuple[Matter, Desk]] = []
            refused: list[tuple[Case, list[Reason]]] = []
            for case in held:
                matter = Matter(case, loaded.get(case.pk), given)
                answer = answers.examine(
                    procedure, step, matter, by, tasks=tasks[case.pk], within=within, complete=True
                )
                if answer.desk and not answer.reasons:
                    passed.append((matter, answer.desk))
                else:
                    refused.append((case, answer.reasons))
            if refused:
                answers.name_last_acts(refused)
                if all_or_none:
                    raise Refusal(procedure, step, *refused[0])
            outcome.refused += refused
            if passed:
                outcome.acts += _carry_out(procedure, step, passed, tasks, by=by, within=within)
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
    with transaction.atomic():
        passed: list[tuple[Matter, Desk]] = []
        if drafts and (profile := in_force(drafts[0].zone_id, timezone.localdate(now()))) is None:
            nothing = Reason("本局还没有载入局情配置", 43, next="请综合科先载入局情配置。")
            raise Refusal(procedure, step, drafts[0], [nothing])
        for case in drafts:
            case.profile = profile
            case.procedure, case.state, case.moved_at = procedure.key, "", now()
            answer = answers.examine(
                procedure, step, Matter(case, None, given), by, tasks=[], within=within, complete=True
            )
            if answer.reasons or not answer.desk:
                raise Refusal(procedure, step, case, answer.reasons)
            passed.append((Matter(case, None, given), answer.desk))
        assert isinstance(step.target, str)
        for case in drafts:
            case.state = step.target
        Case.objects.bulk_create(drafts, batch_size=CHUNK)
        make(list(drafts))
        records = procedure.load([case.pk for case in drafts])
        for matter, _ in passed:
            matter.record = records.get(matter.case.pk)
        return _carry_out(procedure, step, passed, {}, by=by, within=within)


def _hold(keys: Sequence[uuid.UUID]) -> list[Case]:
    """Locks the cases until the transaction ends, in one order for everybody."""
    rows = (
        Case.objects.select_for_update(of=("self",)).select_related("zone", "department").filter(pk__in=keys)
    )
    return list(rows.order_by("pk"))


def _keeps(procedure: Procedure, step: Step) -> bool:
    """Whether the record may have changed since the last act, so that this act must keep it."""
    return bool(step.opens or step.writes or any(procedure.state(state).editable for state in step.source))


def _carry_out(
    procedure: Procedure,
    step: Step,
    passed: list[tuple[Matter, Desk]],
    tasks: Mapping[uuid.UUID, list[Task]],
    *,
    by: Person,
    within: Act | None,
) -> list[Act]:
    """Writes record, act, case and tasks for cases that were examined and found fit."""
    matters = [matter for matter, _ in passed]
    for write in step.writes:
        write(matters)
    moment = now()
    request = request_id.get() or uuid.uuid4()
    kept_files = _keep_files(step, matters[0])
    targets = answers.targets(step, matters)
    keeps = _keeps(procedure, step)
    acts, done_tasks, entered = [], [], []
    for matter, desk in passed:
        case = matter.case
        mine = [
            task for task in tasks.get(case.pk, []) if task.step == step.key and task.role == desk.role.key
        ]
        waits = step.countersigned and any(
            task.step == step.key and task.role != desk.role.key for task in tasks.get(case.pk, [])
        )
        target = case.state if waits else targets[case.pk]
        act = Act(
            zone_id=case.zone_id,
            case=case,
            seq=case.seq + 1,
            step=step.key,
            label=step.label,
            articles=list(step.articles),
            from_state="" if step.opens else case.state,
            to_state=target,
            person=by,
            person_name=by.name,
            role=desk.role.key,
            organization=desk.organization,
            organization_name=desk.organization.name,
            opinion=str(matter.given.get("opinion", "") or "").strip(),
            given=_given(step, matter, kept_files),
            record=procedure.snapshot(matter.record) if keeps and matter.record is not None else None,
            round=case.round + step.returns,
            due=min((task.due for task in mine if task.due), default=None),
            at=moment,
            request=request,
            within=within.pk if within else None,
            previous=case.head,
        )
        act.hash = chain.digest(act)
        acts.append(act)
        matter.act = act
        if waits:
            done_tasks += mine
        else:
            done_tasks += tasks.get(case.pk, [])
            entered.append((case, target, act))
    Act.objects.bulk_create(acts, batch_size=CHUNK)
    _attach(acts, kept_files)
    _move(procedure, acts, moment)
    if done_tasks:
        rows = Task.objects.filter(pk__in=[task.pk for task in done_tasks])
        rows._raw_delete(rows.db)
    opened = [task for case, target, act in entered for task in _open(procedure, case, target, act, moment)]
    Task.objects.bulk_create(opened, batch_size=CHUNK)
    moved = {case.pk for case, _, _ in entered}
    for follow in step.follows:
        follow([matter for matter in matters if matter.case.pk in moved], by)
    return acts


def _given(step: Step, matter: Matter, kept: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What came with the act besides the opinion, as plain data."""
    given = {key: value for key, value in matter.given.items() if key not in kept and key != "opinion"}
    given.update(kept)
    return {
        key: value if isinstance(value, str | int | bool | list | dict | None) else str(value)
        for key, value in given.items()
    }


def _keep_files(step: Step, matter: Matter) -> dict[str, list[dict[str, Any]]]:
    """Stores the files given, each once, and tells what the acts will say of them."""
    kept = {}
    for need in step.needs:
        if need.kind == "files" and matter.given.get(need.key):
            kept[need.key] = [files.keep(matter.case.zone_id, file) for file in matter.given[need.key]]
    return kept


def _attach(acts: Iterable[Act], kept: Mapping[str, list[dict[str, Any]]]) -> None:
    if kept:
        Attachment.objects.bulk_create(
            Attachment(zone_id=act.zone_id, case_id=act.case_id, act=act, need=key, **told)
            for act in acts
            for key, all_told in kept.items()
            for told in all_told
        )


def _move(procedure: Procedure, acts: list[Act], now: datetime) -> None:
    """Brings the cases to where their acts lead; heads are taken from the acts just written."""
    by_target: dict[tuple[str, bool], list[Act]] = defaultdict(list)
    for act in acts:
        by_target[act.to_state, act.round != act.case.round].append(act)
    for (target, returned), group in by_target.items():
        closed = procedure.state(target).tone != "open"
        rows = Case.objects.filter(pk__in=[act.case_id for act in group])
        changes: dict[str, Any] = {"state": target, "closed": closed, "moved_at": now}
        if returned:
            changes["round"] = F("round") + 1
        if len(group) == 1:
            rows.update(seq=group[0].seq, head=group[0].hash, **changes)
        else:
            last = Act.objects.filter(zone=OuterRef("zone"), case=OuterRef("pk"), seq=OuterRef("seq") + 1)
            rows.update(head=Subquery(last.values("hash")), seq=F("seq") + 1, **changes)
        for act in group:
            case = act.case
            case.state, case.closed, case.moved_at = target, closed, now
            case.seq, case.head, case.round = act.seq, act.hash, act.round


def _open(procedure: Procedure, case: Case, state: str, act: Act, now: datetime) -> Iterator[Task]:
    """The tasks owed while the case stands in ``state``: one for every role of every step owed."""
    stands = standing(case.zone)
    for step in procedure.steps_from(state):
        if not step.owed:
            continue
        due: date | None = None
        if step.days:
            days = values_of(case.profile_id)("days", step.days)
            due = stands.workday_after(timezone.localdate(now), days)
        for role in step.roles:
            yield Task(
                zone_id=case.zone_id,
                case=case,
                step=step.key,
                role=role.key,
                organization_id=stands.holder(role, unit_id=case.unit_id, department=case.department),
                due=due,
                opened_at=now,
                opened_by=act,
            )
