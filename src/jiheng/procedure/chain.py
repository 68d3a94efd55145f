"""Each case's acts are chained by hash: an act that is changed, lost or slipped in breaks the chain.

Leaf form: canonical JSON (keys sorted, no spaces, UTF-8) of the act's fields, SHA-256. What the chain doesn't prove:
that what was entered is true, nor that the owner of the database didn't rewrite a whole chain (later: sealing).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from jiheng.bureau.models import Organization, Person
from jiheng.procedure import files
from jiheng.procedure.models import Act, Attachment, Case, Task
from jiheng.procedure.table import PROCEDURES

FIELDS = (
    "zone_id",
    "case_id",
    "seq",
    "step",
    "label",
    "articles",
    "from_state",
    "to_state",
    "person_id",
    "person_name",
    "role",
    "organization_id",
    "organization_name",
    "opinion",
    "given",
    "record",
    "round",
    "request",
    "within",
    "previous",
)
ALSO: list[Callable[[UUID], Iterable[str]]] = []
"""What rooms above keep beside acts, checked with them: each tells its faults in a zone, in words."""
AT_ONCE = 500
"""How many cases are verified at a time: their acts, with what they keep, are in memory together."""

_canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str, allow_nan=False
).encode


def text(value: str) -> str:
    """The text as both databases can keep it: PostgreSQL knows no NUL, UTF-8 no half of a surrogate pair."""
    return value.replace("\0", "").encode(errors="replace").decode()


def plain(value: Any) -> Any:
    """The value as JSON that reads back the same from both databases, so that its hash does too.

    Numbers with a fraction become text: PostgreSQL's jsonb writes 1e22 or -0.0 its own way.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {text(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else text(str(value))


def canonical(value: Any) -> bytes:
    """Canonical JSON: the same data always gives the same bytes."""
    return _canonical(value).encode()


def digest(act: Act) -> str:
    """The act's hash over everything it says, the act before it included."""
    held = vars(act)
    leaf = {name: held[name] for name in FIELDS}
    leaf["due"] = act.due.isoformat() if act.due else None
    leaf["at"] = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(leaf)).hexdigest()


def faults(case: Case, acts: Iterable[Act] | None = None) -> Iterator[str]:
    """Every break in a case's chain, in words; nothing when it is whole. ``acts`` if they are at hand, by ``seq``."""
    if acts is None:
        acts = Act.objects.filter(zone_id=case.zone_id, case=case).order_by("seq")
    previous, seq, stands, rounds = "", 0, "", 0
    for act in acts:
        seq += 1
        if act.seq != seq:
            yield f"{case.title}：第 {seq} 步缺失，读到的是第 {act.seq} 步"
            seq = act.seq
        if act.previous != previous:
            yield f"{case.title}：第 {act.seq} 步“{act.label}”接不上前一步"
        if digest(act) != act.hash:
            yield f"{case.title}：第 {act.seq} 步“{act.label}”的内容与哈希不符"
        previous, stands, rounds = act.hash, act.to_state, act.round
    if not seq:
        yield f"{case.title}：没有任何办理记录"
    elif case.seq != seq or case.head != previous:
        yield f"{case.title}：事项记的最后一步与办理记录不符"
    elif case.state != stands or case.round != rounds or case.closed != _closed(case.procedure, stands):
        yield f"{case.title}：事项的状态与最后一步办理的结果不符"


def _closed(procedure: str, state: str) -> bool:
    return PROCEDURES[procedure].state(state).tone != "open"


def verify(zone_id: UUID) -> Iterator[str]:
    """Every fault in a zone's acts, in the files they name, and in what rooms keep beside them."""
    cases = Case.objects.filter(zone_id=zone_id).order_by("pk").iterator(chunk_size=AT_ONCE)
    while part := list(islice(cases, AT_ONCE)):
        keys = [case.pk for case in part]
        acts: dict[UUID, list[Act]] = defaultdict(list)
        for act in Act.objects.filter(zone_id=zone_id, case_id__in=keys).order_by("seq"):
            acts[act.case_id].append(act)
        attached: dict[UUID, list[Attachment]] = defaultdict(list)
        for attachment in Attachment.objects.filter(zone_id=zone_id, case_id__in=keys):
            attached[attachment.case_id].append(attachment)
        for case in part:
            yield from faults(case, acts[case.pk])
            yield from _file_faults(case, acts[case.pk], attached[case.pk])
    yield from _dangling(zone_id)
    for check in ALSO:
        yield from check(zone_id)
    for act in Act.objects.filter(case__zone_id=zone_id).exclude(zone_id=zone_id).defer("given", "record"):
        yield f"第 {act.seq} 步“{act.label}”记在了别的区划"


def _dangling(zone_id: UUID) -> Iterator[str]:
    """Acts and tasks that name what is not there; the database doesn't check each of them (docs/decisions/0009)."""
    for model, key, named, label in (
        (Act, "case_id", Case, "事项"),
        (Act, "person_id", Person, "办理人"),
        (Act, "organization_id", Organization, "科室、部门或单位"),
        (Task, "case_id", Case, "事项"),
        (Task, "organization_id", Organization, "科室、部门或单位"),
        (Task, "opened_by_id", Act, "由来的办理"),
    ):
        there = Exists(named.objects.order_by().filter(pk=OuterRef(key)))
        rows = model.objects.filter(~there, zone_id=zone_id, **{f"{key}__isnull": False})
        for step in rows.order_by("pk").values_list("step", flat=True):
            yield f"有一条{model._meta.verbose_name}（{step}）所指的{label}不存在"


def _file_faults(case: Case, acts: Iterable[Act], attached: Iterable[Attachment]) -> Iterator[str]:
    """Files that an act names and that are not there, are there unnamed, or don't hold what they held."""
    named = {
        (act.pk, need, told["name"], told["size"], told["sha256"])
        for act in acts
        for need, value in act.given.items()
        if isinstance(value, list)
        for told in value
        if isinstance(told, dict) and told.keys() == {"name", "size", "sha256"}
    }
    kept = {(row.act_id, row.need, row.name, row.size, row.sha256): row for row in attached}
    for _, _, name, _, _ in sorted(named - kept.keys()):
        yield f"{case.title}：办理时所附的文件“{name}”不见了"
    for key, attachment in kept.items():
        if key not in named:
            yield f"{case.title}：文件“{attachment.name}”与办理时所附的不符"
        elif fault := files.content_fault(attachment):
            yield f"{case.title}：{fault}"
