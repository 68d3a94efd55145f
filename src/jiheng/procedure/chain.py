"""Each case's acts are chained by hash: an act that is changed, lost or slipped in breaks the chain.

Leaf form: canonical JSON (keys sorted, no spaces, UTF-8) of the act's fields, SHA-256. What the chain doesn't prove:
that what was entered is true, nor that the owner of the database didn't rewrite a whole chain (later: sealing).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any
from uuid import UUID

from jiheng.procedure.models import Act, Attachment, Case

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


def canonical(value: Any) -> bytes:
    """Canonical JSON: the same data always gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def digest(act: Act) -> str:
    """The act's hash over everything it says, the act before it included."""
    leaf = {name: getattr(act, name) for name in FIELDS}
    leaf["due"] = act.due.isoformat() if act.due else None
    leaf["at"] = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(leaf)).hexdigest()


def faults(case: Case) -> Iterator[str]:
    """Every break in a case's chain, in words; nothing when it is whole."""
    previous, seq = "", 0
    for act in case.acts.order_by("seq"):
        seq += 1
        if act.seq != seq:
            yield f"{case.title}：第 {seq} 步缺失，读到的是第 {act.seq} 步"
            seq = act.seq
        if act.previous != previous:
            yield f"{case.title}：第 {act.seq} 步“{act.label}”接不上前一步"
        if digest(act) != act.hash:
            yield f"{case.title}：第 {act.seq} 步“{act.label}”的内容与哈希不符"
        previous = act.hash
    if case.seq != seq or case.head != previous:
        yield f"{case.title}：事项记的最后一步与办理记录不符"


def verify(zone_id: UUID) -> Iterator[str]:
    """Every fault in a zone's acts."""
    for case in Case.objects.filter(zone_id=zone_id).order_by("id").iterator(chunk_size=500):
        yield from faults(case)
    from jiheng.procedure.files import content_fault

    for attachment in Attachment.objects.filter(zone_id=zone_id).iterator(chunk_size=500):
        if fault := content_fault(attachment):
            yield fault
