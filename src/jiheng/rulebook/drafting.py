"""Beginning a document, or another edition of one, through the door; saving its draft."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from jiheng.bureau.models import Person
from jiheng.bureau.profile import field_owner
from jiheng.bureau.roles import EXPENDITURE, PERFORMANCE, Role
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.rulebook.models import RuleDocument
from jiheng.rulebook.procedure import BASIS, OWN, OWNERS, common

Kind = RuleDocument.Kind
NAMES = ("number", "issuer", "title", "text", "note")


def owner_of(zone_id: Any, field: str) -> Role:
    """The office that makes the common rules of a field, by the profile in force (art. 9)."""
    return OWNERS.get(field_owner(zone_id, localdate(door.now()), field), EXPENDITURE)


def procedure_for(zone_id: Any, kind: str, field: str = "") -> tuple[str, Role]:
    """By which procedure a document of this kind and field is made, and who keeps it."""
    if kind == Kind.COMMON:
        owner = owner_of(zone_id, field)
        return common(owner.key), owner
    return (BASIS if kind == Kind.BASIS else OWN), PERFORMANCE


def begin(
    kind: str, typed: Mapping[str, Any], *, by: Person, field: str = "", replaces: RuleDocument | None = None
) -> RuleDocument:
    """Begins one (art. 1, 5, 9). Raises Refusal for whoever doesn't keep such documents."""
    name, _ = procedure_for(by.zone_id, kind, field)
    begun: list[RuleDocument] = []

    def make(cases: list[Case]) -> None:
        given = {key: typed[key] for key in NAMES if key in typed}
        begun.append(
            RuleDocument.objects.create(
                zone_id=by.zone_id, case=cases[0], kind=kind, field=field, replaces=replaces, **given
            )
        )

    draft = Case(
        zone=by.zone, year=door.now().year, title=typed["title"], code=str(typed.get("number") or "")
    )
    with transaction.atomic():
        door.start(f"{name}.begin", [draft], by=by, make=make)
    return begun[0]


def save(case: Case, typed: Mapping[str, Any], *, by: Person) -> None:
    """Raises door.Overtaken when somebody saved it since it was opened."""
    with door.editing(case, by) as held:
        record = RuleDocument.objects.select_for_update().get(case=held)
        if typed.get("revision") is not None and typed["revision"] != record.revision:
            raise door.Overtaken
        for name in NAMES:
            setattr(record, name, typed.get(name, getattr(record, name)))
        record.revision += 1
        record.save()
        Case.objects.filter(pk=held.pk).update(title=record.title, code=record.number)
